using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>What was moved between this node and another so far, and when they last compared.</summary>
internal sealed class PeerTotals
{
    public TimeSpan? FinishedAt { get; set; }

    public long KeysMoved { get; set; }

    public long BytesMoved { get; set; }

    /// <summary>One line for each peer of the pairs, by name.</summary>
    public static IReadOnlyList<PeerComparison> Told(List<PairState> pairs, SortedDictionary<NodeId, PeerTotals> totals, TimeSpan now)
    {
        var byPeer = new SortedDictionary<NodeId, PeerComparison>();
        foreach (PairState state in pairs)
        {
            NodeId peer = state.Pair.Peer;
            if (!byPeer.TryGetValue(peer, out PeerComparison? told))
            {
                PeerTotals moved = totals.GetValueOrDefault(peer) ?? new PeerTotals();
                told = new PeerComparison(peer, now - moved.FinishedAt, 0, 0, moved.KeysMoved, moved.BytesMoved, 0, 0);
            }

            byPeer[peer] = told with
            {
                DifferingKeys = told.DifferingKeys + state.DifferingKeys,
                DamagedKeys = told.DamagedKeys + state.DamagedKeys,
                PartitionsShared = told.PartitionsShared + 1,
                PartitionsNeverCompared = told.PartitionsNeverCompared + (state.FinishedAt is null ? 1 : 0),
            };
        }

        return [.. byPeer.Values];
    }
}
