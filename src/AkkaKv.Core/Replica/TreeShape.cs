using System.Numerics;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Replica;

/// <summary>
/// How a partition's Merkle tree is cut: a leaf is a run of hashes, all runs equally long; an inner node stands for up to
/// 32 nodes of the level below. Level 0 is the root. Replicas compare only trees of one shape.
/// </summary>
/// <remarks>
/// Invariants: leaves are a power of two; a key's leaf is the bits of its hash below those of its partition, so a leaf is a
/// range that a store can be scanned for.
/// </remarks>
public sealed class TreeShape
{
    /// <summary>Nodes that one node of the level above stands for.</summary>
    public const int FanOut = 32;

    /// <summary>Fewest leaves of a partition.</summary>
    public const int LeavesMin = 32;

    /// <summary>Most leaves of a partition.</summary>
    public const int LeavesMax = 32_768;

    private readonly int[] _widths;
    private readonly int _partitionBits;
    private readonly int _leafBits;

    private TreeShape(int partitions, int leaves)
    {
        Partitions = partitions;
        Leaves = leaves;
        _partitionBits = BitOperations.Log2((uint)partitions);
        _leafBits = BitOperations.Log2((uint)leaves);
        var widths = new List<int>();
        for (int width = leaves; width > 1; width = Math.Max(1, width / FanOut))
            widths.Insert(0, width);
        widths.Insert(0, 1);
        _widths = [.. widths];
    }

    /// <summary>Q.</summary>
    public int Partitions { get; }

    /// <summary>Leaves of one partition's tree.</summary>
    public int Leaves { get; }

    /// <summary>Levels, the root's and the leaves' included.</summary>
    public int Levels => _widths.Length;

    /// <summary>Cuts so many leaves evenly among the partitions, each between <see cref="LeavesMin"/> and <see cref="LeavesMax"/>.</summary>
    public static TreeShape Of(int partitions, int leavesTogether)
    {
        Invariant.Require(partitions is >= 1 and <= 65_536 && BitOperations.IsPow2(partitions), "partitions are a power of two up to 65536", partitions);
        Invariant.Require(leavesTogether > 0, "a tree has leaves", leavesTogether);
        int share = Math.Clamp(leavesTogether / partitions, LeavesMin, LeavesMax);
        return new TreeShape(partitions, 1 << BitOperations.Log2((uint)share));
    }

    /// <summary>Nodes of a level.</summary>
    public int WidthOf(int level) => _widths[level];

    /// <summary>Nodes under one node of the level above; the root is a group of its own.</summary>
    public int GroupSizeOf(int level) => level == 0 ? 1 : _widths[level] / _widths[level - 1];

    /// <summary>Groups of a level: as many as the level above has nodes.</summary>
    public int GroupsOf(int level) => level == 0 ? 1 : _widths[level - 1];

    /// <summary>The partition of a key's hash.</summary>
    public int PartitionOf(ulong hash) => (int)(hash >> 1 >> (63 - _partitionBits));

    /// <summary>The leaf of a key's hash within its partition.</summary>
    public int LeafOf(ulong hash) => (int)(hash << _partitionBits >> (64 - _leafBits));

    /// <summary>The first hash of a leaf.</summary>
    public ulong FirstHashOf(int partition, int leaf) =>
        ((((ulong)partition << _leafBits) | (uint)leaf) << (63 - _partitionBits - _leafBits)) << 1;

    /// <summary>The last hash of a leaf, inclusive.</summary>
    public ulong LastHashOf(int partition, int leaf) =>
        FirstHashOf(partition, leaf) + (1UL << (64 - _partitionBits - _leafBits)) - 1;
}
