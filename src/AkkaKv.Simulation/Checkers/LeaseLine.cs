using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Every lease of a worker number that anybody ever took for decided. Configurations may come in any order.</summary>
internal sealed class LeaseLine
{
    public const string Promise = "no two data directories ever hold one worker number for the same moment";

    private readonly Dictionary<int, List<WorkerLease>> _known = [];

    /// <returns>Null when all is well.</returns>
    public string? WhyNot(ClusterConfiguration configuration)
    {
        foreach (WorkerLease lease in configuration.Workers?.Leases ?? [])
        {
            if (WhyNot(lease) is { } why)
                return $"{why}, in epoch {configuration.Epoch}";
        }

        return null;
    }

    /// <summary>Whether a directory was ever granted a number for a moment.</summary>
    public bool Covers(int worker, NodeId node, ulong storeId, long millis)
    {
        foreach (WorkerLease lease in _known.TryGetValue(worker, out List<WorkerLease>? holders) ? holders : [])
        {
            if (lease.Node == node && lease.StoreId == storeId && lease.FromMillis < millis && millis <= lease.UntilMillis)
                return true;
        }

        return false;
    }

    /// <summary>The cluster begins anew.</summary>
    public void Clear() => _known.Clear();

    private string? WhyNot(WorkerLease lease)
    {
        if (!_known.TryGetValue(lease.Worker, out List<WorkerLease>? holders))
            _known.Add(lease.Worker, holders = []);

        // A directory that another one followed may be given the number again, from beyond that one's end: a lease of its own.
        int own = holders.FindIndex(holder => holder.IsOf(lease.Node, lease.StoreId) && holder.FromMillis == lease.FromMillis);
        for (int i = 0; i < holders.Count; i++)
        {
            WorkerLease other = holders[i];
            bool isSuccessor = other.Node == lease.Node && other.StoreId != lease.StoreId && other.UntilMillis == long.MaxValue;
            if (i != own && !isSuccessor && other.FromMillis < lease.UntilMillis && lease.FromMillis < other.UntilMillis)
                return $"{lease} and {other}";
        }

        if (own < 0)
            holders.Add(lease);
        else if (holders[own].UntilMillis < lease.UntilMillis)
            holders[own] = lease;
        return null;
    }
}
