using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Shell;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>Starts the region of the replicas' shards on this node.</summary>
internal static class ReplicaSharding
{
    /// <returns>What keeps watch over the shards, to be started by the node.</returns>
    public static async Task<Props> StartAsync(ActorSystem system, ShellWorld world, int partitions)
    {
        Akka.Actor.Address own = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        var allocation = new RingAllocation(() => world.Ring, node => node == world.Self ? own : world.Peers.AddressOf(node), own);
        Props entity = Props.Create(() => new ReplicaEntity(world, partitions));
        IActorRef region = await ClusterSharding.Get(system).StartAsync(
            ReplicaShards.TypeName,
            _ => entity,
            ClusterShardingSettings.Create(system).WithRole(NodeRoles.Any),
            new ShardExtractor(),
            allocation,
            PoisonPill.Instance);
        return Props.Create(() => new ShardScout(world, region));
    }
}
