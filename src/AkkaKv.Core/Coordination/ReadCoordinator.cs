using AkkaKv.Api;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// One read: asks R owners, this node first; the others when one of them cannot answer, is late, or holds something
/// else; and in a sloppy quorum the fallbacks for owners that are down, refuse or are late. Answers with the merge of the
/// first R replies, then waits for whoever was asked and repairs the owners that were behind.
/// </summary>
/// <remarks>Source: Dynamo, DeCandia et al. 2007, sections 4.5, 4.6 and 5 (read repair).</remarks>
public sealed class ReadCoordinator(RequestPlan plan, ReadPolicy policy) : Actor
{
    private readonly long _beganUnder = plan.Epoch;
    private RequestPlan _plan = plan;
    private ReadTally _tally = new(plan.Quorum.R, plan.Owners.Count);
    private FallbackWalk _fallbacks = new(plan);
    private bool[] _asked = new bool[plan.Owners.Count];
    private ulong _firstTicket;
    private long? _awaitsNewerThan;
    private CoordinationPhase _phase = CoordinationPhase.Speculating;
    private TimeSpan _startedAt;
    private TimeSpan? _latency;
    private TimerId _timer;
    private int _silent;
    private int _silentOwners;
    private int _repairsUnderWay;

    public override void Start(IActorContext context)
    {
        _startedAt = context.Now;
        Begin(context);
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case ReplicaReadDone done: OnReadDone(context, done); break;
            case ReplicaMergeDone: OnRepairDone(context); break;
            case RingChanged changed: OnRing(context, changed.Ring); break;
            case CoordinatorTimeout { Phase: CoordinationPhase.Speculating }: OnLate(context); break;
            case CoordinatorTimeout: OnDeadline(context); break;
            default: break; // An answer to another kind of request: a peer mistook the number.
        }
    }

    private void Begin(IActorContext context)
    {
        if (_plan.Shortage(_plan.Quorum.R) is { } shortage)
        {
            context.Count(Counter.Shortages);
            Fail(context, shortage);
            return;
        }

        bool asksAll = context.Random.Next(policy.AskAllOneIn) == 0;
        Ask(context, asksAll ? _plan.Owners.Count : _plan.Quorum.R, atLeast: _plan.Quorum.R);
        WaitForLate(context, policy.SpeculationDelay);
    }

    // Up to so many owners that were not asked yet: this node's own replica first, it costs no message; then by preference.
    // Where they are fewer than needed, fallbacks as well.
    private int Ask(IActorContext context, int count, int atLeast)
    {
        int before = _silent;
        int own = _plan.Owners.RankOf(context.Self.Node);
        if (own >= 0)
            AskOwner(context, own);
        for (int rank = 0; rank < _plan.Owners.Count && _silent - before < count; rank++)
            AskOwner(context, rank);
        while (!_plan.Quorum.Strict && _silent - before < atLeast && _fallbacks.TryTake(out NodeId node))
            AskFallback(context, node);
        return _silent - before;
    }

    private void AskOwner(IActorContext context, int rank)
    {
        if (_asked[rank] || !_plan.IsReachable(rank))
            return;
        _asked[rank] = true;
        _silent++;
        _silentOwners++;
        context.Send(_plan.ReplicaOf(rank), new ReplicaRead(_plan.Key, _firstTicket + (ulong)rank, context.Self, _plan.Epoch));
    }

    private void AskFallback(IActorContext context, NodeId node)
    {
        _silent++;
        context.Send(_plan.HintsOf(node), new HintRead(_plan.Key, _firstTicket + (ulong)_tally.AskFallback(), context.Self));
    }

    private void OnReadDone(IActorContext context, ReplicaReadDone done)
    {
        if (_repairsUnderWay > 0 || !_tally.IsOpen(done.Ticket - _firstTicket))
            return; // A duplicate of an answer that was counted, or an answer to nothing that was asked by the present plan.
        int slot = (int)(done.Ticket - _firstTicket);
        if (_tally.IsOwner(slot) && !_asked[slot])
            return; // An owner that was not asked said nothing: a peer mistook the number.
        _silent--;
        _silentOwners -= _tally.IsOwner(slot) ? 1 : 0;
        Count(slot, done);
        if (_phase == CoordinationPhase.Repairing)
        {
            RepairWhenAllSpoke(context);
            return;
        }

        if (done.Outcome == ReplicaOutcome.OlderRing && _tally.IsOwner(slot))
            AskForNewerRing(context, _plan.Owners[slot]);
        else if (!_tally.HasAnswered(slot))
            Ask(context, 1, atLeast: 1);
        if (_tally.IsReached)
            Answer(context);
        else if (IsHopeless)
            Fail(context, NotReached(context, "the others said that they cannot"));
    }

    private bool IsHopeless => _awaitsNewerThan is null && IsShort;

    private bool IsShort =>
        _tally.Got + _silent < _plan.Quorum.R || (_tally.Owners == 0 && _silentOwners == 0);

    private void Count(int slot, ReplicaReadDone done)
    {
        if (done.Outcome == ReplicaOutcome.Done)
            _tally.Add(slot, done.Object);
        else if (done.Outcome == ReplicaOutcome.Corrupt)
            _tally.FailCorrupt(slot);
        else
            _tally.Fail(slot);
    }

    private void Answer(IActorContext context)
    {
        QuorumReport report = _plan.Report(_plan.Quorum.R, _tally.Got, context.Self.Node);
        context.Send(_plan.ReplyTo, new GetDone(ClientView.Of(_tally.Merged, _plan, report, context.WallNow)));
        _latency = context.Now - _startedAt;

        // Who differs once differs elsewhere too: whoever was not asked yet may be behind as well.
        if (_tally.SawDifference)
            Ask(context, _plan.Owners.Count, atLeast: 0);
        _phase = CoordinationPhase.Repairing;
        if (_silent > 0)
            WaitForDeadline(context);
        else
            Repair(context);
    }

    private void RepairWhenAllSpoke(IActorContext context)
    {
        if (_silent == 0)
            Repair(context);
    }

    // The first time the owners that were not asked yet; then, as long as the quorum is not met, fallbacks.
    private void OnLate(IActorContext context)
    {
        if (_phase != CoordinationPhase.Speculating)
            return;
        int asked = Ask(context, _plan.Owners.Count, atLeast: 0);
        if (asked == 0)
            asked = Ask(context, 0, atLeast: _plan.Quorum.R - Math.Min(_tally.Got, _plan.Quorum.R - 1));
        context.Count(Counter.SpeculativeReads, asked);
        if (asked > 0)
            WaitForLate(context, policy.SpeculationDelay);
        else
            WaitForDeadline(context);
    }

    private void WaitForLate(IActorContext context, TimeSpan delay)
    {
        if (context.Now - _startedAt + delay < _plan.Quorum.Timeout)
            _timer = context.StartTimer(delay, new CoordinatorTimeout(CoordinationPhase.Speculating));
        else
            WaitForDeadline(context);
    }

    private void WaitForDeadline(IActorContext context)
    {
        context.CancelTimer(_timer);
        TimeSpan left = _plan.Quorum.Timeout - (context.Now - _startedAt);
        _timer = context.StartTimer(left > TimeSpan.Zero ? left : TimeSpan.Zero, new CoordinatorTimeout(CoordinationPhase.Gathering));
        if (_phase == CoordinationPhase.Speculating)
            _phase = CoordinationPhase.Gathering;
    }

    private void OnDeadline(IActorContext context)
    {
        if (_repairsUnderWay > 0)
            Finish(context);
        else if (_phase == CoordinationPhase.Repairing)
            Repair(context);
        else
            Fail(context, NotReached(context, _awaitsNewerThan is null ? WriteFailures.Silence(_plan) : WriteFailures.UnheardRing));
    }

    // The repair enters the replica by the same merge as any write; one that fails is left to the next read.
    private void Repair(IActorContext context)
    {
        context.CancelTimer(_timer);
        for (int rank = 0; rank < _plan.Owners.Count; rank++)
        {
            if (!_tally.IsBehind(rank))
                continue;
            _repairsUnderWay++;
            context.Send(_plan.ReplicaOf(rank), new ReplicaMerge(_plan.Key, _tally.MergedBytes, (ulong)rank, context.Self, _plan.Epoch));
        }

        context.Count(Counter.ReadRepairs, _repairsUnderWay);
        if (_repairsUnderWay == 0)
            Finish(context);
        else
            _timer = context.StartTimer(_plan.Quorum.Timeout, new CoordinatorTimeout(CoordinationPhase.Repairing));
    }

    private void OnRepairDone(IActorContext context)
    {
        if (_repairsUnderWay > 0 && --_repairsUnderWay == 0)
            Finish(context);
    }

    // Others may still answer by the old ring, and are counted: two rings that follow each other are safe together.
    private void AskForNewerRing(IActorContext context, NodeId seenAt)
    {
        if (_awaitsNewerThan == _plan.Epoch)
            return;
        _awaitsNewerThan = _plan.Epoch;
        context.Send(_plan.Home, new RingNewer(_plan.Epoch, seenAt, context.Self));
    }

    // From scratch: what was said by the older ring may come from one that owns the key no longer.
    private void OnRing(IActorContext context, RingSnapshot ring)
    {
        if (_awaitsNewerThan is null || ring.Epoch <= _plan.Epoch || _phase == CoordinationPhase.Repairing)
            return;
        _awaitsNewerThan = null;
        _firstTicket += (ulong)_tally.Slots;
        _plan = _plan.Under(ring);
        _tally = new ReadTally(_plan.Quorum.R, _plan.Owners.Count);
        _fallbacks = new FallbackWalk(_plan);
        _asked = new bool[_plan.Owners.Count];
        _silent = 0;
        _silentOwners = 0;
        _phase = CoordinationPhase.Speculating;
        context.CancelTimer(_timer);
        Begin(context);
    }

    private KvError NotReached(IActorContext context, string why)
    {
        context.Count(Counter.QuorumFailures);
        IReadOnlyList<string> missing = _plan.NamesWhere(rank => !_tally.HasAnswered(rank));
        KvErrorCode code = _tally.SawCorruption ? KvErrorCode.DataCorrupt : KvErrorCode.QuorumNotReached;
        string detail = $"A read needed {_plan.Quorum.R} of {_plan.Owners.Count} replicas and got {_tally.Got}; {why}"
            + (_tally.SawCorruption ? ", or that what they hold is damaged" : "")
            + $": {string.Join(", ", missing)}. Nothing was changed. Try again, or ask for a smaller R.";
        return new KvError(code, detail, KvOutcome.NotAttempted, Retryable: true, _plan.Quorum.R, _tally.Got, missing);
    }

    private void Fail(IActorContext context, KvError error)
    {
        context.Send(_plan.ReplyTo, new GetDone(GetReply.Failed(error)));
        Finish(context);
    }

    private void Finish(IActorContext context)
    {
        context.CancelTimer(_timer);
        context.Send(_plan.Home, new RequestEnded(RequestKind.Read, _latency, _beganUnder));
        context.Stop();
    }
}
