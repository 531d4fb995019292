using System.Collections;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// Distinct nodes in order of preference: a window on an array that belongs to a <see cref="RingSnapshot"/>. Indexing
/// and foreach allocate nothing; as an <see cref="IReadOnlyList{T}"/> it is boxed.
/// </summary>
public readonly struct PreferenceList : IReadOnlyList<NodeId>
{
    private readonly NodeId[] _nodes;
    private readonly int _start;

    internal PreferenceList(NodeId[] nodes, int start, int count)
    {
        _nodes = nodes;
        _start = start;
        Count = count;
    }

    /// <summary>What one list names and the other does not, in its order.</summary>
    public static PreferenceList Rest(PreferenceList nodes, PreferenceList without)
    {
        var rest = new List<NodeId>(nodes.Count);
        foreach (NodeId node in nodes)
        {
            if (!without.Contains(node))
                rest.Add(node);
        }

        return new PreferenceList([.. rest], 0, rest.Count);
    }

    /// <summary>How many nodes.</summary>
    public int Count { get; }

    /// <summary>The node at a rank; 0 is the preferred coordinator.</summary>
    public NodeId this[int rank]
    {
        get
        {
            Invariant.Require((uint)rank < (uint)Count, "a rank is less than the length of its list", rank);
            return _nodes[_start + rank];
        }
    }

    /// <summary>The nodes as a span.</summary>
    public ReadOnlySpan<NodeId> Span => _nodes.AsSpan(_start, Count);

    /// <summary>The node's rank, or −1.</summary>
    public int RankOf(NodeId node) => Span.IndexOf(node);

    /// <summary>Whether the node is in it.</summary>
    public bool Contains(NodeId node) => RankOf(node) >= 0;

    /// <summary>Walks the nodes in order of preference.</summary>
    public ReadOnlySpan<NodeId>.Enumerator GetEnumerator() => Span.GetEnumerator();

    IEnumerator<NodeId> IEnumerable<NodeId>.GetEnumerator() => new ArraySegment<NodeId>(_nodes ?? [], _start, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<NodeId>)this).GetEnumerator();

    public override string ToString() => string.Join(" ", (IEnumerable<NodeId>)this);
}
