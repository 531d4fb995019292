using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>
/// Which shards of a ring may be used: those that have been found where the ring says. The others' nodes are sent to directly,
/// so that nobody waits for a coordinator that is away, or for a shard that moves.
/// </summary>
/// <remarks>One actor writes the marks; the loops read them at any time, and either value is right for a moment.</remarks>
internal sealed class ShardTable(RingSnapshot ring, IActorRef region)
{
    private readonly bool[] _isFound = new bool[ring.Partitions * ring.OwnersPerPartition];

    public RingSnapshot Ring => ring;

    public IActorRef Region => region;

    /// <summary>The shard through which a node's replica of the partition is reached; null where that one is reached directly.</summary>
    public string? ShardFor(ulong partition, NodeId node)
    {
        if (partition >= (ulong)ring.Partitions || ReplicaShards.OrdinalOf(ring, (int)partition, node) is not { } ordinal)
            return null;
        return Volatile.Read(ref _isFound[Place((int)partition, ordinal)]) ? ReplicaShards.IdOf((int)partition, ordinal) : null;
    }

    public bool IsFound(int partition, int ordinal) => Volatile.Read(ref _isFound[Place(partition, ordinal)]);

    public void Mark(int partition, int ordinal, bool isFound) => Volatile.Write(ref _isFound[Place(partition, ordinal)], isFound);

    private int Place(int partition, int ordinal) => (partition * ring.OwnersPerPartition) + ordinal;
}
