using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaAddress = Akka.Actor.Address;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>
/// Places each shard on the member that the ring names for it, and moves those that lie elsewhere: because the ring has
/// changed, or because that member was away when they were placed.
/// </summary>
/// <param name="ring">The newest ring that this node knows; null before the first.</param>
/// <param name="addressOf">Where a node of the ring is; null when it is not known, or not there.</param>
/// <param name="own">This node's own address: a region's reference says it of another's only.</param>
internal sealed class RingAllocation(Func<RingSnapshot?> ring, Func<NodeId, AkkaAddress?> addressOf, AkkaAddress own) : IShardAllocationStrategy
{
    /// <summary>Shards moved in one round: a move takes some round trips, during which what is for it waits.</summary>
    public const int MovesMax = 64;

    /// <inheritdoc/>
    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(RegionFor(shardId, currentShardAllocations.Keys) ?? requester);

    /// <inheritdoc/>
    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        var moved = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach ((IActorRef region, IImmutableList<string> shards) in currentShardAllocations)
        {
            foreach (string shard in shards)
            {
                if (moved.Count + rebalanceInProgress.Count >= MovesMax)
                    return Task.FromResult<IImmutableSet<string>>(moved.ToImmutable());
                if (!rebalanceInProgress.Contains(shard) && RegionFor(shard, currentShardAllocations.Keys) is { } named && !named.Equals(region))
                    moved.Add(shard);
            }
        }

        return Task.FromResult<IImmutableSet<string>>(moved.ToImmutable());
    }

    // Null when nobody knows whom the ring names, or that one has no region now: then it stays where it is.
    private IActorRef? RegionFor(string shard, IEnumerable<IActorRef> regions)
    {
        if (ring() is not { } known || ReplicaShards.NodeOf(known, shard) is not { } node || addressOf(node) is not { } address)
            return null;
        foreach (IActorRef region in regions)
        {
            AkkaAddress at = region.Path.Address.HasLocalScope ? own : region.Path.Address;
            if (at == address)
                return region;
        }

        return null;
    }
}
