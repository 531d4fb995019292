using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Clocks;

/// <summary>
/// Real nodes, with worker numbers that they lease from each other, whose wall clocks are set back while ids are asked for: no
/// id twice in the whole cluster, and increasing on each node through everything.
/// </summary>
public sealed class ShiftedClockTests(ITestOutputHelper output)
{
    private static readonly long[] BacksMillis = [10, 1_000, 3_600_000];

    [FaketimeFact]
    public Task A_clock_set_back_under_a_node_that_runs_makes_no_id_again() =>
        RunAsync(static (_, clock, back) =>
        {
            clock.Shift(-back);
            return Task.CompletedTask;
        });

    [FaketimeFact]
    public Task A_node_killed_and_started_again_with_its_clock_set_back_makes_no_id_again() =>
        RunAsync(static async (node, clock, back) =>
        {
            await node.KillAsync();
            clock.Shift(-back);
            await node.RestartAsync();
        });

    private async Task RunAsync(Func<NodeProcess, Faketime, long, Task> setBack)
    {
        var clocks = new Dictionary<int, Faketime>();
        var shape = new ClusterShape
        {
            Wrapper = (number, work) => (clocks[number] = new Faketime(work, $"node-{number + 1}")).Wrapper,
        };
        await ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            await using var takers = new IdTakers(cluster.Nodes);
            foreach (var node in cluster.Nodes)
                await takers.WaitForIdsAsync(node);

            foreach (long back in BacksMillis)
            {
                await setBack(cluster.Nodes[1], clocks[1], back);
                await GoOnAsync(cluster, takers, clocks[1], back);
            }

            Check(await takers.EndAsync());
        });
    }

    private async Task GoOnAsync(ProcessCluster cluster, IdTakers takers, Faketime clock, long back)
    {
        var node = cluster.Nodes[1];
        if (back > 60_000)
        {
            // It would refuse for an hour; the others do not mind, and it goes on when the clock is right.
            await Wait.UntilAsync($"{node.Name} refuses", () => takers.RefusalOf(node) is { } refusal && refusal.Contains("ms behind", StringComparison.Ordinal));
            output.WriteLine($"{back} ms back: {takers.RefusalOf(node)}");
            await takers.WaitForIdsAsync(cluster.Nodes[0]);
            await takers.WaitForIdsAsync(cluster.Nodes[2]);
            takers.RefusalOf(node).ShouldNotBeNull("a clock an hour behind gives no ids");
            clock.Shift(0);
        }

        await takers.WaitForIdsAsync(node);
        output.WriteLine($"{back} ms back: {takers.BlocksOf(node)} blocks so far");
    }

    private void Check(IReadOnlyDictionary<string, List<long>> given)
    {
        foreach (var (node, ids) in given)
        {
            output.WriteLine($"{node}: {ids.Count} ids");
            for (int i = 1; i < ids.Count; i++)
                ids[i].ShouldBeGreaterThan(ids[i - 1], $"{node} gives increasing ids");
        }

        given.Values.SelectMany(static ids => ids).ToHashSet().Count.ShouldBe(given.Values.Sum(static ids => ids.Count), "no id twice in the whole cluster");
    }
}
