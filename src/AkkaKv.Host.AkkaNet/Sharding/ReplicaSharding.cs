using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Shell;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>Starts the region of the replicas' shards on this node, and uses it from the moment that it knows its coordinator.</summary>
internal static class ReplicaSharding
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    public static async Task StartAsync(ActorSystem system, ShellWorld world, int partitions)
    {
        var allocation = new RingAllocation(() => world.Ring, node => node == world.Self ? OwnOf(system) : world.Peers.AddressOf(node), OwnOf(system));
        Props entity = Props.Create(() => new ReplicaEntity(world, partitions));
        IActorRef region = await ClusterSharding.Get(system).StartAsync(
            ReplicaShards.TypeName,
            _ => entity,
            ClusterShardingSettings.Create(system).WithRole(NodeRoles.Any),
            new ShardExtractor(),
            allocation,
            PoisonPill.Instance);
        _ = UseWhenReadyAsync(region, world);
    }

    // Until then the region would only keep what it is given, and requests would run into their deadlines: members are sent to
    // directly as long.
    private static async Task UseWhenReadyAsync(IActorRef region, ShellWorld world)
    {
        while (!world.HasStopped)
        {
            try
            {
                var known = await region.Ask<CurrentRegions>(GetCurrentRegions.Instance, AskTimeout);
                if (known.Regions.Count == 0)
                    continue;
                world.Region = region;
                return;
            }
            catch (Exception notYet) when (notYet is AskTimeoutException or TaskCanceledException)
            {
                // It answers once it knows.
            }
        }
    }

    private static Akka.Actor.Address OwnOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;
}
