using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Transfer;

/// <summary>What the clearing of one epoch works with.</summary>
/// <param name="Ring">That of the epoch: whoever is no owner in it, clears.</param>
/// <param name="Gone">Owners that are not asked: they were declared dead.</param>
internal sealed record ClearMeans(
    long Epoch, RingSnapshot Ring, IReadOnlyList<NodeId> Gone, TransferOptions Options, WorkCalls Calls, ExchangePace Pace, SourceChoice Choice)
{
    /// <summary>The change is over: only a node that has not noted that it cleared for this ring clears now.</summary>
    public bool IsLate { get; init; }
}
