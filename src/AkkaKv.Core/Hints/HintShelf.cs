using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Hints;

/// <summary>
/// The records of one partition in the store: changes of one key one after the other, bounded, and told to the ledger
/// when they are durable.
/// </summary>
internal sealed class HintShelf(HintOptions options, HintPartition partition, HintLedger ledger)
{
    private readonly Dictionary<StoreKey, HintWork> _works = [];
    private readonly Dictionary<ulong, HintWork> _loads = [];
    private readonly Dictionary<ulong, StagedHint> _writes = [];
    private readonly Dictionary<ulong, Action<IActorContext, StoreReadDone>> _reads = [];
    private ulong _nextTicket;
    private long _growth;

    /// <summary>Reads what is durable, whatever is under way.</summary>
    public void Read(IActorContext context, StoreKey key, Action<IActorContext, StoreReadDone> done)
    {
        ulong ticket = _nextTicket++;
        _reads.Add(ticket, done);
        context.Send(StoreOf(context), new StoreRead(key, ticket, context.Self, StoreSpace.Hints));
    }

    /// <summary>Makes a change in its turn, after reading the record where it is not at hand.</summary>
    public void Change(IActorContext context, HintChange change)
    {
        if (_works.TryGetValue(change.Key, out HintWork? work))
        {
            if (work.Staged is null)
                work.Waiting.Enqueue(change);
            else
                Apply(context, work, change);
            return;
        }

        work = new HintWork(change.Key);
        work.Waiting.Enqueue(change);
        _works.Add(change.Key, work);
        ulong ticket = _nextTicket++;
        _loads.Add(ticket, work);
        context.Send(StoreOf(context), new StoreRead(change.Key, ticket, context.Self, StoreSpace.Hints));
    }

    public void OnStoreReadDone(IActorContext context, StoreReadDone done)
    {
        if (_reads.Remove(done.Ticket, out Action<IActorContext, StoreReadDone>? finish))
        {
            finish(context, done);
            return;
        }

        bool known = _loads.Remove(done.Ticket, out HintWork? work);
        Invariant.Require(known, "a store answers only what was asked", done.Ticket);
        bool readable = HintCodec.TryDecode(done.Object, out HintRecord stored);
        if (done.Outcome != StoreOutcome.Done || !readable)
        {
            GiveUp(context, work!, done.Outcome == StoreOutcome.Done ? ReplicaOutcome.Corrupt : ReplicaOutcomes.Of(done.Outcome));
            return;
        }

        if (!ledger.Knows(work!.Key))
            ledger.Put(context, work.Key, stored, isOwn: false);
        work.Staged = stored;
        while (work.Waiting.TryDequeue(out HintChange? change))
            Apply(context, work, change);
        Forget(work);
    }

    public void OnStoreWriteDone(IActorContext context, StoreWriteDone done)
    {
        bool known = _writes.Remove(done.Ticket, out StagedHint? write);
        Invariant.Require(known, "a store answers only what was asked", done.Ticket);
        HintWork work = write!.Work;
        work.WritesUnderWay--;
        if (work.Newest == write)
            work.Newest = null;
        ReplicaOutcome outcome = ReplicaOutcomes.Of(done.Outcome);
        if (outcome == ReplicaOutcome.Done)
            ledger.Put(context, work.Key, write.Record, isOwn: true);
        Measure(work);

        // A refused write is one that never appears, unless a later write of the key, built on it, is at the store.
        if (outcome == ReplicaOutcome.Busy && work.WritesUnderWay > 0)
            outcome = ReplicaOutcome.BusyUnsure;
        foreach (HintChange change in write.Changes)
            change.Finish(context, outcome);
        Forget(work);
    }

    private void Apply(IActorContext context, HintWork work, HintChange change)
    {
        HintRecord staged = work.Staged!;
        HintRecord changed = change.Apply(staged);
        if (!ReferenceEquals(changed, staged))
        {
            if (IsPastBound(work, changed, change))
                Drop(context, change);
            else
                Stage(context, work, changed, change);
        }
        else if (!change.AwaitsDurable || work.WritesUnderWay == 0)
        {
            change.Finish(context, ReplicaOutcome.Done);
        }
        else if (work.Newest is { } newest)
        {
            newest.Changes.Add(change);
        }
        else
        {
            // The newest write was refused while an older one is under way: nothing would make durable what is staged.
            Stage(context, work, staged, change);
        }

        Forget(work);
    }

    // What makes a record smaller always passes, and what is kept alone, and what would be kept nowhere else.
    private bool IsPastBound(HintWork work, HintRecord changed, HintChange change)
    {
        long was = HintLedger.BytesOf(work.Key, work.Staged!);
        long becomes = HintLedger.BytesOf(work.Key, changed);
        long others = ledger.Bytes + _growth - was;
        return becomes > was
            && ((!change.PassesBound && others > 0 && others + becomes > partition.BytesMax)
                || changed.Object.Length > options.ObjectBytesMax
                || changed.Targets.Length > HintCodec.TargetsMax);
    }

    private static void Drop(IActorContext context, HintChange change)
    {
        context.Count(Counter.HintsDropped);
        change.Finish(context, ReplicaOutcome.Busy);
    }

    private void Stage(IActorContext context, HintWork work, HintRecord record, HintChange change)
    {
        var write = new StagedHint(work, record);
        write.Changes.Add(change);
        work.Staged = record;
        work.Newest = write;
        work.WritesUnderWay++;
        Measure(work);
        ulong ticket = _nextTicket++;
        _writes.Add(ticket, write);
        context.Send(StoreOf(context), record.IsEmpty
            ? new StoreRemove(work.Key, ticket, context.Self, StoreSpace.Hints)
            : new StoreWrite(work.Key, HintCodec.Encode(record), ticket, context.Self, StoreSpace.Hints));
    }

    private void GiveUp(IActorContext context, HintWork work, ReplicaOutcome outcome)
    {
        _works.Remove(work.Key);
        while (work.Waiting.TryDequeue(out HintChange? change))
            change.Finish(context, outcome);
    }

    // Once nothing is under way the store is the only truth again.
    private void Forget(HintWork work)
    {
        if (work.WritesUnderWay > 0 || work.Waiting.Count > 0 || work.Staged is null)
            return;
        _growth -= work.Growth;
        work.Growth = 0;

        // What is finished may begin anew on the same key before this is reached.
        if (_works.GetValueOrDefault(work.Key) == work)
            _works.Remove(work.Key);
    }

    private void Measure(HintWork work)
    {
        long growth = HintLedger.BytesOf(work.Key, work.Staged!) - ledger.BytesOf(work.Key);
        _growth += growth - work.Growth;
        work.Growth = growth;
    }

    internal static Address StoreOf(IActorContext context) => new(context.Self.Node, ActorRole.Store, 0);
}
