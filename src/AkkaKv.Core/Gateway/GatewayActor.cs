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
    private readonly ContextSeal _seal = new(options.ContextSecret.Span);
    private RingSnapshot? _ring;
    private ReachabilitySnapshot? _reachability;

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
            case GatewayMembers members: OnMembers(context, members); break;
            case GatewayRing ring: OnRing(context, ring); break;
            case GatewayPlacement placement: OnPlacement(context, placement); break;
            case RingChanged changed: _ring = changed.Ring; break;
            case ReachabilityChanged changed: _reachability = changed.Snapshot; break;
            default: throw new InvariantException($"A gateway has no use for {message.GetType().Name}");
        }
    }

    private void OnGet(IActorContext context, GatewayGet get)
    {
        if (!TryResolve(get.Key, get.Options, out StoreKey? key, out Quorum quorum, out KvError? error))
            context.Send(get.ReplyTo, new GetDone(GetReply.Failed(error!)));
        else
            context.Spawn(ActorRole.Request, new ReadCoordinator(PlanOf(key!, quorum, get.ReplyTo), options.Reads));
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
        if (!TryResolve(entry, request, out StoreKey? key, out Quorum quorum, out KvError? error))
        {
            context.Send(replyTo, new PutDone(PutReply.Failed(error!)));
            return;
        }

        if (!_seal.TryOpen(key!, token, out VersionVector seen, out string fault))
        {
            context.Send(replyTo, new PutDone(PutReply.Failed(new KvError(KvErrorCode.InvalidContext, fault))));
            return;
        }

        RequestPlan plan = PlanOf(key!, quorum, replyTo);
        var write = new WriteContent(seen, content, lastWriteWins);
        if (plan.Owners.Contains(context.Self.Node))
            context.Spawn(ActorRole.Request, new WriteCoordinator(plan, write));
        else
            Forward(context, plan, write);
    }

    private static void Forward(IActorContext context, RequestPlan plan, WriteContent write)
    {
        // Refused here when it would be refused there: what was not sent is surely not attempted.
        if (plan.Shortage(plan.Quorum.W) is { } shortage)
        {
            context.Send(plan.ReplyTo, new PutDone(PutReply.Failed(shortage)));
            return;
        }

        NodeId owner = plan.Owners[Array.IndexOf(plan.Reachable, true)];
        Quorum quorum = plan.Quorum;
        GatewayForwardedPut Request(Address replyTo) => new(
            plan.Key, write.Context, write.Value, write.LastWriteWins, quorum.N, quorum.R, quorum.W, quorum.Strict, (int)quorum.Timeout.TotalMilliseconds, replyTo);
        context.Spawn(ActorRole.Request, new ForwardCoordinator(owner, Request, quorum.Timeout, plan.ReplyTo));
    }

    private void OnForwardedPut(IActorContext context, GatewayForwardedPut forwarded)
    {
        if (NotReady() is { } notReady)
        {
            context.Send(forwarded.ReplyTo, new PutDone(PutReply.Failed(notReady)));
            return;
        }

        // Others know one gateway of this node; the partition's own loop has its own.
        ulong home = (ulong)(_ring!.PartitionOf(forwarded.Key) % options.Gateways);
        if (context.Self.Number != home)
        {
            context.Send(context.Self with { Number = home }, forwarded);
            return;
        }

        var quorum = new Quorum(forwarded.N, forwarded.R, forwarded.W, forwarded.Strict, TimeSpan.FromMilliseconds(forwarded.TimeLeftMillis));
        RequestPlan plan = PlanOf(forwarded.Key, quorum, forwarded.ReplyTo);
        if (plan.Owners.Contains(context.Self.Node))
            context.Spawn(ActorRole.Request, new WriteCoordinator(plan, new WriteContent(forwarded.Context, forwarded.Content, forwarded.LastWriteWins)));
        else
            context.Send(forwarded.ReplyTo, new PutDone(PutReply.Failed(NotOwner(context.Self.Node, plan))));
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

    private void OnPlacement(IActorContext context, GatewayPlacement placement)
    {
        bool fits = TryResolve(placement.Key, placement.Options, out StoreKey? key, out Quorum quorum, out KvError? error);
        PlacementInfo? info = fits ? View(context).Placement(placement.Key, key!, quorum.N) : null;
        context.Send(placement.ReplyTo, new GatewayPlacementDone(info, error));
    }

    private bool TryResolve(EntryKey entry, RequestOptions request, out StoreKey? key, out Quorum quorum, out KvError? error)
    {
        quorum = default;
        key = null;
        error = NotReady();
        if (error is not null || !RequestChecks.TryKey(entry, options.Limits, out key, out error))
            return false;
        BucketQuorum bucket = options.Buckets.TryGetValue(entry.Bucket, out BucketQuorum? own) ? own : NoBucket;
        return QuorumRules.TryResolve(request, bucket, options.Quorum, options.Timeout, _ring!.MembersInOrder.Count, out quorum, out error);
    }

    private static readonly BucketQuorum NoBucket = new();

    private RequestPlan PlanOf(StoreKey key, Quorum quorum, Address replyTo)
    {
        int partition = _ring!.PartitionOf(key);
        PreferenceList owners = _ring.OwnersOf(partition, quorum.N);
        var reachable = new bool[owners.Count];
        for (int rank = 0; rank < reachable.Length; rank++)
            reachable[rank] = _reachability!.IsReachable(owners[rank]);
        return new RequestPlan(key, partition, quorum, owners, reachable, _seal, replyTo);
    }

    private ClusterView View(IActorContext context) => new(_ring!, _reachability!, options.Places, context.Self.Node);

    private KvError? NotReady() => _ring is not null && _reachability is not null
        ? null
        : new KvError(KvErrorCode.NotReady, "The node is starting and does not know its ring yet. Try again in a moment.", Retryable: true);

    private static KvError NotOwner(NodeId self, RequestPlan plan) => new(
        KvErrorCode.NotReady,
        $"A write was passed on to {self}, whose ring does not name it an owner of the key (owners: {plan.Owners}). "
        + "The nodes' configurations differ: compare `cluster:members` on each of them.",
        Nodes: [self.Name]);
}
