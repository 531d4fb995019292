using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// Who this node believes alive. Two kinds of evidence: whether the host holds connections, and whether the member's
/// heartbeats still come, by whatever path. Heartbeats spread by gossip of bounded size; see docs/membership.md. Whoever
/// subscribes is told of every change, so that nobody asks in mid-request. What a peer says can be of no use, never fatal.
/// </summary>
public sealed class MembershipActor : Actor
{
    /// <summary>Connections to nodes that are not members, or not yet: a joining node may dial before this one has heard of it.</summary>
    private const int StrangersMax = 2048;

    private readonly MembershipOptions _options;
    private readonly SortedSet<NodeId> _strangers = [];
    private readonly List<Address> _subscribers = [];
    private readonly HashSet<Address> _subscribed = [];
    private readonly SortedDictionary<NodeId, int> _indexes = [];
    private readonly List<int> _doubtful = [];
    private NodeId[] _members = [];
    private MemberOpinion?[] _opinions = [];
    private GossipTable? _table;
    private GossipTargets? _targets;
    private ReachabilitySnapshot? _snapshot;
    private DateTimeOffset _startedAt;
    private TimeSpan _tickDue;
    private long _version;
    private int _beatTicks;
    private int _ticksToBeat;

    /// <exception cref="InvariantException">When an option is out of its bounds.</exception>
    public MembershipActor(IReadOnlyList<NodeId> members, MembershipOptions options)
    {
        options.Require();
        _options = options;
        SetMembers([.. members.Order()]);
    }

    private GossipTable Table => _table ?? throw new InvariantException("membership is started before its first message");

    public override void Start(IActorContext context)
    {
        NodeId self = context.Self.Node;
        _table = new GossipTable(_members, self, _options.GossipBytesMax);
        _startedAt = context.WallNow;
        _beatTicks = _options.BeatTicks(_members.Length);

        // Nodes that start together do not beat together.
        _ticksToBeat = _beatTicks == 1 ? 1 : 1 + context.Random.Next(_beatTicks);
        PhiOptions phi = _options.PhiAmong(_members.Length);
        _opinions = Array.ConvertAll(_members, member => member == self ? null : new MemberOpinion(member, phi) { Since = _startedAt });
        _targets = new GossipTargets(_opinions, _options);
        StartTick(context);
    }

    public override void Receive(IActorContext context, Message message)
    {
        ForgiveOwnSleep(context);
        switch (message)
        {
            case PeerConnected connected: OnConnected(context, connected.Peer); break;
            case PeerDisconnected disconnected: OnDisconnected(context, disconnected.Peer); break;
            case SubscribeReachability subscribe: OnSubscribe(context, subscribe.Subscriber); break;
            case MembersChanged changed: OnMembers(context, changed.Members); break;
            case Tick: OnTick(context); break;
            case GossipDigest digest: OnDigest(context, digest); break;
            case GossipDelta delta: OnDelta(context, delta); break;
            case MembershipAsk ask: OnAsk(context, ask.ReplyTo); break;
            default: throw new InvariantException($"Membership has no use for {message.GetType().Name}");
        }
    }

    private void OnConnected(IActorContext context, NodeId peer)
    {
        Invariant.Require(peer != context.Self.Node, "a node reaches others, not itself", peer);
        if (IndexOf(peer) < 0)
        {
            if (_strangers.Count < StrangersMax)
                _strangers.Add(peer);
            return;
        }

        MemberOpinion opinion = _opinions[IndexOf(peer)]!;
        Settle(context, opinion, opinion.Connected(context.Now));

        // At once: a process that is new to the peer, or that the peer is new to, is believed within a round trip.
        SendDigest(context, peer);
    }

    private void OnDisconnected(IActorContext context, NodeId peer)
    {
        MemberOpinion? opinion = IndexOf(peer) < 0 ? null : _opinions[IndexOf(peer)];
        _strangers.Remove(peer);
        if (opinion is not null)
            Settle(context, opinion, opinion.Disconnected());
    }

    private void OnMembers(IActorContext context, IReadOnlyList<NodeId> named)
    {
        NodeId self = context.Self.Node;
        NodeId[] members = [.. new SortedSet<NodeId>(named) { self }];
        if (members.AsSpan().SequenceEqual(_members))
            return;
        var known = new SortedDictionary<NodeId, MemberOpinion>();
        foreach (MemberOpinion? opinion in _opinions)
        {
            if (opinion is not null)
                known.Add(opinion.Node, opinion);
        }

        SetMembers(members);
        _beatTicks = _options.BeatTicks(members.Length);
        _ticksToBeat = Math.Min(_ticksToBeat, _beatTicks);
        PhiOptions phi = _options.PhiAmong(members.Length);
        foreach (MemberOpinion opinion in known.Values)
            opinion.Detector.Adapt(phi);
        _opinions = Array.ConvertAll(members, member => member == self ? null : known.GetValueOrDefault(member) ?? new MemberOpinion(member, phi) { Since = context.WallNow });
        _table = new GossipTable(members, self, _options.GossipBytesMax, Table);
        _targets = new GossipTargets(_opinions, _options);
        bool losesOne = false;
        foreach (MemberOpinion opinion in known.Values)
        {
            if (IndexOf(opinion.Node) >= 0)
                continue;
            losesOne |= opinion.IsToldReachable;
            if (opinion.IsConnected && _strangers.Count < StrangersMax)
                _strangers.Add(opinion.Node);
        }

        Push(context, losesOne);
        foreach (NodeId member in members)
        {
            if (_strangers.Remove(member))
                OnConnected(context, member);
        }
    }

    private void SetMembers(NodeId[] members)
    {
        _members = members;
        _indexes.Clear();
        for (int i = 0; i < members.Length; i++)
            _indexes.Add(members[i], i);
    }

    // Where a message does not hold all members, news of each comes so many times more rarely.
    private void OnSubscribe(IActorContext context, Address subscriber)
    {
        if (_subscribed.Add(subscriber))
            _subscribers.Add(subscriber);
        context.Send(subscriber, new ReachabilityChanged(Snapshot(context)));
    }

    private void OnTick(IActorContext context)
    {
        if (--_ticksToBeat == 0)
        {
            _ticksToBeat = _beatTicks;
            Table.Beat();
        }

        JudgeAll(context);
        foreach (MemberOpinion target in _targets!.Draw(context.Random))
            SendDigest(context, target.Node);
        StartTick(context);
    }

    private void JudgeAll(IActorContext context)
    {
        bool changed = false;
        _doubtful.Clear();
        for (int i = 0; i < _opinions.Length; i++)
        {
            if (_opinions[i] is not { } opinion)
                continue;
            if (opinion.Judge(context.Now))
            {
                opinion.Since = context.WallNow;
                changed = true;
            }

            if (opinion.IsDoubtful(context.Now))
                _doubtful.Add(i);
        }

        Table.Doubt(_doubtful);
        if (changed)
            Push(context);
    }

    private void OnDigest(IActorContext context, GossipDigest digest)
    {
        if (IndexOf(digest.From) < 0 || digest.From == context.Self.Node)
            return;
        Take(context, digest.Entries);
        GossipEntry[] newer = Table.Delta(digest.Entries);
        context.Count(Counter.GossipSent);
        context.Send(At(digest.From), new GossipDelta(context.Self.Node, digest.SentAtMicros, context.WallNow.ToUnixTimeMilliseconds(), newer));
    }

    private void OnDelta(IActorContext context, GossipDelta delta)
    {
        MemberOpinion? opinion = IndexOf(delta.From) < 0 ? null : _opinions[IndexOf(delta.From)];
        if (opinion is null)
            return;
        opinion.SkewMillis = WallClockSkew.Estimate(context.Now, context.WallNow, delta) ?? opinion.SkewMillis;
        if (Take(context, delta.Entries))
            SendDigest(context, delta.From);
    }

    private void OnAsk(IActorContext context, Address replyTo)
    {
        var members = new MemberStatus[_members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            ulong incarnation = Table[i].Incarnation;
            members[i] = _opinions[i]?.Tell(context.Now, incarnation)
                ?? new MemberStatus(_members[i], MemberState.Reachable, 0, TimeSpan.Zero, TimeSpan.Zero, incarnation, 0, _startedAt);
        }

        context.Send(replyTo, new MembershipTold(members));
    }

    // A tick far too late: this process slept, and what it did not hear meanwhile it could not have heard. It may be a
    // peer's message, queued meanwhile, that comes first; so every message looks.
    private void ForgiveOwnSleep(IActorContext context)
    {
        TimeSpan late = context.Now - _tickDue;
        if (late <= _options.LateTickMin)
            return;
        _tickDue = context.Now;
        foreach (MemberOpinion? opinion in _opinions)
            opinion?.Detector.Discount(late, context.Now);
    }

    // True when a peer knew of an earlier process of this node: it must hear of the new incarnation.
    private bool Take(IActorContext context, IReadOnlyList<GossipEntry> entries)
    {
        bool changed = false;
        bool ofSelf = false;
        foreach (GossipEntry entry in entries)
        {
            GossipNews news = Table.Merge(entry);
            ofSelf |= news == GossipNews.OfSelf;
            if (news is not (GossipNews.Heartbeat or GossipNews.Incarnation))
                continue;
            MemberOpinion opinion = _opinions[Table.IndexOf(entry.Member)]!;
            if (!opinion.Heard(context.Now, news == GossipNews.Incarnation))
                continue;
            opinion.Since = context.WallNow;
            changed = true;
        }

        if (changed)
            Push(context);
        return ofSelf;
    }

    private void Settle(IActorContext context, MemberOpinion opinion, bool changed)
    {
        if (!changed)
            return;
        opinion.Since = context.WallNow;
        Push(context);
    }

    private void SendDigest(IActorContext context, NodeId peer)
    {
        context.Count(Counter.GossipSent);
        context.Send(At(peer), new GossipDigest(context.Self.Node, context.Now.Ticks / TimeSpan.TicksPerMicrosecond, Table.Digest()));
    }

    private void StartTick(IActorContext context)
    {
        double factor = 1 + (_options.TickJitter * ((2 * context.Random.NextDouble()) - 1));
        TimeSpan delay = _options.Tick * factor;
        _tickDue = context.Now + delay;
        context.StartTimer(delay, new Tick());
    }

    // From one reason for not being reachable to another is no change to those who only ask whether.
    private void Push(IActorContext context, bool changed = false)
    {
        foreach (MemberOpinion? opinion in _opinions)
        {
            if (opinion is null || opinion.IsReachable == opinion.IsToldReachable)
                continue;
            opinion.IsToldReachable = opinion.IsReachable;
            changed = true;
        }

        if (!changed)
            return;
        _version++;
        _snapshot = null;
        foreach (Address subscriber in _subscribers)
            context.Send(subscriber, new ReachabilityChanged(Snapshot(context)));
    }

    private ReachabilitySnapshot Snapshot(IActorContext context)
    {
        if (_snapshot is not null)
            return _snapshot;
        var reachable = new HashSet<NodeId>(_opinions.Length) { context.Self.Node };
        foreach (MemberOpinion? opinion in _opinions)
        {
            if (opinion is { IsToldReachable: true })
                reachable.Add(opinion.Node);
        }

        return _snapshot = new ReachabilitySnapshot(_version, reachable);
    }

    private int IndexOf(NodeId member) => _indexes.TryGetValue(member, out int index) ? index : -1;

    private static Address At(NodeId node) => new(node, ActorRole.Membership, 0);

    private sealed record Tick : Message;
}
