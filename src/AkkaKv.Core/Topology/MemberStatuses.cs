using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>What one node knows of how far the others are. Holds at most one status for each who belongs.</summary>
internal sealed class MemberStatuses
{
    private readonly SortedDictionary<NodeId, (TopologyStatus Status, TimeSpan At)> _told = [];
    private readonly SortedDictionary<NodeId, TimeSpan> _unreachableSince = [];
    private ReachabilitySnapshot? _reachable;

    public IReadOnlyList<TopologyStatus> All => [.. _told.Values.Select(told => told.Status)];

    public TopologyStatus? Of(NodeId node) => _told.TryGetValue(node, out (TopologyStatus Status, TimeSpan At) told) ? told.Status : null;

    /// <summary>The directory that the node had when it told of the epoch; 0 when it has not: an older word may be of a lost disk.</summary>
    public ulong StoreIdOf(NodeId node, long epoch) => Of(node) is { } status && status.Epoch == epoch ? status.StoreId : 0;

    public bool IsReachable(NodeId node) => _reachable?.IsReachable(node) ?? false;

    /// <summary>Null when it is reachable.</summary>
    public TimeSpan? UnreachableSince(NodeId node) => _unreachableSince.TryGetValue(node, out TimeSpan since) ? since : null;

    public bool IsToldSince(NodeId node, TimeSpan when) => _told.TryGetValue(node, out (TopologyStatus Status, TimeSpan At) told) && told.At >= when;

    /// <returns>True when it says anything new that a decision could depend on.</returns>
    public bool Take(TopologyStatus status, TimeSpan now)
    {
        TopologyStatus? before = Of(status.From);
        _told[status.From] = (status, now);
        return before is null || before.Epoch != status.Epoch || before.EnteredEpoch != status.EnteredEpoch
            || before.StoreId != status.StoreId || before.Workers?.ByHand != status.Workers?.ByHand || before.Workers?.Layout != status.Workers?.Layout
            || before.Work.IsDone != status.Work.IsDone || before.Work.Epoch != status.Work.Epoch;
    }

    public void Take(ReachabilitySnapshot reachable, IReadOnlyList<RingMember> everyone, TimeSpan now)
    {
        _reachable = reachable;
        Watch(everyone, now);
    }

    /// <summary>Forgets those who do not belong any more, and starts the clock of those who can't be reached.</summary>
    public void Watch(IReadOnlyList<RingMember> everyone, TimeSpan now)
    {
        var present = new SortedSet<NodeId>(everyone.Select(member => member.Node));
        foreach (NodeId node in (NodeId[])[.. _told.Keys, .. _unreachableSince.Keys])
        {
            if (present.Contains(node))
                continue;
            _told.Remove(node);
            _unreachableSince.Remove(node);
        }

        foreach (NodeId node in present)
        {
            if (IsReachable(node))
                _unreachableSince.Remove(node);
            else
                _unreachableSince.TryAdd(node, now);
        }
    }
}
