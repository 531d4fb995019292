using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// The only door for requests: checks them, finds the key's owners, and starts one coordinator for each. Knows the
/// newest ring and the newest opinions because they are pushed to it.
/// </summary>
public sealed class GatewayActor(GatewayOptions options) : Actor
{
    /// <summary>A percentile is a walk over all buckets: not for each request.</summary>
    private const int RequestsPerOpinion = 64;

    private readonly ContextSeal _seal = new(options.ContextSecret.Span);
    private readonly RingAdoption _adoption = new(options.RequestsMax);
    private ReachabilitySnapshot? _reachability;
    private readonly LatencyTracker _reads = new();
    private readonly LatencyTracker _writes = new();
    private readonly ForegroundReport _foreground = new();
    private TimeSpan _readsLate = options.Lateness.Initial;
    private TimeSpan _writesLate = options.Lateness.Initial;
    private int _ended;

    public override void Start(IActorContext context)
    {
        NodeId self = context.Self.Node;
        context.Send(new Address(self, ActorRole.RingManager, 0), new RingSubscribe(context.Self));
        context.Send(new Address(self, ActorRole.Membership, 0), new SubscribeReachability(context.Self));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case GatewayGet get: OnGet(context, get); break;
            case GatewayPut put: OnPut(context, put); break;
            case GatewayDelete delete: OnDelete(context, delete); break;
            case GatewayForwardedPut forwarded: OnForwardedPut(context, forwarded); break;
            case GatewayOffer offer: OnOffer(context, offer); break;
            case WriteHandBack back: OnHandBack(context, back); break;
            case RequestEnded ended: OnEnded(context, ended); break;
            case ForegroundDue: _foreground.OnDue(context); break;
            case GatewayMembers members: OnMembers(context, members); break;
            case GatewayRing ring: OnRing(context, ring); break;
            case GatewayReport report: OnReport(context, report); break;
            case GatewayPlacement placement: OnPlacement(context, placement); break;
            case RingChanged changed: _adoption.Adopt(context, changed.Ring); break;
            case RingNewer newer: _adoption.OnNewer(context, newer); break;
            case CatchUpDue: _adoption.OnCatchUpDue(context); break;
            case ReachabilityChanged changed: _reachability = changed.Snapshot; break;
            default: throw new InvariantException($"A gateway has no use for {message.GetType().Name}");
        }
    }

    private void OnGet(IActorContext context, GatewayGet get)
    {
        if (Shed(context) is { } busy)
            context.Send(get.ReplyTo, new GetDone(GetReply.Failed(busy)));
        else if (!TryResolve(get.Key, get.Options, out StoreKey? key, out Quorum quorum, out KvError? error))
            context.Send(get.ReplyTo, new GetDone(GetReply.Failed(error!)));
        else
            Begin(context, new ReadCoordinator(PlanOf(context, key!, quorum, get.ReplyTo), new ReadPolicy(_readsLate, options.ReadsAskAllOneIn)));
    }

    private void OnPut(IActorContext context, GatewayPut put)
    {
        if (RequestChecks.CheckPut(put.Put, options.Limits, context.WallNow) is { } fault)
        {
            context.Send(put.ReplyTo, new PutDone(PutReply.Failed(fault)));
            return;
        }

        var content = new ValueContent(
            put.Put.Value,
            put.Put.ContentType,
            context.WallNow.ToUnixTimeMilliseconds(),
            put.Put.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0);
        Write(context, put.Key, put.Put.Context, content, put.Put.LastWriteWins, put.Options, put.ReplyTo);
    }

    // A delete that names no context would remove nothing (it would be concurrent with everything): it removes what the
    // coordinating replica holds.
    private void OnDelete(IActorContext context, GatewayDelete delete)
    {
        var tombstone = new ValueContent(default, null, context.WallNow.ToUnixTimeMilliseconds(), IsTombstone: true);
        Write(context, delete.Key, delete.Context, tombstone, delete.Context is null, delete.Options, delete.ReplyTo);
    }

    private void Write(
        IActorContext context, EntryKey entry, CausalContext? token, ValueContent content, bool lastWriteWins, RequestOptions request, Address replyTo)
    {
        KvError? error = Shed(context);
        if (error is not null || !TryResolve(entry, request, out StoreKey? key, out Quorum quorum, out error))
        {
            context.Send(replyTo, new PutDone(PutReply.Failed(error!)));
            return;
        }

        if (!_seal.TryOpen(key!, token, out VersionVector seen, out string fault))
        {
            context.Send(replyTo, new PutDone(PutReply.Failed(new KvError(KvErrorCode.InvalidContext, fault))));
            return;
        }

        RequestPlan plan = PlanOf(context, key!, quorum, replyTo);
        Route(context, plan, new WriteContent(seen, content, lastWriteWins));
    }

    private void Route(IActorContext context, RequestPlan plan, WriteContent write)
    {
        if (plan.Owners.Contains(context.Self.Node))
            Begin(context, new WriteCoordinator(plan, write, _writesLate));
        else if (write.IsForwarded)
            context.Send(plan.ReplyTo, NotOwner.Of(plan, write.PassedOnBy, context.Self.Node));
        else
            Forward(context, plan, write);
    }

    private void Forward(IActorContext context, RequestPlan plan, WriteContent write)
    {
        // Refused here when it would be refused there: what was not sent is surely not attempted.
        if (plan.WriteShortage() is { } shortage)
        {
            context.Count(Counter.Shortages);
            context.Send(plan.ReplyTo, new PutDone(PutReply.Failed(shortage)));
            return;
        }

        Begin(context, new ForwardCoordinator(plan, write, options.Lateness.Initial));
    }

    private void OnHandBack(IActorContext context, WriteHandBack back)
    {
        Quorum quorum = back.Plan.Quorum;
        TimeSpan left = quorum.Timeout - back.Spent;
        RequestPlan plan = PlanOf(context, back.Plan.Key, quorum with { Timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero }, back.Plan.ReplyTo, back.Plan.ReplyTicket);
        if (back.IsElsewhere)
            Forward(context, plan, back.Write);
        else
            Route(context, plan, back.Write);
    }

    private void OnOffer(IActorContext context, GatewayOffer offer)
    {
        if (NotReady() is null && _adoption.UnderWay < options.RequestsMax)
            context.Send(offer.ReplyTo, new GatewayOfferAccepted(offer.Ticket));
    }

    private void OnForwardedPut(IActorContext context, GatewayForwardedPut forwarded)
    {
        if ((NotReady() ?? Shed(context)) is { } refusal)
        {
            context.Send(forwarded.ReplyTo, new PutDone(PutReply.Failed(refusal), forwarded.Ticket));
            return;
        }

        // Others know one gateway of this node; the partition's own loop has its own.
        ulong home = (ulong)(Ring.PartitionOf(forwarded.Key) % options.Gateways);
        if (context.Self.Number != home)
        {
            context.Send(context.Self with { Number = home }, forwarded);
            return;
        }

        var quorum = new Quorum(forwarded.N, forwarded.R, forwarded.W, forwarded.Strict, TimeSpan.FromMilliseconds(forwarded.TimeLeftMillis));
        RequestPlan plan = PlanOf(context, forwarded.Key, quorum, forwarded.ReplyTo, forwarded.Ticket);
        if (forwarded.Epoch > plan.Epoch && !plan.Owners.Contains(context.Self.Node))
            Begin(context, new LateRingCoordinator(forwarded, context.Self, plan.Epoch));
        else
            Route(context, plan, new WriteContent(forwarded.Context, forwarded.Content, forwarded.LastWriteWins, IsForwarded: true, forwarded.Epoch));
    }

    private void Begin(IActorContext context, Actor coordinator)
    {
        _adoption.Begin();
        context.Spawn(ActorRole.Request, coordinator);
    }

    private void OnEnded(IActorContext context, RequestEnded ended)
    {
        _adoption.End(context, ended.Epoch);
        if (ended.Latency is { } latency)
        {
            (ended.Kind == RequestKind.Read ? _reads : _writes).Record(latency);
            _foreground.Record(context, ended.Kind, latency);
        }

        if (++_ended % RequestsPerOpinion != 0)
            return;
        _readsLate = options.Lateness.Of(_reads);
        _writesLate = options.Lateness.Of(_writes);
    }

    private KvError? Shed(IActorContext context)
    {
        if (_adoption.UnderWay < options.RequestsMax)
            return null;
        context.Count(Counter.ShedRequests);
        return new KvError(
            KvErrorCode.Busy,
            $"Node {context.Self.Node} has {_adoption.UnderWay} requests under way, as many as it may. Nothing was sent. Try again in a moment, or ask another node.",
            Retryable: true,
            Nodes: [context.Self.Node.Name]);
    }

    private void OnMembers(IActorContext context, GatewayMembers members)
    {
        // Before the first ring there is nothing to tell: an empty list, not an error.
        IReadOnlyList<MemberInfo> known = NotReady() is null ? View(context).Members() : [];
        context.Send(members.ReplyTo, new GatewayMembersDone(known));
    }

    private void OnRing(IActorContext context, GatewayRing ring)
    {
        RingInfo info = NotReady() is null ? View(context).Ring() : new RingInfo(0, 0, 0, [], []);
        context.Send(ring.ReplyTo, new GatewayRingDone(info));
    }

    private void OnReport(IActorContext context, GatewayReport report)
    {
        if (NotReady() is null)
            context.Spawn(ActorRole.Request, new ReportCoordinator(View(context), Ring.Partitions, report));
        else
            context.Send(report.ReplyTo, new GatewayReportDone(NodeReport.Nothing));
    }

    private void OnPlacement(IActorContext context, GatewayPlacement placement)
    {
        bool fits = TryResolve(placement.Key, placement.Options, out StoreKey? key, out Quorum quorum, out KvError? error);
        PlacementInfo? info = fits ? View(context).Placement(placement.Key, key!, quorum.N) : null;
        context.Send(placement.ReplyTo, new GatewayPlacementDone(info, error));
    }

    private bool TryResolve(EntryKey entry, RequestOptions request, out StoreKey? key, out Quorum quorum, out KvError? error)
    {
        quorum = default;
        // The key first: what is wrong with it is wrong on every node, and trying again would not help.
        if (!RequestChecks.TryKey(entry, options.Limits, out key, out error))
            return false;
        error = NotReady() ?? NotMember();
        if (error is not null)
            return false;
        BucketQuorum bucket = options.Buckets.TryGetValue(entry.Bucket, out BucketQuorum? own) ? own : NoBucket;
        return QuorumRules.TryResolve(request, bucket, options.Quorum, options.Timeout, Ring.MembersInOrder.Count, out quorum, out error);
    }

    private static readonly BucketQuorum NoBucket = new();

    private RequestPlan PlanOf(IActorContext context, StoreKey key, Quorum quorum, Address replyTo, ulong ticket = 0) =>
        new(key, quorum, Ring, _reachability!.Reachable) { Seal = _seal, ReplyTo = replyTo, ReplyTicket = ticket, Home = context.Self };

    private ClusterView View(IActorContext context) => new(Ring, _reachability!, options.Places, context.Self.Node);

    private RingSnapshot Ring => _adoption.Ring!;

    private KvError? NotReady() => _adoption.Ring is not null && _reachability is not null
        ? null
        : new KvError(KvErrorCode.NotReady, "The node is starting and does not know its ring yet. Try again in a moment.", Retryable: true);

    private KvError? NotMember()
    {
        if (_adoption.IsMember)
            return null;
        return new KvError(
            KvErrorCode.NotReady,
            _adoption.WasMember
                ? "The node has left the cluster. Nothing was done. Ask one of the members."
                : "The node waits to join the cluster: it becomes a member when the staged changes are committed. Nothing was done. Ask one of the members.",
            Retryable: true);
    }
}
