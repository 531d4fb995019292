using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaKv.Host.AkkaNet.Tests.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaCluster = Akka.Cluster.Cluster;

namespace AkkaKv.Host.AkkaNet.Tests.Sharding;

/// <summary>Three nodes in one Akka cluster whose coordinators reach the replicas through their shards.</summary>
public sealed class ShardedClusterTests
{
    private const string Clustered = """
        akka.actor.provider = cluster
        akka.cluster.sharding.rebalance-interval = 500ms
        """;

    [Fact]
    public async Task Shards_lie_where_the_ring_says_and_no_acknowledged_write_is_lost_while_they_move_away_and_back()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3, settings: Clustered);
        for (int node = 0; node < 3; node++)
            await JoinAsync(cluster, node);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(node => ShardAsync(cluster, node)));
        await WriteAsync(cluster, "before", 0, 1, 2);
        await UntilPlacedAsync(cluster);

        await cluster.KillAsync(2);
        AkkaCluster.Get(cluster.SystemOf(0).System).Down(AddressOf(cluster.SystemOf(2)));
        await WriteAsync(cluster, "meanwhile", 0, 1);
        await cluster.RestartAsync(2);
        await JoinAsync(cluster, 2);
        Task writing = WriteAsync(cluster, "moving", 0, 1);
        await ShardAsync(cluster, 2);
        await writing;
        await UntilPlacedAsync(cluster);
        await WriteAsync(cluster, "after", 0, 1, 2);

        foreach (string phase in new[] { "before", "meanwhile", "moving", "after" })
        {
            for (int i = 0; i < 30; i++)
                (await AkkaNodeTests.GetAsync(cluster[i % 3], $"{phase}-{i}")).ShouldBe($"{phase} {i}");
        }

        Enumerable.Range(0, 3).Sum(node => cluster[node].Runtime.InboundUnfit).ShouldBe(0);
    }

    private static async Task WriteAsync(TestCluster cluster, string phase, params int[] nodes)
    {
        for (int i = 0; i < 30; i++)
            (await AkkaNodeTests.PutAsync(cluster[nodes[i % nodes.Length]], $"{phase}-{i}", $"{phase} {i}")).Error.ShouldBeNull();
    }

    private static async Task JoinAsync(TestCluster cluster, int node)
    {
        AkkaCluster member = AkkaCluster.Get(cluster.SystemOf(node).System);
        await member.JoinAsync(AddressOf(cluster.SystemOf(0))).WaitAsync(Waiting.Max);
    }

    private static async Task ShardAsync(TestCluster cluster, int node)
    {
        await cluster[node].Runtime.UseShardingAsync().WaitAsync(Waiting.Max);
        using var over = new CancellationTokenSource(Waiting.Max);
        while (!cluster[node].Runtime.IsSharded)
        {
            over.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    // Each shard that exists lies on the member that the ring names, and there are shards on every member.
    private static async Task UntilPlacedAsync(TestCluster cluster)
    {
        RingSnapshot ring = cluster[0].Runtime.Ring.ShouldNotBeNull();
        IActorRef region = ClusterSharding.Get(cluster.SystemOf(0).System).ShardRegion(ReplicaShards.TypeName);
        using var over = new CancellationTokenSource(Waiting.Max);
        while (true)
        {
            over.Token.ThrowIfCancellationRequested();
            var stats = await region.Ask<ClusterShardingStats>(new GetClusterShardingStats(TimeSpan.FromSeconds(5)), Waiting.Max);
            var lying = stats.Regions.SelectMany(at => at.Value.Stats.Keys.Select(shard => (At: at.Key.Port, Shard: shard))).ToArray();
            bool isPlaced = lying.All(shard => cluster.PortOf(ReplicaShards.NodeOf(ring, shard.Shard)!.Value) == shard.At);
            if (isPlaced && lying.Select(shard => shard.At).Distinct().Count() == 3)
                return;
        }
    }

    private static Address AddressOf(TestSystem system) => ((ExtendedActorSystem)system.System).Provider.DefaultAddress;
}
