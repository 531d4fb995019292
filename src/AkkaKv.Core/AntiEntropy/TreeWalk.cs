using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>
/// Finds the leaves in which two trees differ: from the root down, only below what differs, the deepest first, so that few
/// nodes wait at a time.
/// </summary>
/// <remarks>Within a level the order is drawn: two nodes that repair the same third one rarely meet at the same leaf.</remarks>
public sealed class TreeWalk
{
    private readonly TreeShape _shape;
    private readonly List<int>[] _waiting;

    // With the larger of the two numbers of keys.
    private readonly List<(int Leaf, int Keys)> _leaves = [];

    public TreeWalk(TreeShape shape)
    {
        _shape = shape;
        _waiting = new List<int>[shape.Levels];
        for (int level = 0; level < shape.Levels; level++)
            _waiting[level] = [];
        _waiting[0].Add(0);
    }

    /// <summary>Leaves that differ and were not taken yet.</summary>
    public int LeavesWaiting => _leaves.Count;

    /// <summary>No nodes are left to compare; leaves may be.</summary>
    public bool IsOver => Array.TrueForAll(_waiting, groups => groups.Count == 0);

    /// <summary>Takes the next groups to compare, all of one level.</summary>
    public (int Level, int[] Groups) Next(RandomSource random, int max)
    {
        int level = _shape.Levels - 1;
        while (level > 0 && _waiting[level].Count == 0)
            level--;
        List<int> waiting = _waiting[level];
        var groups = new int[Math.Min(max, waiting.Count)];
        for (int i = 0; i < groups.Length; i++)
        {
            int at = random.Next(waiting.Count);
            groups[i] = waiting[at];
            waiting[at] = waiting[^1];
            waiting.RemoveAt(waiting.Count - 1);
        }

        return (level, groups);
    }

    /// <summary>True when an answer has what was asked for.</summary>
    public bool Fits(int level, int groups, TreeNodesTold told)
    {
        int nodes = groups * _shape.GroupSizeOf(level);
        return told.Hashes.Count == nodes && (level < _shape.Levels - 1 || told.Keys.Count == nodes);
    }

    /// <summary>Compares two answers that fit.</summary>
    public void Compare(int level, int[] groups, TreeNodesTold ours, TreeNodesTold theirs)
    {
        int size = _shape.GroupSizeOf(level);
        bool ofLeaves = level == _shape.Levels - 1;
        for (int i = 0; i < ours.Hashes.Count; i++)
        {
            if (ours.Hashes[i] == theirs.Hashes[i])
                continue;
            int node = (groups[i / size] * size) + (i % size);
            if (ofLeaves)
                _leaves.Add((node, Math.Max(ours.Keys[i], theirs.Keys[i])));
            else
                _waiting[level + 1].Add(node);
        }
    }

    /// <summary>Takes leaves of about so many keys together; at least one.</summary>
    public IReadOnlyList<int> TakeLeaves(int keys)
    {
        var taken = new List<int>();
        long sum = 0;
        while (_leaves.Count > 0 && taken.Count < TreeKeysAsk.LeavesMax && (taken.Count == 0 || sum + _leaves[^1].Keys <= keys))
        {
            (int leaf, int inLeaf) = _leaves[^1];
            _leaves.RemoveAt(_leaves.Count - 1);
            taken.Add(leaf);
            sum += inLeaf;
        }

        return taken;
    }
}
