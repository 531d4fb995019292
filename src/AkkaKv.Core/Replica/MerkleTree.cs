using System.Buffers.Binary;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Replica;

/// <summary>
/// The Merkle tree of one partition over (key, version). A node is the sum, modulo 2^64, of a hash of each key and version
/// under it: so a change costs one subtraction and one addition per level, whatever the number of keys, in any order.
/// </summary>
/// <remarks>
/// Invariants: a node is the sum of its children; a key is counted once or not at all. A sum, not an exclusive or: a key
/// counted twice by mistake would vanish from that. Source: Merkle 1987; Dynamo, section 4.7; the sum of hashes as a hash
/// of a set: Clarke, Devadas, van Dijk, Gassend and Suh 2003.
/// </remarks>
public sealed class MerkleTree
{
    private readonly TreeShape _shape;
    private readonly int[] _starts;
    private readonly ulong[] _sums;
    private readonly int[] _keys;

    public MerkleTree(TreeShape shape)
    {
        _shape = shape;
        _starts = new int[shape.Levels];
        int nodes = 0;
        for (int level = 0; level < shape.Levels; level++)
        {
            _starts[level] = nodes;
            nodes += shape.WidthOf(level);
        }

        _sums = new ulong[nodes];
        _keys = new int[shape.Leaves];
    }

    /// <summary>The hash of the whole partition; 0 when it holds nothing.</summary>
    public ulong Root => _sums[0];

    /// <summary>Bytes of memory that a tree of a shape takes.</summary>
    public static long BytesOf(TreeShape shape)
    {
        long bytes = shape.Leaves * (long)sizeof(int);
        for (int level = 0; level < shape.Levels; level++)
            bytes += shape.WidthOf(level) * (long)sizeof(ulong);
        return bytes;
    }

    /// <summary>The hash of a node.</summary>
    public ulong At(int level, int node) => _sums[_starts[level] + node];

    /// <summary>How many keys a leaf has.</summary>
    public int KeysAt(int leaf) => _keys[leaf];

    /// <summary>A key's version went from one to another; <see cref="VersionHash.Absent"/> for a key that was, or is, not there.</summary>
    public void Change(ulong keyHash, ulong before, ulong after)
    {
        ulong difference = Counted(keyHash, after) - Counted(keyHash, before);
        int leaf = _shape.LeafOf(keyHash);
        _keys[leaf] += (after == VersionHash.Absent ? 0 : 1) - (before == VersionHash.Absent ? 0 : 1);
        int node = leaf;
        for (int level = _shape.Levels - 1; level >= 0; level--)
        {
            _sums[_starts[level] + node] += difference;
            node /= _shape.GroupSizeOf(level);
        }
    }

    private static ulong Counted(ulong keyHash, ulong version)
    {
        if (version == VersionHash.Absent)
            return 0;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, keyHash);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], version);
        return StableHash.Of(bytes);
    }
}
