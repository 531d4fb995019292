using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Transfer;

/// <summary>Removes what one partition holds, a few keys at a time, pass after pass until one meets nothing.</summary>
internal sealed class PartitionClear(int partition, ClearMeans means, Action<IActorContext, PartitionClear> ended)
{
    private int _met;
    private int _waiting;

    public int Partition => partition;

    public long Stamp { get; private set; }

    /// <summary>Nothing is left but keys that cannot be read, and those that are not to be cleared.</summary>
    public bool IsCleared { get; private set; }

    public long Removed { get; private set; }

    public int Damaged { get; private set; }

    /// <summary>Keys that are not to be cleared: requests with a larger N write them.</summary>
    public int Stay { get; private set; }

    /// <summary>Before the comparison: what is written from now on is not removed.</summary>
    public void Stamped(IActorContext context, Action<IActorContext> then)
    {
        ulong ticket = means.Calls.Ask((at, answer) =>
        {
            Stamp = answer is ReplicaClearBegun begun ? begun.Stamp : -1;
            then(at);
        });
        context.Send(new Address(context.Self.Node, ActorRole.Replica, (ulong)partition), new ReplicaClearBegin(means.Ring.Epoch, ticket, context.Self));
    }

    /// <summary>Asks only whether there is anything.</summary>
    public void Look(IActorContext context, Action<IActorContext, bool> then)
    {
        ulong ticket = means.Calls.Ask((at, answer) => then(at, answer is ClearStepDone { Met: > 0 }));
        context.Send(SourceOf(context), new ClearStep(0, 0, 0, ticket, context.Self));
    }

    public void Begin(IActorContext context)
    {
        (_met, _waiting, Damaged, Stay) = (0, 0, 0, 0);
        Step(context, 0);
    }

    private void Step(IActorContext context, long cursor)
    {
        ulong ticket = means.Calls.Ask(OnStep);
        context.Send(SourceOf(context), new ClearStep(cursor, means.Options.ClearKeys, Stamp, ticket, context.Self));
    }

    private void OnStep(IActorContext context, Message answer)
    {
        if (answer is not ClearStepDone done)
            return;
        _met += done.Met;
        _waiting += Math.Max(0, done.Met - done.Removed - done.Damaged - done.Stay);
        Removed += done.Removed;
        Damaged += done.Damaged;
        Stay += done.Stay;
        if (done.NextCursor >= 0)
            means.Calls.After(context, means.Pace.Pause, at => Step(at, done.NextCursor));
        else
            EndPass(context);
    }

    // What waits was written since the comparison, or could not be removed: another comparison, then another try.
    private void EndPass(IActorContext context)
    {
        IsCleared = _met <= Damaged + Stay;
        if (IsCleared || _waiting > 0)
            ended(context, this);
        else
            means.Calls.After(context, means.Pace.Pause, Begin);
    }

    /// <summary>Nothing of the partition is cleared any more.</summary>
    public static void End(IActorContext context, int partition) =>
        context.Send(new Address(context.Self.Node, ActorRole.Replica, (ulong)partition), new ReplicaClearEnd());

    private Address SourceOf(IActorContext context) => new(context.Self.Node, ActorRole.TransferSource, (ulong)partition);
}
