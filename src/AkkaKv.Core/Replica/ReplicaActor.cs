using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>
/// One partition on one node: makes dots for client writes, merges what other nodes send, and reads. Whatever it
/// acknowledges, the store has made durable first; what it reads, is durable too.
/// </summary>
/// <remarks>
/// A read looks at the store, not at staged writes: a value that a crash could still take back must not be seen, or a
/// client could read new, then old.
/// </remarks>
public sealed class ReplicaActor(ReplicaOptions options, TreeShape shape) : Actor
{
    private readonly PartitionTree _tree = new(options.Tree, shape);
    private readonly RingFence _fence = new();
    private readonly DotSupply _dots = new();
    private readonly ReplicaClearing _clearing = new(options.ClearingKeysMax);
    private readonly Dictionary<StoreKey, KeyWork> _keys = [];
    private readonly Dictionary<ulong, ReplicaRead> _reads = [];
    private readonly Dictionary<ulong, KeyWork> _loads = [];
    private readonly Dictionary<ulong, StagedWrite> _writes = [];
    private ulong _nextTicket;
    private int _underWay;

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case ReplicaRead read: OnRead(context, read); break;
            case ReplicaPut put: OnPut(context, put); break;
            case ReplicaMerge merge: OnMerge(context, merge); break;
            case RingChanged changed: OnRing(context, changed.Ring); break;
            case ReplicaForget forget: OnForget(context, forget); break;
            case ReplicaClearBegin begin when _clearing.GoesOn(begin) || _dots.Renew(context, begin): _clearing.Begin(context, begin); break;
            case ReplicaClearBegin: break; // It begins once dots are made under another actor.
            case ReplicaClearEnd: _clearing.End(); break;
            case StoreReadDone done when PartitionTree.Asked(done): _tree.Receive(context, done); break;
            case StoreReadDone done: OnStoreReadDone(context, done); break;
            case StoreWriteDone done: OnStoreWriteDone(context, done); break;
            case DotsReserved reserved: OnDotsReserved(context, reserved); break;
            case FactReadDone done: _dots.OnRead(context, done); break;
            case FactWriteDone done: OnRenewed(context, done); break;
            case TreeNodesAsk or TreeKeysAsk or TreeKeysEnd or StoreScanDone or TreeSlice: _tree.Receive(context, message); break;
            default: throw new InvariantException($"A replica has no use for {message.GetType().Name}");
        }
    }

    private void OnRing(IActorContext context, RingSnapshot ring)
    {
        _clearing.Adopt(ring);
        _fence.Adopt(context, ring);
    }

    private void OnRead(IActorContext context, ReplicaRead read)
    {
        if (_fence.Refuses(context, read))
            return;
        if (!TryEnter())
        {
            context.Send(read.ReplyTo, new ReplicaReadDone(read.Ticket, ReplicaOutcome.Busy, default));
            return;
        }

        ulong ticket = _nextTicket++;
        _reads.Add(ticket, read);
        context.Send(StoreOf(context), new StoreRead(read.Key, ticket, context.Self));
    }

    private void OnPut(IActorContext context, ReplicaPut put)
    {
        if (_fence.Refuses(context, put))
            return;
        if (!TryEnter())
            context.Send(put.ReplyTo, RefusalOf(put, ReplicaOutcome.Busy));
        else if (_dots.IsEmpty)
            _dots.Wait(context, put);
        else
            Change(context, put.Key, put);
    }

    private void OnMerge(IActorContext context, ReplicaMerge merge)
    {
        if (_fence.Refuses(context, merge))
            return;
        if (TryEnter())
            Change(context, merge.Key, merge);
        else
            context.Send(merge.ReplyTo, new ReplicaMergeDone(merge.Ticket, ReplicaOutcome.Busy));
    }

    // A step of a clearing has a bound of its own: behind keys that stay, what is to go would be refused each time.
    private void OnForget(IActorContext context, ReplicaForget forget)
    {
        if (TryEnter(passesBound: forget.ClearStamp is not null))
            Change(context, forget.Key, forget);
        else
            context.Send(forget.ReplyTo, new ReplicaForgetDone(false));
    }

    private void OnRenewed(IActorContext context, FactWriteDone done)
    {
        bool isNew = _dots.OnWritten(done);
        while (_dots.TryNextClearing(out ReplicaClearBegin? begin))
        {
            if (isNew)
                _clearing.Begin(context, begin!);
            else
                ReplicaClearing.Refuse(context, begin!);
        }
    }

    private void OnDotsReserved(IActorContext context, DotsReserved reserved)
    {
        bool isDone = _dots.OnReserved(reserved);

        // Those that find the new block spent ask for another one.
        for (int left = _dots.Waiting; left > 0; left--)
        {
            ReplicaPut put = _dots.Next();
            if (!isDone)
                Finish(context, put, ReplicaOutcomes.OfReservation(reserved.Outcome));
            else if (_dots.IsEmpty)
                _dots.Wait(context, put);
            else
                Change(context, put.Key, put);
        }
    }

    // Applies a change to the key's set, after reading the set where it is not at hand.
    private void Change(IActorContext context, StoreKey key, Message change)
    {
        if (_keys.TryGetValue(key, out KeyWork? work))
        {
            if (work.Staged is null)
                work.Waiting.Enqueue(change);
            else
                Apply(context, work, change);
            return;
        }

        work = new KeyWork(key);
        work.Waiting.Enqueue(change);
        _keys.Add(key, work);
        ulong ticket = _nextTicket++;
        _loads.Add(ticket, work);
        context.Send(StoreOf(context), new StoreRead(key, ticket, context.Self));
    }

    private void OnStoreReadDone(IActorContext context, StoreReadDone done)
    {
        if (_reads.Remove(done.Ticket, out ReplicaRead? read))
        {
            _underWay--;
            context.Send(read.ReplyTo, new ReplicaReadDone(read.Ticket, ReplicaOutcomes.Of(done.Outcome), done.Object));
            return;
        }

        bool known = _loads.Remove(done.Ticket, out KeyWork? work);
        Invariant.Require(known, "a store answers only what was asked", done.Ticket);
        bool readable = SiblingSetCodec.TryDecode(done.Object, out SiblingSet stored);
        if (done.Outcome != StoreOutcome.Done || !readable)
        {
            GiveUp(context, work!, done.Outcome == StoreOutcome.Done ? ReplicaOutcome.Corrupt : ReplicaOutcomes.Of(done.Outcome));
            return;
        }

        work!.Staged = stored;
        work.DurableVersion = VersionHash.Of(stored);
        while (work.Waiting.TryDequeue(out Message? change))
            Apply(context, work, change);
        Forget(work);
    }

    private void Apply(IActorContext context, KeyWork work, Message change)
    {
        if (change is ReplicaPut put)
            ApplyPut(context, work, put);
        else if (change is ReplicaForget forget)
            ApplyForget(context, work, forget);
        else
            ApplyMerge(context, work, (ReplicaMerge)change);
        Forget(work);
    }

    private void ApplyPut(IActorContext context, KeyWork work, ReplicaPut put)
    {
        SiblingSet staged = work.Staged!;
        if (_dots.IsEmpty)
        {
            // Others took the last dots while this one waited for its set.
            _dots.Wait(context, put);
            return;
        }

        Dot dot = _dots.Peek();
        if (PutRules.RefusalOf(staged, put, dot) is { } refusal)
        {
            Finish(context, put, refusal);
            return;
        }

        VersionVector replaces = put.LastWriteWins ? staged.Seen.Join(put.Context) : put.Context;
        SiblingSet changed = staged.Put(replaces, dot, put.Content);
        bool tooMany = changed.Count > options.SiblingsMax;
        ReadOnlyMemory<byte> encoded = tooMany ? default : SiblingSetCodec.Encode(changed);
        if (tooMany || (changed.Count > 1 && encoded.Length > options.ObjectBytesMax))
        {
            Finish(context, put, ReplicaOutcome.TooManySiblings, staged.Count);
            return;
        }

        _dots.Take();
        if (put.LastWriteWins && !put.Content.IsTombstone)
            context.Count(Counter.SiblingsDiscarded, staged.CountUnseenBy(put.Context));
        var done = new ReplicaPutDone(put.Ticket, ReplicaOutcome.Done, dot, encoded, changed.Seen, changed.Count);
        Stage(context, work, changed, encoded, new StagedWrite(work) { Put = put, PutDone = done });
    }

    private void ApplyMerge(IActorContext context, KeyWork work, ReplicaMerge merge)
    {
        SiblingSet staged = work.Staged!;
        if (!SiblingSetCodec.TryDecode(merge.Object, out SiblingSet incoming))
        {
            Finish(context, merge, ReplicaOutcome.Corrupt);
            return;
        }

        if (merge.IfHeld && staged.Seen.IsEmpty)
        {
            Finish(context, merge, ReplicaOutcome.Done);
            return;
        }

        if (staged.Includes(incoming))
        {
            AcknowledgeIncluded(context, work, merge);
            return;
        }

        bool replacesAll = incoming.Includes(staged);
        SiblingSet merged = replacesAll ? incoming : staged.Merge(incoming);
        if (!merged.Seen.IsReadable)
        {
            Finish(context, merge, ReplicaOutcome.TooManyActors);
            return;
        }

        ReadOnlyMemory<byte> encoded = replacesAll ? merge.Object : SiblingSetCodec.Encode(merged);
        Stage(context, work, merged, encoded, StagedWrite.Of(work, merge));
    }

    // Nothing new; but what includes it may itself still wait for the disk. Where the newest write was refused while an
    // older one is under way, what is staged has no write that would make it durable: it is staged again.
    private void AcknowledgeIncluded(IActorContext context, KeyWork work, ReplicaMerge merge)
    {
        _clearing.Note(work.Key, merge);
        if (work.WritesUnderWay == 0)
            Finish(context, merge, ReplicaOutcome.Done);
        else if (work.Newest is { } newest)
            newest.Merges.Add(merge);
        else
            Stage(context, work, work.Staged!, SiblingSetCodec.Encode(work.Staged!), StagedWrite.Of(work, merge));
    }

    // Only what is durable and not about to change is what the members agreed on; and whoever says that they did, what a
    // client may still see is not forgotten.
    private void ApplyForget(IActorContext context, KeyWork work, ReplicaForget forget)
    {
        bool isAgreed = work.WritesUnderWay == 0
            && work.Staged!.Count > 0
            && work.Staged.VisibleAt(context.WallNow.ToUnixTimeMilliseconds()) == 0
            && StableHash.Of(SiblingSetCodec.Encode(work.Staged).Span) == forget.Version;
        ClearVerdict verdict = isAgreed ? ClearVerdict.Goes : ClearVerdict.Waits;
        if (forget.ClearStamp is { } stamp)
            verdict = _clearing.Judge(work, stamp);
        if (verdict != ClearVerdict.Goes)
        {
            Finish(context, forget, false, verdict == ClearVerdict.Stays);
            return;
        }

        var removal = new StagedWrite(work) { Forget = forget, Version = VersionHash.Of(SiblingSet.Empty) };
        ulong ticket = Enter(work, SiblingSet.Empty, removal);
        context.Send(StoreOf(context), new StoreRemove(work.Key, ticket, context.Self));
    }

    private void Stage(IActorContext context, KeyWork work, SiblingSet set, ReadOnlyMemory<byte> encoded, StagedWrite write)
    {
        write.Version = VersionHash.Of(set);
        ulong ticket = Enter(work, set, write);
        context.Send(StoreOf(context), new StoreWrite(work.Key, encoded, ticket, context.Self));
    }

    private ulong Enter(KeyWork work, SiblingSet set, StagedWrite write)
    {
        work.Staged = set;
        work.Newest = write;
        work.WritesUnderWay++;
        ulong ticket = _nextTicket++;
        _writes.Add(ticket, write);
        return ticket;
    }

    private void OnStoreWriteDone(IActorContext context, StoreWriteDone done)
    {
        bool known = _writes.Remove(done.Ticket, out StagedWrite? write);
        Invariant.Require(known, "a store answers only what was asked", done.Ticket);
        KeyWork work = write!.Work;
        work.WritesUnderWay--;
        if (work.Newest == write)
            work.Newest = null;
        UpdateTree(write, done.Outcome);
        _clearing.Note(write);
        ReplicaOutcome outcome = ReplicaOutcomes.Of(done.Outcome);

        // A refused write is one that never appears, unless a later write of the key, built on it, is at the store.
        if (outcome == ReplicaOutcome.Busy && work.WritesUnderWay > 0)
            outcome = ReplicaOutcome.BusyUnsure;
        if (write.Put is not null && outcome == ReplicaOutcome.Done)
            Finish(context, write.Put, write.PutDone!);
        else if (write.Put is not null)
            Finish(context, write.Put, outcome);
        if (write.Forget is not null)
            Finish(context, write.Forget, outcome == ReplicaOutcome.Done);
        foreach (ReplicaMerge merge in write.Merges)
            Finish(context, merge, outcome);
        Forget(work);
    }

    // The tree says what a read shows: it changes when the write is durable, not when it is staged.
    private void UpdateTree(StagedWrite write, StoreOutcome outcome)
    {
        if (outcome == StoreOutcome.Failed)
            _tree.Forget();
        if (outcome != StoreOutcome.Done)
            return;
        _tree.Changed(write.Work.Key, write.Work.DurableVersion, write.Version);
        write.Work.DurableVersion = write.Version;
    }

    // The set could not be read: everything that waited for it is told so, and nothing was changed.
    private void GiveUp(IActorContext context, KeyWork work, ReplicaOutcome outcome)
    {
        while (work.Waiting.TryDequeue(out Message? change))
        {
            if (change is ReplicaPut put)
                Finish(context, put, outcome);
            else if (change is ReplicaForget forget)
                Finish(context, forget, false);
            else
                Finish(context, (ReplicaMerge)change, outcome);
        }

        _keys.Remove(work.Key);
    }

    // Once nothing is under way the store is the only truth again.
    private void Forget(KeyWork work)
    {
        if (work.WritesUnderWay == 0 && work.Waiting.Count == 0 && work.Staged is not null)
            _keys.Remove(work.Key);
    }

    private bool TryEnter(bool passesBound = false)
    {
        if (_underWay >= options.UnderWayMax && !passesBound)
            return false;
        _underWay++;
        return true;
    }

    private void Finish(IActorContext context, ReplicaPut put, ReplicaOutcome outcome, int siblings = 0) =>
        Finish(context, put, RefusalOf(put, outcome, siblings));

    private void Finish(IActorContext context, ReplicaPut put, ReplicaPutDone done)
    {
        _underWay--;
        context.Send(put.ReplyTo, done);
    }

    private void Finish(IActorContext context, ReplicaMerge merge, ReplicaOutcome outcome)
    {
        _underWay--;
        context.Send(merge.ReplyTo, new ReplicaMergeDone(merge.Ticket, outcome));
    }

    private void Finish(IActorContext context, ReplicaForget forget, bool isForgotten, bool stays = false)
    {
        _underWay--;
        context.Send(forget.ReplyTo, new ReplicaForgetDone(isForgotten) { Stays = stays });
    }

    private static ReplicaPutDone RefusalOf(ReplicaPut put, ReplicaOutcome outcome, int siblings = 0) =>
        new(put.Ticket, outcome, default, default, VersionVector.Empty, siblings);

    private static Address StoreOf(IActorContext context) => new(context.Self.Node, ActorRole.Store, 0);
}
