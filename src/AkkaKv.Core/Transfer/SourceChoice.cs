using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;

namespace AkkaKv.Core.Transfer;

/// <summary>From whom a partition is fetched: one that can be reached, leaves it, and has the fewest others to serve.</summary>
internal sealed class SourceChoice
{
    private readonly SortedDictionary<NodeId, int> _chosen = [];
    private readonly SortedDictionary<NodeId, TimeSpan> _lostSince = [];
    private ReachabilitySnapshot? _reachability;

    public void Adopt(ReachabilitySnapshot reachability) => _reachability = reachability;

    public bool IsReachable(NodeId node) => _reachability is null || _reachability.IsReachable(node);

    /// <summary>The best source; null when none can be reached.</summary>
    /// <param name="except">One that has failed: taken only when there is no other.</param>
    public NodeId? Choose(PartitionFetch fetch, NodeId? except)
    {
        NodeId? best = null;
        foreach (NodeId source in fetch.Sources)
        {
            if (IsReachable(source) && source != except && (best is not { } before || IsBetter(fetch, source, before)))
                best = source;
        }

        if (best is null && except is { } failed && IsReachable(failed))
            best = failed;
        if (best is { } chosen)
            _chosen[chosen] = _chosen.GetValueOrDefault(chosen) + 1;
        return best;
    }

    /// <summary>For people: which of some nodes cannot be reached, and for how long this has been known; empty when all can.</summary>
    public string Lost(IEnumerable<NodeId> nodes, TimeSpan now)
    {
        foreach (NodeId node in nodes)
        {
            if (IsReachable(node))
                _lostSince.Remove(node);
            else if (_lostSince.TryAdd(node, now) || _lostSince.ContainsKey(node))
                return $"{node} cannot be reached, for {(now - _lostSince[node]).TotalSeconds:0} s";
        }

        return "";
    }

    private bool IsBetter(PartitionFetch fetch, NodeId source, NodeId before)
    {
        bool leaves = fetch.Leaving.Contains(source);
        if (leaves != fetch.Leaving.Contains(before))
            return leaves;
        return _chosen.GetValueOrDefault(source) < _chosen.GetValueOrDefault(before);
    }
}
