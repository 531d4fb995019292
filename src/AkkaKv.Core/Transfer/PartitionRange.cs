using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Transfer;

/// <summary>
/// The hashes of a partition, and places among them as cursors: half of the distance from the first hash, so that every place
/// of the largest partition is a number that is not negative. All before a cursor was told; two neighbours share one.
/// </summary>
internal readonly record struct PartitionRange(ulong First, ulong Last)
{
    public static PartitionRange Of(int partition, int partitions) =>
        new(Token.FirstOf(partition, partitions).Value, Token.LastOf(partition, partitions).Value);

    public bool Has(long cursor) => cursor >= 0 && (ulong)cursor <= (Last - First) >> 1;

    public ulong HashAt(long cursor) => First + ((ulong)cursor << 1);

    public long CursorOf(StoreKey key) => (long)((key.Hash - First) >> 1);

    /// <summary>By hash, then by their bytes: the same on every node.</summary>
    public static int Compare(StoreKey left, StoreKey right) =>
        left.Hash != right.Hash ? left.Hash.CompareTo(right.Hash) : left.Bytes.Span.SequenceCompareTo(right.Bytes.Span);
}
