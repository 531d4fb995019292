using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// One read: asks R owners, this node first; the others when one of them cannot answer, is late, or holds something
/// else. Answers with the merge of the first R replies, then waits for whoever was asked and repairs those that were
/// behind.
/// </summary>
/// <remarks>Source: Dynamo, DeCandia et al. 2007, sections 4.5 and 5 (read repair).</remarks>
public sealed class ReadCoordinator(RequestPlan plan, ReadPolicy policy) : Actor
{
    private readonly ReadTally _tally = new(plan.Quorum.R, plan.Owners.Count);
    private readonly bool[] _asked = new bool[plan.Owners.Count];
    private CoordinationPhase _phase = CoordinationPhase.Gathering;
    private TimerId _timer;
    private int _silent;
    private int _repairsUnderWay;

    public override void Start(IActorContext context)
    {
        if (plan.Shortage(plan.Quorum.R) is { } shortage)
        {
            Fail(context, shortage);
            return;
        }

        for (int rank = 0; rank < plan.Owners.Count; rank++)
        {
            if (!plan.Reachable[rank])
                _tally.Fail(rank);
        }

        bool asksAll = plan.Quorum.R == plan.ReachableCount || context.Random.Next(policy.AskAllOneIn) == 0;
        if (asksAll || policy.SpeculationDelay >= plan.Quorum.Timeout)
        {
            AskMore(context, plan.Owners.Count);
            _timer = context.StartTimer(plan.Quorum.Timeout, new CoordinatorTimeout(CoordinationPhase.Gathering));
            return;
        }

        _phase = CoordinationPhase.Speculating;
        AskMore(context, plan.Quorum.R);
        _timer = context.StartTimer(policy.SpeculationDelay, new CoordinatorTimeout(CoordinationPhase.Speculating));
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

    // This node's own replica first: it costs no message. Then by preference.
    private void AskMore(IActorContext context, int count)
    {
        int own = plan.Owners.RankOf(context.Self.Node);
        if (own >= 0 && Ask(context, own))
            count--;
        for (int rank = 0; rank < plan.Owners.Count && count > 0; rank++)
        {
            if (Ask(context, rank))
                count--;
        }
    }

    private bool Ask(IActorContext context, int rank)
    {
        if (_asked[rank] || !plan.Reachable[rank])
            return false;
        _asked[rank] = true;
        _silent++;
        context.Send(plan.ReplicaOf(rank), new ReplicaRead(plan.Key, (ulong)rank, context.Self));
        return true;
    }

    private void OnReadDone(IActorContext context, ReplicaReadDone done)
    {
        int rank = RequestRank.Of(done.Ticket, plan.Owners.Count);
        if (_repairsUnderWay > 0 || _tally.IsKnown(rank))
            return; // A duplicate of an answer that was counted.
        _silent--;
        Count(rank, done);
        if (_phase != CoordinationPhase.Repairing && !_tally.HasAnswered(rank))
            AskMore(context, 1);
        if (_phase != CoordinationPhase.Repairing && _tally.IsReached)
            Answer(context);
        else if (_phase != CoordinationPhase.Repairing && _tally.IsHopeless)
            Fail(context, NotReached("the others said that they cannot"));
        if (_phase == CoordinationPhase.Repairing && _silent == 0)
            Repair(context);
    }

    private void Count(int rank, ReplicaReadDone done)
    {
        if (done.Outcome == ReplicaOutcome.Done)
            _tally.Add(rank, done.Object);
        else if (done.Outcome == ReplicaOutcome.Corrupt)
            _tally.FailCorrupt(rank);
        else
            _tally.Fail(rank);
    }

    private void Answer(IActorContext context)
    {
        SiblingSet merged = _tally.Merged;
        QuorumReport report = plan.Report(plan.Quorum.R, _tally.Got, context.Self.Node);
        context.Send(plan.ReplyTo, new GetDone(ClientView.Of(merged, plan, report, context.WallNow)));

        // Who differs once differs elsewhere too: whoever was not asked yet may be behind as well.
        if (_tally.SawDifference)
            AskMore(context, plan.Owners.Count);
        if (_phase == CoordinationPhase.Speculating && _silent > 0)
            WaitOutDeadline(context);
        _phase = CoordinationPhase.Repairing;
    }

    private void WaitOutDeadline(IActorContext context)
    {
        context.CancelTimer(_timer);
        _timer = context.StartTimer(plan.Quorum.Timeout - policy.SpeculationDelay, new CoordinatorTimeout(CoordinationPhase.Gathering));
    }

    private void OnTimeout(IActorContext context, CoordinationPhase phase)
    {
        if (phase == CoordinationPhase.Speculating)
            Speculate(context);
        else if (_repairsUnderWay > 0)
            context.Stop();
        else if (_phase == CoordinationPhase.Repairing)
            Repair(context);
        else
            Fail(context, NotReached($"the others were silent for {plan.Quorum.Timeout.TotalMilliseconds:0} ms"));
    }

    private void Speculate(IActorContext context)
    {
        if (_phase != CoordinationPhase.Speculating)
            return;
        _phase = CoordinationPhase.Gathering;
        WaitOutDeadline(context);
        AskMore(context, plan.Owners.Count);
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
