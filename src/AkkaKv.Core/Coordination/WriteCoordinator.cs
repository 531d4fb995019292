using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>What a write coordinator writes.</summary>
public sealed record WriteContent(VersionVector Context, ValueContent Value, bool LastWriteWins);

/// <summary>
/// One write, on a node that owns the key: the local replica makes the dot and stores it, then the merged object goes
/// to the other owners; W durable copies make the answer.
/// </summary>
/// <remarks>
/// A refusal before the local replica staged anything is <see cref="KvOutcome.NotAttempted"/>; after that, whatever is
/// missing is <see cref="KvOutcome.Indeterminate"/>. The order matters: nothing leaves this node before the dot is
/// durable here, or a crash could make the same dot again for another value.
/// Source: Dynamo, DeCandia et al. 2007, section 4.5.
/// </remarks>
public sealed class WriteCoordinator(RequestPlan plan, WriteContent write) : Actor
{
    private readonly WriteTally _tally = new(plan.Quorum.W, plan.Owners.Count);
    private ReplicaPutDone? _put;
    private TimerId _timer;
    private bool _answered;

    public override void Start(IActorContext context)
    {
        Invariant.Require(plan.Owners.Contains(context.Self.Node), "a write is coordinated by an owner of its key", context.Self);
        if (plan.Shortage(plan.Quorum.W) is { } shortage)
        {
            Fail(context, shortage);
            context.Stop();
            return;
        }

        _timer = context.StartTimer(plan.Quorum.Timeout, new CoordinatorTimeout(CoordinationPhase.Gathering));
        int rank = plan.Owners.RankOf(context.Self.Node);
        context.Send(
            plan.ReplicaOf(rank),
            new ReplicaPut(plan.Key, write.Context, write.Value, write.LastWriteWins, (ulong)rank, context.Self));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case ReplicaPutDone done: OnPutDone(context, done); break;
            case ReplicaMergeDone done: OnMergeDone(context, done); break;
            case CoordinatorTimeout: OnTimeout(context); break;
            default: throw new InvariantException($"A write coordinator has no use for {message.GetType().Name}");
        }
    }

    private void OnPutDone(IActorContext context, ReplicaPutDone done)
    {
        if (done.Outcome != ReplicaOutcome.Done)
        {
            Fail(context, RefusalOf(done, context.Self.Node));
            Finish(context);
            return;
        }

        _put = done;
        int ownRank = (int)done.Ticket;
        _tally.Acknowledge(ownRank);
        for (int rank = 0; rank < plan.Owners.Count; rank++)
        {
            if (rank == ownRank)
                continue;
            if (plan.Reachable[rank])
                context.Send(plan.ReplicaOf(rank), new ReplicaMerge(plan.Key, done.Object, (ulong)rank, context.Self));
            else
                _tally.Fail(rank);
        }

        Settle(context);
    }

    private void OnMergeDone(IActorContext context, ReplicaMergeDone done)
    {
        int rank = RequestRank.Of(done.Ticket, plan.Owners.Count);
        if (done.Outcome == ReplicaOutcome.Done)
            _tally.Acknowledge(rank);
        else
            _tally.Fail(rank);
        Settle(context);
    }

    private void Settle(IActorContext context)
    {
        if (!_answered && _tally.IsReached)
            Answer(context);
        else if (!_answered && _tally.IsHopeless)
            Fail(context, NotReached("the others said that they cannot"));
        if (_tally.IsComplete)
            Finish(context);
    }

    private void OnTimeout(IActorContext context)
    {
        if (!_answered)
            Fail(context, NotReached($"the others were silent for {plan.Quorum.Timeout.TotalMilliseconds:0} ms"));
        context.Stop();
    }

    private void Answer(IActorContext context)
    {
        // The vector covers all that its actor wrote, siblings of this value included that the client never saw. Only
        // a value that stands alone can be followed by a write that builds on it; the others must be read first.
        CausalContext? token = _put!.Siblings == 1 ? plan.Seal.Seal(plan.Key, _put.Context) : null;
        QuorumReport report = plan.Report(plan.Quorum.W, _tally.Got, context.Self.Node);
        context.Send(plan.ReplyTo, new PutDone(new PutReply(_put.Dot.ToString(), token, _put.Siblings, report)));
        _answered = true;
    }

    private void Fail(IActorContext context, KvError error)
    {
        if (!_answered)
            context.Send(plan.ReplyTo, new PutDone(PutReply.Failed(error)));
        _answered = true;
    }

    private void Finish(IActorContext context)
    {
        context.CancelTimer(_timer);
        context.Stop();
    }

    private KvError NotReached(string why)
    {
        IReadOnlyList<string> missing = plan.NamesWhere(rank => !_tally.HasAcknowledged(rank));
        string detail = $"A write needed {plan.Quorum.W} of {plan.Owners.Count} replicas and got {_tally.Got}; {why}: "
            + $"{string.Join(", ", missing)}. The write may still appear. Read the key before you write it again.";
        return new KvError(
            KvErrorCode.QuorumNotReached, detail, KvOutcome.Indeterminate, Retryable: false, plan.Quorum.W, _tally.Got, missing);
    }

    private static KvError RefusalOf(ReplicaPutDone done, NodeId node) => done.Outcome switch
    {
        ReplicaOutcome.Busy => new KvError(
            KvErrorCode.Busy, $"Node {node} has as many writes under way as it may hold. Nothing was stored. Try again in a moment.", Retryable: true, Nodes: [node.Name]),
        ReplicaOutcome.BusyUnsure => new KvError(
            KvErrorCode.Busy,
            $"Node {node} has as many writes under way as it may hold. This one was refused, but a write of the key that came after it may carry it: it may still appear. Read the key before you write it again.",
            KvOutcome.Indeterminate,
            Nodes: [node.Name]),
        ReplicaOutcome.ReadOnly => new KvError(
            KvErrorCode.StoreReadOnly, $"The store of node {node} takes no writes. Nothing was stored. Ask another node; see /ready of this one.", Retryable: true, Nodes: [node.Name]),
        ReplicaOutcome.StoreFailed => new KvError(
            KvErrorCode.StoreReadOnly,
            $"The disk of node {node} failed while the write was being made durable. The write may appear after a restart. Ask another node; see /ready of this one.",
            KvOutcome.Indeterminate,
            Nodes: [node.Name]),
        ReplicaOutcome.Corrupt => new KvError(
            KvErrorCode.DataCorrupt, $"What node {node} holds of this key is damaged. Nothing was stored. Ask another node, and repair this one.", Nodes: [node.Name]),
        ReplicaOutcome.TooManySiblings => new KvError(
            KvErrorCode.TooManySiblings,
            $"The key holds {done.Siblings} concurrent values, as many as allowed. Nothing was stored. Read it, merge the values, and write the result with the context of that read."),
        ReplicaOutcome.ContextAhead => new KvError(
            KvErrorCode.InvalidContext,
            $"The context names writes that node {node} never made: it comes from another cluster, or from before this node's data was restored. Read the key again and use that context."),
        _ => throw new InvariantException($"A refusal has a reason; found {done.Outcome}"),
    };
}
