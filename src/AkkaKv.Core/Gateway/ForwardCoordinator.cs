using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// A write that another owner must coordinate: this node does not own its key, or its own store takes no writes.
/// </summary>
/// <remarks>
/// The write itself is sent to one owner at a time, because a second dot would be a second value. So each owner is asked
/// first, and one that does not answer in time is passed over: it may sleep, and would do the write when it wakes. An
/// owner that took the write and says that it did nothing is passed over, too.
/// </remarks>
/// <param name="late">How long an owner may take to accept before the next one is asked.</param>
public sealed class ForwardCoordinator(RequestPlan plan, WriteContent write, TimeSpan late) : Actor
{
    /// <summary>The owner answers by its own deadline; this one only stands in when that answer is lost.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly bool[] _asked = new bool[plan.Owners.Count];
    private readonly bool[] _offered = new bool[plan.Owners.Count];
    private readonly bool[] _refused = new bool[plan.Owners.Count];
    private TimeSpan _startedAt;
    private TimeSpan _patience = late;
    private TimerId _late;
    private TimerId _deadline;
    private int _sentTo = -1;
    private KvError? _refusal;
    private bool _awaitsRing;

    public override void Start(IActorContext context)
    {
        _startedAt = context.Now;
        _deadline = context.StartTimer(plan.Quorum.Timeout, new CoordinatorTimeout(CoordinationPhase.Gathering));
        if (!TryOffer(context))
            Answer(context, PutReply.Failed(NobodyTookIt(context)));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case GatewayOfferAccepted accepted: OnAccepted(context, accepted.Ticket); break;
            case PutDone done: OnDone(context, done); break;
            case RingChanged: HandBack(context); break;
            case CoordinatorTimeout { Phase: CoordinationPhase.Speculating }: OnLate(context); break;
            case CoordinatorTimeout: OnDeadline(context); break;
            default: break; // An answer to another kind of request: a peer mistook the number.
        }
    }

    private void OnLate(IActorContext context)
    {
        if (_sentTo >= 0 || TryOffer(context))
            return;
        _patience *= 2;
        AskAgain();
        TryOffer(context);
    }

    // An offer may be lost; to make it twice costs nothing. But the owners may be silent because they have too much to do:
    // each round of offers takes twice as long as the one before.
    private void AskAgain()
    {
        for (int rank = 0; rank < _asked.Length; rank++)
            _asked[rank] = _refused[rank];
    }

    private bool TryOffer(IActorContext context)
    {
        for (int rank = 0; rank < plan.Owners.Count; rank++)
        {
            if (_asked[rank] || plan.Owners[rank] == context.Self.Node || !plan.IsReachable(rank))
                continue;
            _asked[rank] = true;
            _offered[rank] = true;
            context.Send(GatewayOf(rank), new GatewayOffer((ulong)rank, context.Self));
            _late = context.StartTimer(_patience, new CoordinatorTimeout(CoordinationPhase.Speculating));
            return true;
        }

        return false;
    }

    private void OnAccepted(IActorContext context, ulong ticket)
    {
        bool isAnswer = ticket < (ulong)_offered.Length && _offered[ticket] && !_refused[ticket];
        if (!isAnswer || _sentTo >= 0)
            return;
        int left = (int)(plan.Quorum.Timeout - (context.Now - _startedAt)).TotalMilliseconds;
        if (left < 1)
            return; // The deadline's timer is due.
        _sentTo = (int)ticket;
        context.CancelTimer(_late);
        context.CancelTimer(_deadline);
        _deadline = context.StartTimer(TimeSpan.FromMilliseconds(left) + Grace, new CoordinatorTimeout(CoordinationPhase.Gathering));
        Quorum quorum = plan.Quorum;
        context.Send(GatewayOf(_sentTo), new GatewayForwardedPut(
            plan.Key, write.Context, write.Value, write.LastWriteWins, quorum.N, quorum.R, quorum.W, quorum.Strict, left, ticket, context.Self, plan.Epoch));
    }

    private void OnDone(IActorContext context, PutDone done)
    {
        if (_awaitsRing || _sentTo < 0 || done.Ticket != (ulong)_sentTo)
            return; // Of an owner that was passed over already.
        PutReply reply = done.Reply;
        if (done.NewerEpoch > plan.Epoch && reply.Error is { Outcome: KvOutcome.NotAttempted } outdated)
        {
            AwaitRing(context, outdated);
            return;
        }

        if (reply.Error is { Outcome: KvOutcome.NotAttempted } refusal && IsOfThatOwner(refusal) && TryElsewhere(context, refusal))
            return;
        Answer(context, reply);
    }

    // A client that tries again may be refused again; another owner may do it all the same.
    private static bool IsOfThatOwner(KvError refusal) => refusal.Retryable || refusal.Code == KvErrorCode.TooManyActors;

    private bool TryElsewhere(IActorContext context, KvError refusal)
    {
        _refusal = refusal;
        _refused[_sentTo] = true;
        AskAgain();
        if (!TryOffer(context))
            return false;
        _sentTo = -1;
        return true;
    }

    // The owner did nothing, since it is none any more: by the ring that it knows, another one is.
    private void AwaitRing(IActorContext context, KvError refusal)
    {
        _refusal = refusal;
        _awaitsRing = true;
        context.Send(plan.Home, new RingNewer(plan.Epoch, plan.Owners[_sentTo], context.Self));
    }

    private void HandBack(IActorContext context)
    {
        if (!_awaitsRing)
            return;
        context.Send(plan.Home, new WriteHandBack(plan, write, context.Now - _startedAt, IsElsewhere: false));
        End(context);
    }

    private void OnDeadline(IActorContext context) =>
        Answer(context, PutReply.Failed(_sentTo >= 0 && !_awaitsRing ? Lost() : _refusal ?? NobodyTookIt(context)));

    private void Answer(IActorContext context, PutReply reply)
    {
        context.Send(plan.ReplyTo, new PutDone(reply));
        End(context);
    }

    private void End(IActorContext context)
    {
        context.CancelTimer(_late);
        context.CancelTimer(_deadline);
        context.Send(plan.Home, new RequestEnded(RequestKind.Forward, null, plan.Epoch));
        context.Stop();
    }

    private Address GatewayOf(int rank) => new(plan.Owners[rank], ActorRole.Gateway, 0);

    private KvError NobodyTookIt(IActorContext context)
    {
        context.Count(Counter.QuorumFailures);
        IReadOnlyList<string> silent = plan.NamesWhere(rank => _offered[rank]);
        return new KvError(
            KvErrorCode.NotEnoughReplicas,
            $"A write is made by an owner of its key, and none of those asked said a word for {plan.Quorum.Timeout.TotalMilliseconds:0} ms: "
            + $"{string.Join(", ", silent)}. Nothing was sent. Try again.",
            KvOutcome.NotAttempted,
            Retryable: true,
            plan.Quorum.W,
            0,
            silent);
    }

    private KvError Lost() => new(
        KvErrorCode.QuorumNotReached,
        $"The write was passed on to {plan.Owners[_sentTo]}, an owner of its key, which was silent for {plan.Quorum.Timeout.TotalMilliseconds:0} ms. "
        + "It may still appear. Read the key before you write it again.",
        KvOutcome.Indeterminate,
        Nodes: [plan.Owners[_sentTo].Name]);
}
