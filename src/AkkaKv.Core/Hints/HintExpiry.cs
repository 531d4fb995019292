using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Hints;

/// <summary>Gives up what has waited for longer than its lifetime, where there is one.</summary>
/// <remarks>
/// The age of what this process kept is measured by its monotonic clock alone: no jump of the wall clock shortens it. The
/// age of what it found in the store is what the wall clock said on finding it, and monotonic time since; a stamp in the
/// future counts as now. So where the clocks are wrong a hint is kept too long rather than too short, with one exception:
/// a clock that is ahead while the node starts.
/// </remarks>
internal sealed class HintExpiry(HintOptions options, HintLedger ledger, HintShelf shelf)
{
    // How many of each target one sweep looks at, and gives up.
    private const int LooksMax = 4096;
    private const int ExpiringMax = 256;

    private bool _isDue;

    /// <summary>Sweeps as long as anything is kept.</summary>
    public void Schedule(IActorContext context)
    {
        if (options.Lifetime is null || _isDue || ledger.Keys == 0)
            return;
        _isDue = true;
        context.StartTimer(options.SweepPause, new HintSweep());
    }

    public void OnSweep(IActorContext context)
    {
        _isDue = false;
        var expired = new List<HintMark>();
        foreach (HintLane lane in new List<HintLane>(ledger.Lanes))
        {
            Collect(context, lane, expired);
            ledger.Prune(lane);
        }

        foreach (HintMark mark in expired)
            shelf.Change(context, new HintExpiring(mark, OnExpired));
    }

    // Turns the queue once around, or a part of it; what is too old stays out.
    private void Collect(IActorContext context, HintLane lane, List<HintMark> expired)
    {
        for (int left = Math.Min(lane.Waiting.Count, LooksMax); left > 0 && lane.TryTake(out HintMark mark); left--)
        {
            if (expired.Count < ExpiringMax && mark.AgeAt(context.Now) >= options.Lifetime)
                expired.Add(mark);
            else
                lane.Return(mark);
        }
    }

    private static void OnExpired(IActorContext context, HintMark mark, ReplicaOutcome outcome)
    {
        if (outcome == ReplicaOutcome.Done && mark.IsGone)
            context.Count(Counter.HintsExpired);
        mark.Lane.Return(mark);
    }
}
