using AkkaKv.Cluster.Tests.Faults.Loads;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Faults;

/// <summary>Five nodes with N = 3, R = W = 2 and sloppy quorums: clients of the living do not notice the dead.</summary>
public sealed class AvailabilityTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Fifteen = TimeSpan.FromSeconds(15);

    [Fact]
    public Task No_request_fails_after_one_node_was_killed_and_another_put_to_sleep_at_once() => ProcessCluster.RunAsync(output, FiveNodes, async cluster =>
    {
        NodeProcess killed = cluster.Nodes[3];
        NodeProcess asleep = cluster.Nodes[4];
        await using var load = await SteadyLoad.StartAsync([.. cluster.Nodes.Take(3)]);
        await load.GoOnAsync(TimeSpan.FromSeconds(1));
        FaultInstant fault = await FaultAsync(load, () =>
        {
            killed.Life.Signal(Signals.Kill);
            asleep.Life.Signal(Signals.Stop);
            return Wait.UntilAsync("the nodes are gone", () => !Signals.IsRunning(killed.Life.Id) && Signals.IsStopped(asleep.Life.Id));
        });
        try
        {
            await ProcessCluster.WaitReachableAsync(cluster.Nodes[0], 3);
            output.WriteLine($"node-1 believes both gone after {(load.Now - fault.To).TotalSeconds:0.0} s");
            await load.GoOnAsync(fault.To + Fifteen - load.Now);
        }
        finally
        {
            asleep.Life.Signal(Signals.Continue);
        }

        TimeSpan over = load.Now;
        await killed.WaitEndAndRestartAsync();
        await cluster.WaitWholeAsync();
        await SettleAsync(cluster, load);
        LoadFigures.OnlyUnderWayMayFail(output, load, fault, over, "one node killed, one asleep");
        LoadFigures.Print(output, "  while they came back", [.. load.Done.Where(request => request.StartedAt >= over)]);
        load.Done.Where(request => request.StartedAt >= over && request.Failed).ShouldBeEmpty("nodes that come back disturb nobody");
        await Settling.NothingIsLostAsync(cluster, load);
    });

    [Fact]
    public Task A_node_that_slept_for_long_comes_back_and_agrees() => ProcessCluster.RunAsync(output, FiveNodes, async cluster =>
    {
        NodeProcess asleep = cluster.Nodes[2];
        await using var load = await SteadyLoad.StartAsync([.. cluster.Nodes.Where(node => node != asleep)]);
        FaultInstant fault = await FaultAsync(load, () =>
        {
            asleep.Life.Signal(Signals.Stop);
            return Wait.UntilAsync("the node sleeps", () => Signals.IsStopped(asleep.Life.Id));
        });
        try
        {
            foreach (var node in cluster.Nodes.Where(node => node != asleep))
                await ProcessCluster.WaitReachableAsync(node, 4);
            output.WriteLine($"all believe it gone after {(load.Now - fault.To).TotalSeconds:0.0} s");
            await load.GoOnAsync(TimeSpan.FromSeconds(1));
        }
        finally
        {
            asleep.Life.Signal(Signals.Continue);
        }

        await cluster.WaitWholeAsync();
        await SettleAsync(cluster, load);
        LoadFigures.OnlyUnderWayMayFail(output, load, fault, load.Now, "one node asleep, and back");
        await Settling.OwnersAgreeWithoutReadsAsync(cluster, load);
        await Settling.NothingIsLostAsync(cluster, load);
    });

    private static ClusterShape FiveNodes => new() { Nodes = 5 };

    /// <summary>The load ends, and the hints are delivered.</summary>
    private async Task SettleAsync(ProcessCluster cluster, SteadyLoad load)
    {
        long hints = await Settling.HintsAsync(cluster);
        await load.StopAsync();
        TimeSpan drained = await Settling.HintsDrainAsync(cluster);
        output.WriteLine($"whole again with {hints} keys of hints; none is left after {drained.TotalSeconds:0.0} s");
    }

    private static async Task<FaultInstant> FaultAsync(SteadyLoad load, Func<Task> make)
    {
        TimeSpan from = load.Now;
        await make();
        return new FaultInstant(from, load.Now);
    }
}
