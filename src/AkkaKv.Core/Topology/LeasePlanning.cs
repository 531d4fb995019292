using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>
/// Which leases of worker numbers the driver proposes; pure. A lease is measured by the clock of its holder, as told by
/// itself, since it is this clock that is in its ids: that of the driver plays no part, and whoever is silent is not renewed.
/// </summary>
internal static class LeasePlanning
{
    /// <summary>The configuration with what is due; null when nothing is.</summary>
    /// <param name="length">Of a lease. It is renewed when less than half is left.</param>
    public static ClusterConfiguration? NextOf(ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses, TimeSpan length)
    {
        if ((configuration.Workers ?? Opened(configuration, everyone, statuses)) is not { } workers)
            return null;
        var plan = new LeasePlan(workers, everyone, (long)length.TotalMilliseconds);
        (TopologyStatus Status, WorkerNeed Need)[] needs = [.. NeedsOf(configuration, everyone, statuses).Where(told => told.Need.Count == workers.Count && told.Need.Layout == workers.Layout)];

        // What people assigned goes first, so that nobody is leased the number of another.
        foreach ((TopologyStatus status, WorkerNeed need) in needs)
        {
            if (need.ByHand is { } worker)
                plan.Reserve(worker, status.From, status.StoreId);
        }

        foreach ((TopologyStatus status, WorkerNeed need) in needs)
        {
            if (need.ByHand is null)
                plan.Lease(status.From, status.StoreId, need.NowMillis);
        }

        return plan.IsDue || configuration.Workers is null ? ConfigurationSteps.Lease(configuration, plan.Made()).Configuration : null;
    }

    /// <summary>The layouts that the members told of, in words, with those who did.</summary>
    public static IReadOnlyList<(string Layout, IReadOnlyList<NodeId> Nodes)> LayoutsOf(ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses) =>
        [.. NeedsOf(configuration, everyone, statuses)
            .GroupBy(told => told.Need.Layout, told => told.Status.From, StringComparer.Ordinal)
            .Select(group => (group.Key, (IReadOnlyList<NodeId>)[.. group]))];

    // Everyone must have told which layout it has and which number it was given by hand: nobody may then be using one that
    // is leased to another. And nobody may be of a release that can't read leases.
    private static WorkerLeases? Opened(ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses)
    {
        if (!everyone.All(member => statuses.Of(member.Node) is { Workers: not null, StoreId: not 0 } status && status.Epoch == configuration.Epoch))
            return null;
        IReadOnlyList<(string Layout, IReadOnlyList<NodeId> Nodes)> layouts = LayoutsOf(configuration, everyone, statuses);
        return layouts is [(string Layout, IReadOnlyList<NodeId> Nodes)] && statuses.Of(layouts[0].Nodes[0])!.Workers is { } need
            ? new WorkerLeases(need.Count, layouts[0].Layout, 0, [])
            : null;
    }

    // An older word may be of a lost disk, and of another moment.
    private static IEnumerable<(TopologyStatus Status, WorkerNeed Need)> NeedsOf(ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses)
    {
        foreach (RingMember member in everyone)
        {
            if (statuses.Of(member.Node) is { StoreId: not 0, Workers: { Count: > 0 } need } status && status.Epoch == configuration.Epoch
                && (member.StoreId == 0 || member.StoreId == status.StoreId))
                yield return (status, need);
        }
    }
}

/// <summary>Leases in the making.</summary>
internal sealed class LeasePlan
{
    private readonly WorkerLeases _before;
    private readonly IReadOnlyList<RingMember> _everyone;
    private readonly long _lengthMillis;
    private readonly SortedDictionary<int, WorkerLease> _leases = [];
    private readonly List<WorkerLease> _early = [];
    private long _floor;

    public LeasePlan(WorkerLeases before, IReadOnlyList<RingMember> everyone, long lengthMillis)
    {
        _before = before;
        _everyone = everyone;
        _lengthMillis = lengthMillis;
        _floor = before.FloorMillis;
        foreach (WorkerLease lease in before.Leases)
            _leases.Add(lease.Worker, lease);
    }

    /// <summary>Something must be decided.</summary>
    public bool IsDue { get; private set; }

    /// <summary>A number that people assigned is its own for ever, unless it is or was another's.</summary>
    public void Reserve(int worker, NodeId node, ulong storeId)
    {
        if (worker < 0 || worker >= _before.Count)
            return;
        if (!_leases.TryGetValue(worker, out WorkerLease? found))
            Take(worker, node, storeId, _floor, long.MaxValue);
        else if (found.IsOf(node, storeId) ? !found.IsByHand : found.IsByHand && found.Node == node)
            Set(found with { StoreId = storeId, UntilMillis = long.MaxValue });
        else if (!found.IsOf(node, storeId) && !found.IsByHand && !found.IsHeldBy(_everyone))
            Set(new WorkerLease(worker, node, storeId, found.UntilMillis, long.MaxValue));
    }

    /// <summary>Renews the directory's lease when it is due, or gives it one.</summary>
    /// <param name="nowMillis">Its own clock.</param>
    public void Lease(NodeId node, ulong storeId, long nowMillis)
    {
        if (_before.Of(node, storeId) is not { } held)
            Give(node, storeId, nowMillis);
        else if (held.UntilMillis - nowMillis < _lengthMillis / 2)
            Set(held with { UntilMillis = nowMillis + _lengthMillis });
        else if (held.UntilMillis - nowMillis < _lengthMillis * 3 / 4)
            _early.Add(held with { UntilMillis = nowMillis + _lengthMillis });
    }

    /// <summary>Those that will be due before long are renewed as well, so that one decision does for all.</summary>
    public WorkerLeases Made()
    {
        foreach (WorkerLease lease in _early)
            _leases[lease.Worker] = lease;
        return _before with { FloorMillis = _floor, Leases = [.. _leases.Values] };
    }

    // A number that nobody ever had, else the one whose lease ended first.
    private void Give(NodeId node, ulong storeId, long nowMillis)
    {
        int free = 0;
        while (_leases.ContainsKey(free))
            free++;
        WorkerLease? ended = EndedFirst();
        if (free < _before.Count && (ended is null || _floor <= ended.UntilMillis))
            Take(free, node, storeId, _floor, Math.Max(_floor, nowMillis) + _lengthMillis);
        else if (ended is not null)
            Set(new WorkerLease(ended.Worker, node, storeId, ended.UntilMillis, Math.Max(ended.UntilMillis, nowMillis) + _lengthMillis));
    }

    private void Take(int worker, NodeId node, ulong storeId, long fromMillis, long untilMillis)
    {
        if (_leases.Count >= WorkerLeases.LeasesMax)
        {
            if (EndedFirst() is not { } forgotten)
                return;
            _leases.Remove(forgotten.Worker);
            _floor = Math.Max(_floor, forgotten.UntilMillis);
        }

        Set(new WorkerLease(worker, node, storeId, fromMillis, untilMillis));
    }

    private WorkerLease? EndedFirst()
    {
        WorkerLease? first = null;
        foreach (WorkerLease lease in _leases.Values)
        {
            if (!lease.IsByHand && (first is null || lease.UntilMillis < first.UntilMillis) && !lease.IsHeldBy(_everyone))
                first = lease;
        }

        return first;
    }

    private void Set(WorkerLease lease)
    {
        _leases[lease.Worker] = lease;
        IsDue = true;
    }
}
