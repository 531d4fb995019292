using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Syncing;

/// <summary>A disk that fails in fdatasync: nothing is acknowledged that may be lost, and the node says so.</summary>
public sealed class FailingDiskTests(ITestOutputHelper output)
{
    private const int PutsMax = 200;

    /// <summary>Counted for each thread: the store's writer makes a few syncs that succeed, then none.</summary>
    private static readonly IReadOnlyList<string> FailingSync =
        ["strace", "-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=12+", "--"];

    [StraceFact]
    public Task A_failing_sync_makes_the_node_read_only_and_acknowledges_nothing()
    {
        var shape = new ClusterShape
        {
            Nodes = 1,
            Settings = ["--Cluster:N=1", "--Cluster:R=1", "--Cluster:W=1", "--Store:SegmentBytes=4194304"],
            Wrapper = (_, _) => FailingSync,
        };
        return ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            var node = cluster.Nodes[0];
            int acknowledged = await PutUntilRefusedAsync(node);
            await RefusesWritesAndSaysWhyAsync(node);
            for (int number = 0; number < acknowledged; number++)
                (await node.Http.GetAsync(PathOf(number))).Texts.ShouldBe([ValueOf(number)], "reads go on");

            await node.EndInputAsync();
            node.Wrapper = [];
            await node.RestartAsync();
            for (int number = 0; number < acknowledged; number++)
                (await node.Http.GetAsync(PathOf(number))).Texts.ShouldBe([ValueOf(number)], "what was acknowledged is there after a restart");
            (await node.Http.PutAsync(PathOf(PutsMax + 1), "writable again")).Status.ShouldBe(204);
        });
    }

    [StraceFact]
    public Task One_failing_disk_of_three_stops_neither_writes_nor_reads()
    {
        var shape = new ClusterShape { Wrapper = (index, _) => index == 0 ? FailingSync : [] };
        return ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            await PutUntilRefusedAsync(cluster.Nodes[0]);
            await IsNotReadyAndSaysWhyAsync(cluster.Nodes[0]);
            var passedOn = await cluster.Nodes[0].Http.PutAsync(KvHttp.PathOf("healthy", "passed on"), "made by another owner");
            passedOn.Status.ShouldBe(204, passedOn.ToString());
            (await cluster.Nodes[0].Http.GetAsync(KvHttp.PathOf("healthy", "passed on"))).Texts.ShouldBe(["made by another owner"]);
            foreach (var healthy in cluster.Nodes.Skip(1))
            {
                (await healthy.Http.GetAsync("/ready")).Status.ShouldBe(200);
                string path = KvHttp.PathOf("healthy", healthy.Name);
                var put = await healthy.Http.PutAsync(path, healthy.Name);
                put.Status.ShouldBe(204, put.ToString());
                foreach (var node in cluster.Nodes)
                    (await node.Http.GetAsync(path)).Texts.ShouldBe([healthy.Name], $"{node.Name} still reads");
            }
        });
    }

    /// <summary>Puts until the disk fails under one; returns how many were acknowledged before.</summary>
    private static async Task<int> PutUntilRefusedAsync(NodeProcess node)
    {
        for (int number = 0; number < PutsMax; number++)
        {
            var answer = await node.Http.PutAsync(PathOf(number), ValueOf(number));
            if (answer.Status == 204)
                continue;
            number.ShouldBeGreaterThan(0, "the first syncs succeed");
            answer.Status.ShouldBe(503, answer.ToString());
            answer.Problem.ShouldBe("store-read-only");
            answer.Outcome.ShouldBe("indeterminate", "the record was written, and may be on the disk");
            return number;
        }

        throw new InvalidOperationException($"A put must fail when its sync fails; {PutsMax} were acknowledged.");
    }

    private static async Task RefusesWritesAndSaysWhyAsync(NodeProcess node)
    {
        var refused = await node.Http.PutAsync(KvHttp.PathOf("disk", "refused"), "never to appear");
        refused.Status.ShouldBe(503, refused.ToString());
        refused.Problem.ShouldBe("store-read-only");
        refused.Outcome.ShouldBe("not-attempted");
        (await node.Http.GetAsync(KvHttp.PathOf("disk", "refused"))).Status.ShouldBe(404);
        await IsNotReadyAndSaysWhyAsync(node);
    }

    private static async Task IsNotReadyAndSaysWhyAsync(NodeProcess node)
    {
        var ready = await node.Http.GetAsync("/ready");
        ready.Status.ShouldBe(503);
        ready.Text.ShouldContain("takes no writes");
        ready.Text.ShouldContain("fdatasync");
        ready.Text.ShouldContain(node.DataDirectory);
        (await node.Http.GetAsync("/alive")).Status.ShouldBe(200);
        node.Text.ShouldContain("The store takes no more writes");
    }

    private static string PathOf(int number) => KvHttp.PathOf("disk", $"key {number}");

    private static string ValueOf(int number) => $"value {number}";
}
