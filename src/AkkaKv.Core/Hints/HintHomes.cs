using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Hints;

/// <summary>Where one partition's hints are brought: to their target, and to the owners where it is none any more.</summary>
/// <remarks>
/// A target that owns the partition in one of the two rings gets its hints alone. One that is still a member may own more
/// than the ring says, since a request may name a larger N: it gets those of keys that it holds, and the owners get all.
/// Were it to get the others, a copy that nobody owns would come back to a node that has cleared the partition. One that is
/// no member gets nothing, and the owners do; what was acknowledged because a hint was kept is then on those who are read
/// from.
/// </remarks>
internal sealed class HintHomes(int partition)
{
    private RingSnapshot? _ring;

    /// <summary>Takes the ring of the node.</summary>
    public void Adopt(RingSnapshot ring) => _ring = ring;

    /// <summary>Of the ring that says who they are; 0 before the first.</summary>
    public long Epoch => _ring?.Epoch ?? 0;

    /// <summary>Everyone who must have acknowledged a hint before it is taken away, the target first if it is among them.</summary>
    public NodeId[] Of(NodeId target)
    {
        if (_ring is not { } ring || IsOwner(target))
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

    /// <summary>
    /// Members that can be reached and could keep on what this node keeps for the target, owners of the partition first. None
    /// unless this node is about to leave: in no ring any more, it would have to wait for a target that may never come back.
    /// </summary>
    public IReadOnlyList<NodeId> HeirsOf(NodeId self, NodeId target, ReachabilitySnapshot known)
    {
        if (_ring is not { Also: null } ring || ring.IsMember(self))
            return [];
        var heirs = new List<NodeId>();
        foreach (NodeId member in ring.OwnersOf(partition).Span)
            Add(heirs, member, target, known);
        foreach (RingMember member in ring.MembersInOrder)
            Add(heirs, member.Node, target, known);
        return heirs;
    }

    /// <summary>
    /// The owners that can be reached get what is handed over as well: two who leave may choose the same heir, and what was on
    /// two disks must not end on one.
    /// </summary>
    public IReadOnlyList<NodeId> OwnersAmong(ReachabilitySnapshot known, NodeId but)
    {
        var owners = new List<NodeId>();
        foreach (NodeId owner in _ring?.OwnersOf(partition) ?? default)
            Add(owners, owner, but, known);
        return owners;
    }

    private static void Add(List<NodeId> heirs, NodeId member, NodeId target, ReachabilitySnapshot known)
    {
        if (member != target && known.IsReachable(member) && !heirs.Contains(member))
            heirs.Add(member);
    }

    /// <summary>Whether the node owns the partition in one of the two rings; true while no ring is known.</summary>
    public bool IsOwner(NodeId node) =>
        _ring is not { } ring || ring.Owns(node, partition) || ring.Also?.Owns(node, partition) == true;
}
