using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Tests.Topology;

/// <summary>
/// All leases of worker numbers that were ever decided, against what must be true of them: no two holders of a number share
/// a moment, and no lease gets shorter. It knows nothing of how they come about.
/// </summary>
internal sealed class LeaseHistory
{
    private readonly List<WorkerLease> _all = [];

    public int Count => _all.Count;

    /// <summary>How often a number went to another holder.</summary>
    public int Moves { get; private set; }

    public void Take(ClusterConfiguration decided)
    {
        foreach (WorkerLease lease in decided.Workers?.Leases ?? [])
            Take(lease);
    }

    /// <summary>Whether the directory was given the number for the moment.</summary>
    public bool Covers(WorkerLease held, long millis) => _all.Exists(lease =>
        lease.Worker == held.Worker && lease.IsOf(held.Node, held.StoreId) && lease.FromMillis < millis && millis <= lease.UntilMillis);

    private void Take(WorkerLease lease)
    {
        int index = _all.FindIndex(known => known.Worker == lease.Worker && known.IsOf(lease.Node, lease.StoreId));
        foreach (WorkerLease other in _all)
        {
            if (other.Worker != lease.Worker || other.IsOf(lease.Node, lease.StoreId))
                continue;

            // What people assign to the successor of a lost disk is in their hands.
            if (other.IsByHand && lease.IsByHand && other.Node == lease.Node)
                continue;
            bool isApart = other.UntilMillis <= lease.FromMillis || lease.UntilMillis <= other.FromMillis;
            isApart.ShouldBeTrue($"{lease} and {other} share a moment");
        }

        if (index < 0)
        {
            Moves += _all.Exists(known => known.Worker == lease.Worker) ? 1 : 0;
            _all.Add(lease);
            return;
        }

        lease.FromMillis.ShouldBe(_all[index].FromMillis, $"{lease} was {_all[index]}");
        lease.UntilMillis.ShouldBeGreaterThanOrEqualTo(_all[index].UntilMillis, $"{lease} was {_all[index]}");
        _all[index] = lease;
    }
}
