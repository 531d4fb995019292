using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Hints;

/// <summary>Where one partition's hints are brought: to their target, and to the owners where it is none any more.</summary>
/// <remarks>
/// A target that owns the partition in one of the two rings gets its hints alone. One that is still a member may own more
/// than the ring says, since a request may name a larger N: it gets them, and so do the owners. One that is no member gets
/// nothing, and the owners do; what was acknowledged because a hint was kept is then on those who are read from.
/// </remarks>
internal sealed class HintHomes(int partition)
{
    private RingSnapshot? _ring;

    /// <summary>Takes the ring of the node.</summary>
    public void Adopt(RingSnapshot ring) => _ring = ring;

    /// <summary>Everyone who must have acknowledged a hint before it is taken away, the target first if it is among them.</summary>
    public NodeId[] Of(NodeId target)
    {
        if (_ring is not { } ring || Owns(ring, target) || (ring.Also is { } other && Owns(other, target)))
            return [target];
        var homes = new List<NodeId>();
        if (ring.IsMember(target) || ring.Also?.IsMember(target) == true)
            homes.Add(target);
        homes.AddRange(ring.OwnersOf(partition).Span);
        foreach (NodeId owner in ring.Also?.OwnersOf(partition) ?? default)
        {
            if (!homes.Contains(owner))
                homes.Add(owner);
        }

        return [.. homes];
    }

    private bool Owns(RingSnapshot ring, NodeId node) => ring.Owns(node, partition);
}
