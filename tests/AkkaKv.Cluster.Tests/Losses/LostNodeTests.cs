using System.Globalization;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Losses;

/// <summary>Nodes that die, hang and come back, with N = 3 and R = W = 2.</summary>
public sealed class LostNodeTests(ITestOutputHelper output)
{
    private const int Keys = 200;

    [Fact]
    public Task Two_of_three_go_on_and_one_alone_refuses_what_it_cannot_do() => ProcessCluster.RunAsync(output, new ClusterShape(), async cluster =>
    {
        await PutAllAsync(cluster.Nodes[0], "whole");
        await cluster.Nodes[2].KillAsync();
        await PutAllAsync(cluster.Nodes[0], "two");
        await ReadAllAsync(cluster.Nodes[1], "two");
        (await cluster.Nodes[0].Http.GetAsync("/ready")).Status.ShouldBe(200, "two of three make every default quorum");

        await cluster.Nodes[1].KillAsync();
        var alone = cluster.Nodes[0];
        await ProcessCluster.WaitReachableAsync(alone, 1);
        var refused = await alone.Http.PutAsync(PathOf(0), "never to appear");
        refused.Status.ShouldBe(503, refused.ToString());
        refused.Problem.ShouldBe("not-enough-replicas");
        refused.Outcome.ShouldBe("not-attempted");
        refused.Json.GetProperty("needed").GetInt32().ShouldBe(2);
        refused.Json.GetProperty("got").GetInt32().ShouldBe(1);
        refused.Json.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()).Order().ShouldBe(["node-2", "node-3"]);
        (await alone.Http.GetAsync(PathOf(0))).Problem.ShouldBe("not-enough-replicas");
        var ready = await alone.Http.GetAsync("/ready");
        ready.Status.ShouldBe(503);
        ready.Text.ShouldContain("needs 2 reachable members");
        (await alone.Http.GetAsync(PathOf(0) + "?r=1")).Texts.ShouldBe(["two"], "who asks for less still reads");

        await cluster.Nodes[1].RestartAsync();
        await cluster.Nodes[2].RestartAsync();
        await cluster.WaitWholeAsync();
        foreach (var node in cluster.Nodes)
            await ReadAllAsync(node, "two");
    });

    [Fact]
    public Task A_node_that_missed_writes_is_brought_up_without_any_read() => ProcessCluster.RunAsync(output, new ClusterShape(), async cluster =>
    {
        await cluster.Nodes[2].KillAsync();
        await PutAllAsync(cluster.Nodes[0], "missed");
        await cluster.Nodes[2].RestartAsync();
        await cluster.WaitWholeAsync();
        await Wait.UntilAsync("node-3 holds what it missed", async () => await KeysHeldAsync(cluster.Nodes[2]) == Keys);
        await AloneItHoldsAsync(cluster, cluster.Nodes[2], "missed");
    });

    [Fact]
    public Task A_node_that_hangs_does_not_stop_the_others_and_catches_up() => ProcessCluster.RunAsync(output, new ClusterShape(), async cluster =>
    {
        await PutAllAsync(cluster.Nodes[0], "whole");
        cluster.Nodes[2].Life.Signal(Signals.Stop);
        try
        {
            // The first requests go out while nobody has noticed; each must still be answered within its deadline.
            await PutAllAsync(cluster.Nodes[0], "one hangs", "?timeout=2s");
            await ReadAllAsync(cluster.Nodes[1], "one hangs");
            await ProcessCluster.WaitReachableAsync(cluster.Nodes[0], 2);
            await ProcessCluster.WaitReachableAsync(cluster.Nodes[1], 2);
            await PutAllAsync(cluster.Nodes[1], "one is known to hang");
        }
        finally
        {
            cluster.Nodes[2].Life.Signal(Signals.Continue);
        }

        await cluster.WaitWholeAsync();
        await ReadAllAsync(cluster.Nodes[0], "one is known to hang");
        await Wait.UntilAsync("node-3 has what it missed", async () =>
        {
            // A read repairs after it has answered: when a whole round of reads makes no store write, all is repaired.
            await ReadAllAsync(cluster.Nodes[2], "one is known to hang");
            return await RepairsAreOverAsync(cluster);
        });
        await AloneItHoldsAsync(cluster, cluster.Nodes[2], "one is known to hang");
    });

    /// <summary>Kills the others and reads with R = 1: what is answered now can only come from this node.</summary>
    private static async Task AloneItHoldsAsync(ProcessCluster cluster, NodeProcess last, string value)
    {
        await Wait.UntilAsync("read repair has reached every key", async () => await KeysHeldAsync(last) == Keys);
        foreach (var other in cluster.Nodes.Where(node => node != last))
            await other.KillAsync();
        await ProcessCluster.WaitReachableAsync(last, 1);
        await ReadAllAsync(last, value, "?r=1");
    }

    private static async Task<bool> RepairsAreOverAsync(ProcessCluster cluster)
    {
        string before = await RecordsAsync(cluster);
        for (int number = 0; number < Keys; number++)
            (await cluster.Nodes[number % 3].Http.GetAsync(PathOf(number) + "?r=3")).Status.ShouldBe(200);
        return await RecordsAsync(cluster) == before;
    }

    /// <summary>How many records each store has written so far.</summary>
    private static async Task<string> RecordsAsync(ProcessCluster cluster)
    {
        var counts = new List<string>();
        foreach (var node in cluster.Nodes)
            counts.Add((await node.Http.GetAsync("/ready")).Json.GetProperty("store").GetProperty("records").GetString()!);
        return string.Join(' ', counts);
    }

    private static async Task<int> KeysHeldAsync(NodeProcess node)
    {
        var store = (await node.Http.GetAsync("/ready")).Json.GetProperty("store");
        return int.Parse(store.GetProperty("keys").GetString()!, CultureInfo.InvariantCulture);
    }

    private static async Task PutAllAsync(NodeProcess node, string value, string query = "")
    {
        for (int number = 0; number < Keys; number++)
        {
            var seen = await node.Http.GetAsync(PathOf(number));
            var put = await node.Http.PutAsync(PathOf(number) + query, value, seen.Context);
            put.Status.ShouldBe(204, $"key {number} through {node.Name}: {put}");
        }
    }

    private static async Task ReadAllAsync(NodeProcess node, string value, string query = "")
    {
        for (int number = 0; number < Keys; number++)
            (await node.Http.GetAsync(PathOf(number) + query)).Texts.ShouldBe([value], $"key {number} through {node.Name}");
    }

    private static string PathOf(int number) => KvHttp.PathOf("lost", $"key {number}");
}
