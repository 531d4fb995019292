using AkkaKv.Api;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>What a write coordinator writes.</summary>
/// <param name="IsForwarded">It came from another node, which goes on where this one refuses.</param>
/// <param name="PassedOnBy">The epoch of the ring by which that node chose this one; 0 when unknown.</param>
public sealed record WriteContent(VersionVector Context, ValueContent Value, bool LastWriteWins, bool IsForwarded = false, long PassedOnBy = 0);

/// <summary>
/// One write, on a node that owns the key: the local replica makes the dot and stores it, then the merged object goes
/// to the other owners; W durable copies make the answer. For an owner that is down, refuses or is late, the next
/// healthy node of the walk keeps the object with a hint that names the owner.
/// </summary>
/// <remarks>
/// A refusal before the local replica staged anything is <see cref="KvOutcome.NotAttempted"/>; after that, whatever is
/// missing is <see cref="KvOutcome.Indeterminate"/>. The order matters: nothing leaves this node before the dot is
/// durable here, or a crash could make the same dot again for another value.
/// In a strict quorum hints are kept all the same, and count for nothing.
/// While the cluster's members change, the owners of both rings are written to, and each ring has its quorum. A replica that
/// knows a newer ring refuses: then the write is planned anew by that ring, within its deadline.
/// Source: Dynamo, DeCandia et al. 2007, sections 4.5 and 4.6.
/// </remarks>
/// <param name="late">How long the owners may take before others stand in for them.</param>
public sealed class WriteCoordinator(RequestPlan plan, WriteContent write, TimeSpan late) : Actor
{
    private const ulong NoSlot = ulong.MaxValue;

    private readonly long _beganUnder = plan.Epoch;
    private RequestPlan _plan = plan;
    private WriteTally _tally = TallyOf(plan);
    private FallbackWalk _fallbacks = new(plan);
    private ulong _firstTicket;
    private long? _awaitsNewerThan;
    private ReplicaPutDone? _put;
    private TimeSpan _startedAt;
    private TimerId _deadline;
    private TimerId _late;
    private TimeSpan? _latency;
    private bool _answered;

    public override void Start(IActorContext context)
    {
        Invariant.Require(_plan.Owners.Contains(context.Self.Node), "a write is coordinated by an owner of its key", context.Self);
        _startedAt = context.Now;
        if (_plan.WriteShortage() is { } shortage)
        {
            context.Count(Counter.Shortages);
            Fail(context, shortage);
            Finish(context);
            return;
        }

        _deadline = context.StartTimer(_plan.Quorum.Timeout, new CoordinatorTimeout(CoordinationPhase.Gathering));
        int rank = _plan.Owners.RankOf(context.Self.Node);
        _tally.AskOwner(rank);
        context.Send(
            _plan.ReplicaOf(rank),
            new ReplicaPut(_plan.Key, write.Context, write.Value, write.LastWriteWins, TicketOf(rank), context.Self, _plan.Epoch));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case ReplicaPutDone done: OnPutDone(context, done); break;
            case ReplicaMergeDone done: OnMergeDone(context, done); break;
            case RingChanged changed: OnRing(context, changed.Ring); break;
            case CoordinatorTimeout { Phase: CoordinationPhase.Speculating }: OnLate(context); break;
            case CoordinatorTimeout: OnDeadline(context); break;
            default: break; // An answer to another kind of request: a peer mistook the number.
        }
    }

    private void OnPutDone(IActorContext context, ReplicaPutDone done)
    {
        if (done.Outcome == ReplicaOutcome.OlderRing)
        {
            AskForNewerRing(context, context.Self.Node);
            return;
        }

        if (done.Outcome != ReplicaOutcome.Done)
        {
            Refuse(context, done);
            return;
        }

        _put = done;
        context.Count(Counter.ConflictingWrites, done.Siblings > 1 ? 1 : 0);
        _tally.Acknowledge(_plan.RankOf(context.Self.Node));
        Distribute(context);
    }

    private void Distribute(IActorContext context)
    {
        for (int rank = 0; rank < _plan.Targets; rank++)
        {
            if (_tally.HasAcknowledged(rank))
                continue;
            if (_plan.IsReachable(rank))
                SendTo(context, rank);
            else
                StandInFor(context, rank);
        }

        Settle(context);
        if (!_answered && !_plan.Quorum.Strict)
            WaitForLate(context);
    }

    private void SendTo(IActorContext context, int rank)
    {
        _tally.AskOwner(rank);
        context.Send(_plan.ReplicaOf(rank), new ReplicaMerge(_plan.Key, _put!.Object, TicketOf(rank), context.Self, _plan.Epoch));
    }

    private void OnMergeDone(IActorContext context, ReplicaMergeDone done)
    {
        int rank = _tally.RankOf(done.Ticket - _firstTicket);
        if (_put is null || rank < 0)
            return; // Nobody was asked yet, or nobody under this number by the present plan.
        int slot = (int)(done.Ticket - _firstTicket);
        if (done.Outcome == ReplicaOutcome.Done)
            _tally.Acknowledge(slot);
        else if (_tally.Fail(slot))
            Replace(context, rank, done.Outcome);
        Settle(context);
    }

    // What is damaged there stays damaged, and too long, whoever brings the object; anything else may be over when the hint is
    // delivered.
    // Where the ring was too old the rank stays open: who shall hold it, the newer one says.
    private void Replace(IActorContext context, int rank, ReplicaOutcome outcome)
    {
        if (outcome == ReplicaOutcome.OlderRing)
            AskForNewerRing(context, _plan.TargetAt(rank));
        else if (outcome is ReplicaOutcome.Corrupt or ReplicaOutcome.TooManyActors)
            _tally.GiveUp(rank);
        else
            StandInFor(context, rank);
    }

    // The next healthy node keeps the object for the owner. Where there is none left this node does: one more copy on a
    // node that has one already, which counts for nothing, as no fallback does in a strict quorum.
    private void StandInFor(IActorContext context, int rank)
    {
        bool isOther = _fallbacks.TryTake(out NodeId node);
        if (isOther && !_plan.Quorum.Strict)
        {
            SendHint(context, node, rank, TicketOf(_tally.AskStandIn(rank)));
            return;
        }

        SendHint(context, isOther ? node : context.Self.Node, rank, NoSlot);
        _tally.GiveUp(rank);
    }

    private void SendHint(IActorContext context, NodeId node, int rank, ulong slot) =>
        context.Send(_plan.HintsOf(node), new HintStore(_plan.TargetAt(rank), _plan.Key, _put!.Object, slot, context.Self));

    // Slow is a kind of dead: as many of the silent owners as the quorum still needs are stood in for. A fallback may be
    // silent, too.
    private void OnLate(IActorContext context)
    {
        int sent = 0;
        int missing = _tally.Missing;
        int alsoMissing = _tally.AlsoMissing;
        for (int rank = 0; rank < _plan.Targets; rank++)
        {
            bool isNeeded = (missing > 0 && _tally.IsInFirst(rank)) || (alsoMissing > 0 && _tally.IsInSecond(rank));
            if (!isNeeded || !_tally.IsSilent(rank) || !_fallbacks.TryTake(out NodeId node))
                continue;
            SendHint(context, node, rank, TicketOf(_tally.AskStandIn(rank)));
            missing -= _tally.IsInFirst(rank) ? 1 : 0;
            alsoMissing -= _tally.IsInSecond(rank) ? 1 : 0;
            sent++;
        }

        context.Count(Counter.SpeculativeHints, sent);
        if (sent > 0)
            WaitForLate(context);
    }

    private void WaitForLate(IActorContext context) =>
        _late = context.StartTimer(late, new CoordinatorTimeout(CoordinationPhase.Speculating));

    private void Settle(IActorContext context)
    {
        if (!_answered && _tally.IsReached)
            Answer(context);
        else if (!_answered && _tally.IsHopeless)
            Fail(context, NotReached(context, "the others said that they cannot"));
        if (_tally.IsComplete)
            Finish(context);
    }

    // An owner that was silent to the end may never have seen the write: a hint brings it, if it is new to the owner.
    private void OnDeadline(IActorContext context)
    {
        if (!_answered)
            Fail(context, NotReached(context, _awaitsNewerThan is null ? WriteFailures.Silence(_plan) : WriteFailures.UnheardRing));
        for (int rank = 0; rank < _plan.Targets && _put is not null; rank++)
        {
            if (_tally.IsOpen(rank))
                StandInFor(context, rank);
        }

        Finish(context);
    }

    private void Answer(IActorContext context)
    {
        // The vector covers all that its actor wrote, siblings of this value included that the client never saw. Only
        // a value that stands alone can be followed by a write that builds on it; the others must be read first.
        CausalContext? token = _put!.Siblings == 1 ? _plan.Seal.Seal(_plan.Key, _put.Context) : null;
        QuorumReport report = _plan.Report(_plan.Quorum.W, _tally.Got, context.Self.Node);
        context.Send(_plan.ReplyTo, new PutDone(new PutReply(_put.Dot.ToString(), token, _put.Siblings, report), _plan.ReplyTicket));
        _answered = true;
        _latency = context.Now - _startedAt;
        context.CancelTimer(_late);
    }

    private void Fail(IActorContext context, KvError error)
    {
        if (!_answered)
            context.Send(_plan.ReplyTo, new PutDone(PutReply.Failed(error), _plan.ReplyTicket));
        _answered = true;
        context.CancelTimer(_late);
    }

    private void Finish(IActorContext context)
    {
        context.CancelTimer(_deadline);
        context.CancelTimer(_late);
        context.Send(_plan.Home, new RequestEnded(RequestKind.Write, _latency, _beganUnder));
        context.Stop();
    }

    // Where nothing was staged, another owner may take the write: the disk of this one is full or failed, it has too much to
    // do, or its actor is none of those that the key's vector names. A write that was passed on goes back to where it came from, which knows whom it has asked.
    private void Refuse(IActorContext context, ReplicaPutDone done)
    {
        bool isElsewherePossible = done.Outcome is ReplicaOutcome.Busy or ReplicaOutcome.ReadOnly or ReplicaOutcome.TooManyActors && _plan.ReachableOwners > 1;
        if (isElsewherePossible && !write.IsForwarded)
            context.Send(_plan.Home, new WriteHandBack(_plan, write, context.Now - _startedAt, IsElsewhere: true));
        else
            Fail(context, WriteRefusals.Of(done, context.Self.Node));
        Finish(context);
    }

    private KvError NotReached(IActorContext context, string why)
    {
        context.Count(Counter.QuorumFailures);
        bool isRefused = _put is null && _awaitsNewerThan is not null;
        return isRefused ? WriteFailures.NotBegun(_plan, why) : WriteFailures.NotReached(_plan, _tally, why);
    }

    private void AskForNewerRing(IActorContext context, NodeId seenAt)
    {
        if (_awaitsNewerThan == _plan.Epoch)
            return;
        _awaitsNewerThan = _plan.Epoch;
        context.Send(_plan.Home, new RingNewer(_plan.Epoch, seenAt, context.Self));
    }

    // Before the dot nothing has happened: the gateway begins anew. After it there is one object, which the newer owners are
    // to hold as well: a second dot would be a second value.
    private void OnRing(IActorContext context, RingSnapshot ring)
    {
        if (_awaitsNewerThan is null || ring.Epoch <= _plan.Epoch)
            return;
        _awaitsNewerThan = null;
        if (_put is not null)
        {
            PlanAnew(context, ring);
            return;
        }

        context.Send(_plan.Home, new WriteHandBack(_plan, write, context.Now - _startedAt, IsElsewhere: false));
        Finish(context);
    }

    private void PlanAnew(IActorContext context, RingSnapshot ring)
    {
        _firstTicket += (ulong)_tally.Slots;
        _plan = _plan.Under(ring);
        _tally = TallyOf(_plan);
        _fallbacks = new FallbackWalk(_plan);
        int own = _plan.RankOf(context.Self.Node);
        if (own >= 0)
        {
            _tally.AskOwner(own);
            _tally.Acknowledge(own);
        }

        context.CancelTimer(_late);
        Distribute(context);
    }

    private ulong TicketOf(int slot) => _firstTicket + (ulong)slot;

    private static WriteTally TallyOf(RequestPlan plan) =>
        new(plan.Quorum.W, plan.Owners.Count, plan.Targets, plan.AlsoNeeded, plan.AlsoRanks);
}
