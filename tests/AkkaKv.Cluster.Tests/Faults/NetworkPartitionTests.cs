using AkkaKv.Cluster.Tests.Faults.Loads;
using AkkaKv.Cluster.Tests.Faults.Networks;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Faults;

/// <summary>Five nodes whose network is cut; the processes live, and clients reach all of them.</summary>
public sealed class NetworkPartitionTests(ITestOutputHelper output)
{
    private const string Minority = "minority";

    [Fact]
    public async Task A_cut_network_goes_on_on_both_sides_as_promised_and_heals_without_reads()
    {
        await using var mesh = new PeerMesh();
        await ProcessCluster.RunAsync(output, new ClusterShape { Nodes = 5, MemberFor = mesh.MemberFor }, async cluster =>
        {
            NodeProcess[] many = [.. cluster.Nodes.Take(3)];
            NodeProcess[] few = [.. cluster.Nodes.Skip(3)];
            await using var load = await SteadyLoad.StartAsync(many);
            TimeSpan from = load.Now;
            mesh.Partition(many, few);
            var fault = new FaultInstant(from, load.Now);
            foreach (var node in many)
                await ProcessCluster.WaitReachableAsync(node, many.Length);
            foreach (var node in few)
                await ProcessCluster.WaitReachableAsync(node, few.Length);
            output.WriteLine($"both sides know after {(load.Now - fault.To).TotalSeconds:0.0} s");

            var owners = await Settling.OwnersAsync(cluster);
            await StrictQuorumsCountOwnersAsync(few, owners);
            IReadOnlyList<string> written = await WriteOnTheSmallSideAsync(few[0], few, owners);
            await load.GoOnAsync(TimeSpan.FromSeconds(1));

            TimeSpan healed = load.Now;
            mesh.Heal();
            await cluster.WaitWholeAsync();
            output.WriteLine($"whole again after {(load.Now - healed).TotalSeconds:0.0} s with {await Settling.HintsAsync(cluster)} keys of hints");
            await load.StopAsync();
            output.WriteLine($"none is left after {(await Settling.HintsDrainAsync(cluster)).TotalSeconds:0.0} s more");
            LoadFigures.OnlyUnderWayMayFail(output, load, fault, load.Now, "two of five cut off");
            await Settling.OwnersAgreeWithoutReadsAsync(cluster, load);
            foreach (string name in written)
                await HeldByAllOwnersAsync(cluster, owners, name);
        });
    }

    [Fact]
    public async Task A_link_that_swallows_one_way_fails_no_request()
    {
        await using var mesh = new PeerMesh();
        await ProcessCluster.RunAsync(output, new ClusterShape { Nodes = 4, MemberFor = mesh.MemberFor }, async cluster =>
        {
            await using var load = await SteadyLoad.StartAsync(cluster.Nodes);
            TimeSpan from = load.Now;
            mesh.CutOneWay(cluster.Nodes[0], cluster.Nodes[1]);
            var fault = new FaultInstant(from, load.Now);
            await ProcessCluster.WaitReachableAsync(cluster.Nodes[0], 3);
            output.WriteLine($"node-1 believes node-2 gone after {(load.Now - fault.To).TotalSeconds:0.0} s");
            await load.GoOnAsync(TimeSpan.FromSeconds(1));
            mesh.Heal();
            await cluster.WaitWholeAsync();
            await load.StopAsync();
            output.WriteLine($"no hint is left after {(await Settling.HintsDrainAsync(cluster)).TotalSeconds:0.0} s");
            LoadFigures.OnlyUnderWayMayFail(output, load, fault, load.Now, "nothing from node-1 arrives at node-2");
            await Settling.OwnersAgreeWithoutReadsAsync(cluster, load);
        });
    }

    [NamespaceFact]
    public async Task A_pulled_cable_fails_no_request_and_is_plugged_in_again()
    {
        using var network = new NamespaceNetwork(4);
        var shape = new ClusterShape { Nodes = 4, HostOf = NamespaceNetwork.HostOf, Wrapper = (index, _) => NamespaceNetwork.WrapperOf(index) };
        await ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            NodeProcess[] others = [.. cluster.Nodes.Take(3)];
            await using var load = await SteadyLoad.StartAsync(others);
            TimeSpan from = load.Now;
            network.Pull(3);
            var fault = new FaultInstant(from, load.Now);
            foreach (var node in others)
                await ProcessCluster.WaitReachableAsync(node, others.Length);
            output.WriteLine($"all others believe node-4 gone after {(load.Now - fault.To).TotalSeconds:0.0} s");
            await load.GoOnAsync(TimeSpan.FromSeconds(2));

            TimeSpan plugged = load.Now;
            network.Plug(3);
            await cluster.WaitWholeAsync();
            output.WriteLine($"whole again after {(load.Now - plugged).TotalSeconds:0.0} s with {await Settling.HintsAsync(cluster)} keys of hints");
            await load.StopAsync();
            output.WriteLine($"none is left after {(await Settling.HintsDrainAsync(cluster)).TotalSeconds:0.0} s more");
            LoadFigures.OnlyUnderWayMayFail(output, load, fault, load.Now, "one cable of four pulled");
            await Settling.OwnersAgreeWithoutReadsAsync(cluster, load);
        });
    }

    // A strict quorum of two on the small side: with both owners there it is made; with fewer it is refused before anything
    // is sent.
    private async Task StrictQuorumsCountOwnersAsync(NodeProcess[] few, IReadOnlyList<IReadOnlyList<string>> owners)
    {
        int made = 0;
        int refused = 0;
        foreach (string name in SpreadKeys.Names(Minority + "-strict", 1))
        {
            string path = SpreadKeys.PathOf(Minority + "-strict", name, "?quorum=strict");
            int here = OwnersAmong(few, owners, Minority + "-strict", name);
            KvAnswer put = await few[0].Http.PutAsync(path, name);
            KvAnswer get = await few[1].Http.GetAsync(path);
            if (here >= 2)
            {
                put.Status.ShouldBe(204, put.ToString());
                get.Texts.ShouldBe([name]);
                made++;
                continue;
            }

            put.Status.ShouldBe(503, put.ToString());
            put.Problem.ShouldBe("not-enough-replicas");
            put.Outcome.ShouldBe("not-attempted");
            put.Json.GetProperty("got").GetInt32().ShouldBe(here);
            get.Problem.ShouldBe("not-enough-replicas", get.ToString());
            refused++;
        }

        output.WriteLine($"strict on the small side: {made} keys with two owners there written and read, {refused} with fewer refused");
        made.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0);
    }

    private async Task<IReadOnlyList<string>> WriteOnTheSmallSideAsync(NodeProcess entry, NodeProcess[] few, IReadOnlyList<IReadOnlyList<string>> owners)
    {
        string[] names = [.. SpreadKeys.Names(Minority, 1).Where(name => OwnersAmong(few, owners, Minority, name) > 0)];
        foreach (string name in names)
        {
            KvAnswer put = await entry.Http.PutAsync(SpreadKeys.PathOf(Minority, name), name);
            put.Status.ShouldBe(204, $"one owner and one that stands in are here: {put}");
        }

        output.WriteLine($"sloppy on the small side: {names.Length} keys written");
        return names;
    }

    private static async Task HeldByAllOwnersAsync(ProcessCluster cluster, IReadOnlyList<IReadOnlyList<string>> owners, string name)
    {
        foreach (string owner in owners[SpreadKeys.PartitionOf(Minority, name)])
        {
            NodeProcess node = cluster.Nodes.Single(node => node.Name == owner);
            KvAnswer answer = await node.Http.GetAsync(SpreadKeys.PathOf(Minority, name, "?r=1&quorum=strict"));
            answer.Texts.ShouldBe([name], $"{name} in {owner}");
        }
    }

    private static int OwnersAmong(NodeProcess[] nodes, IReadOnlyList<IReadOnlyList<string>> owners, string bucket, string name) =>
        owners[SpreadKeys.PartitionOf(bucket, name)].Count(owner => nodes.Any(node => node.Name == owner));
}
