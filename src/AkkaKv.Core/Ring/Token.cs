using System.Numerics;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// A place in the 64-bit hash space, which is cut into Q equal partitions. Q is a power of two, fixed for a cluster's
/// life; a token's partition is its top log2(Q) bits.
/// </summary>
public readonly record struct Token(ulong Value)
{
    /// <summary>Q when nothing else is said; good for clusters that stay under a dozen nodes; see <see cref="PartitionsFor"/>.</summary>
    public const int PartitionsDefault = 256;

    /// <summary>The largest Q.</summary>
    public const int PartitionsMax = 65_536;

    /// <summary>True for a power of two from 1 to <see cref="PartitionsMax"/>.</summary>
    public static bool IsPartitionCount(int partitions) =>
        partitions is >= 1 and <= PartitionsMax && BitOperations.IsPow2(partitions);

    /// <summary>
    /// The Q to choose for a cluster of up to so many members: at least twice their square, and more for fewer than 3
    /// replicas, so that whole partitions are small enough to share evenly and to move without disturbing others. From
    /// 256 up to the largest Q.
    /// </summary>
    public static int PartitionsFor(int membersMax, int replicaCount = 3)
    {
        Invariant.Require(replicaCount is >= 1 and <= RingTopology.ReplicaCountMax, "a partition has 1 to 15 replicas", replicaCount);
        Invariant.Require(membersMax is >= 1 and <= RingTopology.MembersMax, "a cluster has 1 to 1024 members", membersMax);
        uint wanted = BitOperations.RoundUpToPowerOf2((uint)(6 * membersMax * membersMax / Math.Min(replicaCount, 3)));
        return (int)Math.Clamp(wanted, PartitionsDefault, PartitionsMax);
    }

    /// <summary>The first token of a partition.</summary>
    public static Token FirstOf(int partition, int partitions)
    {
        RequirePartition(partition, partitions);
        return new Token(partitions == 1 ? 0 : (ulong)partition << (64 - BitOperations.Log2((uint)partitions)));
    }

    /// <summary>The last token of a partition, inclusive.</summary>
    public static Token LastOf(int partition, int partitions) => partition == partitions - 1
        ? new Token(ulong.MaxValue)
        : new Token(FirstOf(partition + 1, partitions).Value - 1);

    /// <summary>The partition of this token, 0 to <paramref name="partitions"/> − 1.</summary>
    public int PartitionIn(int partitions)
    {
        Invariant.Require(IsPartitionCount(partitions), "partitions are a power of two from 1 to 65536", partitions);
        // A shift by 64 would be a shift by 0: one partition is split in two steps.
        return (int)(Value >> 1 >> (63 - BitOperations.Log2((uint)partitions)));
    }

    private static void RequirePartition(int partition, int partitions)
    {
        Invariant.Require(IsPartitionCount(partitions), "partitions are a power of two from 1 to 65536", partitions);
        Invariant.Require(partition >= 0 && partition < partitions, "a partition is less than their number", partition);
    }
}
