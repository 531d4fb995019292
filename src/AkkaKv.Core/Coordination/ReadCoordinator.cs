using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// One read: asks every reachable owner, answers with the merge of the first R replies, then waits for the others and
/// repairs those that were behind.
/// </summary>
/// <remarks>Source: Dynamo, DeCandia et al. 2007, sections 4.5 and 5 (read repair).</remarks>
public sealed class ReadCoordinator(RequestPlan plan) : Actor
{
    private readonly ReadTally _tally = new(plan.Quorum.R, plan.Owners.Count);
    private CoordinationPhase _phase = CoordinationPhase.Gathering;
    private TimerId _timer;
    private int _repairsUnderWay;

    public override void Start(IActorContext context)
    {
        if (plan.Shortage(plan.Quorum.R) is { } shortage)
        {
            Fail(context, shortage);
            return;
        }

        _timer = context.StartTimer(plan.Quorum.Timeout, new CoordinatorTimeout(CoordinationPhase.Gathering));
        for (int rank = 0; rank < plan.Owners.Count; rank++)
        {
            if (plan.Reachable[rank])
                context.Send(plan.ReplicaOf(rank), new ReplicaRead(plan.Key, (ulong)rank, context.Self));
            else
                _tally.Fail(rank);
        }
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case ReplicaReadDone done: OnReadDone(context, done); break;
            case ReplicaMergeDone: OnRepairDone(context); break;
            case CoordinatorTimeout timeout: OnTimeout(context, timeout.Phase); break;
            default: throw new InvariantException($"A read coordinator has no use for {message.GetType().Name}");
        }
    }

    private void OnReadDone(IActorContext context, ReplicaReadDone done)
    {
        if (_repairsUnderWay > 0)
            return; // A duplicate of an answer that was counted.
        int rank = RequestRank.Of(done.Ticket, plan.Owners.Count);
        if (done.Outcome == ReplicaOutcome.Done)
            _tally.Add(rank, done.Object);
        else if (done.Outcome == ReplicaOutcome.Corrupt)
            _tally.FailCorrupt(rank);
        else
            _tally.Fail(rank);

        if (_phase == CoordinationPhase.Gathering && _tally.IsReached)
            Answer(context);
        else if (_phase == CoordinationPhase.Gathering && _tally.IsHopeless)
            Fail(context, NotReached("the others said that they cannot"));
        if (_phase == CoordinationPhase.Repairing && _tally.IsComplete)
            Repair(context);
    }

    private void Answer(IActorContext context)
    {
        SiblingSet merged = _tally.Merged;
        QuorumReport report = plan.Report(plan.Quorum.R, _tally.Got, context.Self.Node);
        context.Send(plan.ReplyTo, new GetDone(ClientView.Of(merged, plan, report, context.WallNow)));
        _phase = CoordinationPhase.Repairing;
    }

    private void OnTimeout(IActorContext context, CoordinationPhase phase)
    {
        if (_repairsUnderWay > 0)
            context.Stop();
        else if (_phase == CoordinationPhase.Repairing)
            Repair(context);
        else if (phase == CoordinationPhase.Gathering)
            Fail(context, NotReached($"the others were silent for {plan.Quorum.Timeout.TotalMilliseconds:0} ms"));
    }

    // The repair enters the replica by the same merge as any write; one that fails is left to the next read.
    private void Repair(IActorContext context)
    {
        context.CancelTimer(_timer);
        for (int rank = 0; rank < plan.Owners.Count; rank++)
        {
            if (!_tally.IsBehind(rank))
                continue;
            _repairsUnderWay++;
            context.Send(plan.ReplicaOf(rank), new ReplicaMerge(plan.Key, _tally.MergedBytes, (ulong)rank, context.Self));
        }

        if (_repairsUnderWay == 0)
            context.Stop();
        else
            _timer = context.StartTimer(plan.Quorum.Timeout, new CoordinatorTimeout(CoordinationPhase.Repairing));
    }

    private void OnRepairDone(IActorContext context)
    {
        _repairsUnderWay--;
        if (_repairsUnderWay == 0)
            context.Stop();
    }

    private KvError NotReached(string why)
    {
        IReadOnlyList<string> missing = plan.NamesWhere(rank => !_tally.HasAnswered(rank));
        KvErrorCode code = _tally.SawCorruption ? KvErrorCode.DataCorrupt : KvErrorCode.QuorumNotReached;
        string detail = $"A read needed {plan.Quorum.R} of {plan.Owners.Count} replicas and got {_tally.Got}; {why}"
            + (_tally.SawCorruption ? ", or that what they hold is damaged" : "")
            + $": {string.Join(", ", missing)}. Nothing was changed. Try again, or ask for a smaller R.";
        return new KvError(code, detail, KvOutcome.NotAttempted, Retryable: true, plan.Quorum.R, _tally.Got, missing);
    }

    private void Fail(IActorContext context, KvError error)
    {
        context.Send(plan.ReplyTo, new GetDone(GetReply.Failed(error)));
        context.Stop();
    }
}
