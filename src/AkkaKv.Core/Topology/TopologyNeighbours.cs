using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>
/// Whom this node is to know: tells the connections and the membership of its node whenever that changes. One who has left
/// stays connected for a while, so that it hears of it.
/// </summary>
internal sealed class TopologyNeighbours(ClusterConfiguration first, TimeSpan farewellTime)
{
    private readonly List<RingMember> _farewells = [];
    private readonly SortedSet<NodeId> _heard = [];
    private PeersWanted? _pushed;
    private NodeId[] _pushedMembers = [];
    private long _leftAt;
    private long _farewell;

    /// <summary>Everyone who belongs, by name; that of the present configuration, made once.</summary>
    public IReadOnlyList<RingMember> Everyone { get; private set; } = first.Everyone;

    /// <summary>Notes that somebody lives whom an operator has asked to join.</summary>
    public void Heard(NodeId node, ClusterConfiguration configuration)
    {
        if (configuration.Staged.Any(change => change.Member?.Node == node))
            _heard.Add(node);
    }

    public bool HasHeard(NodeId node) => _heard.Contains(node);

    /// <summary>In words, when this node does not belong; empty when it does.</summary>
    public string Left(NodeId self, ClusterConfiguration configuration)
    {
        if (StagedChanges.Has(Everyone, self))
            return "";
        if (_leftAt > 0)
            return $"{self} has left the cluster at epoch {_leftAt}; it may be stopped.";
        return configuration.Staged.Any(change => change.Member?.Node == self)
            ? $"{self} is to join the cluster and waits for the commit."
            : $"{self} does not belong to the cluster of epoch {configuration.Epoch}: it has left, or its joining was taken back; it may be stopped.";
    }

    public void Adopt(IActorContext context, ClusterConfiguration before, ClusterConfiguration after)
    {
        NodeId self = context.Self.Node;
        IReadOnlyList<RingMember> earlier = [.. Everyone, .. before.Members.Where(member => before.Gone.Contains(member.Node))];
        Everyone = after.Everyone;
        _heard.RemoveWhere(node => !after.Staged.Any(change => change.Member?.Node == node));
        if (StagedChanges.Has(Everyone, self))
            _leftAt = 0;
        else if (StagedChanges.Has(earlier, self) && _leftAt == 0)
            _leftAt = after.Epoch;
        _farewells.RemoveAll(member => StagedChanges.Has(Everyone, member.Node));
        RingMember[] leavers = [.. earlier.Where(member => member.Node != self && !StagedChanges.Has(Everyone, member.Node) && !StagedChanges.Has(_farewells, member.Node))];
        foreach (RingMember leaver in leavers)
            context.Send(new Address(leaver.Node, ActorRole.Topology, 0), new TopologyNews(after));
        if (leavers.Length > 0 && _leftAt == 0)
        {
            _farewells.AddRange(leavers);
            _farewell++;
            context.StartTimer(farewellTime, new FarewellEnd(_farewell));
        }

        Push(context, after);
    }

    /// <summary>Those who left are forgotten, unless others left since.</summary>
    public void EndFarewells(IActorContext context, ClusterConfiguration configuration, FarewellEnd end)
    {
        if (end.Number != _farewell)
            return;
        _farewells.Clear();
        Push(context, configuration);
    }

    // One who has left keeps the connections that it has: it is the others who end them.
    public void Push(IActorContext context, ClusterConfiguration configuration)
    {
        NodeId self = context.Self.Node;
        if (_leftAt > 0)
            return;
        RingMember[] others = [.. Everyone.Concat(_farewells).Concat(Joiners(configuration)).Where(member => member.Node != self).OrderBy(member => member.Node)];
        if (_pushed is not { } pushed || pushed.ClusterId != configuration.ClusterId || !pushed.Others.SequenceEqual(others))
        {
            _pushed = new PeersWanted(configuration.ClusterId, others);
            context.Send(new Address(self, ActorRole.Network, 0), _pushed);
        }

        // One who comes back before its farewell is over was connected all the time, and yet no member.
        NodeId[] members = [.. Everyone.Concat(Joiners(configuration)).Select(member => member.Node)];
        if (_pushedMembers.AsSpan().SequenceEqual(members))
            return;
        _pushedMembers = members;
        context.Send(new Address(self, ActorRole.Membership, 0), new MembersChanged(members));
    }

    // Connections must stand before the commit: from that moment on writes need those who join.
    private IEnumerable<RingMember> Joiners(ClusterConfiguration configuration)
    {
        foreach (StagedChange change in configuration.Staged)
        {
            if (change is { Kind: ChangeKind.Join or ChangeKind.Replace, Member: { } joiner } && !StagedChanges.Has(Everyone, joiner.Node) && !StagedChanges.Has(_farewells, joiner.Node))
                yield return joiner;
        }
    }
}

/// <summary>Timer: those who left have had their time.</summary>
internal sealed record FarewellEnd(long Number) : Message;
