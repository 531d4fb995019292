using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Hints;

/// <summary>
/// One partition's hints: keeps durably what nodes that are down must still be told, and tells them when they are back.
/// </summary>
/// <remarks>
/// Who may be a target is not this actor's to judge, since the ring of who asks may be newer: a hint for a node that is no
/// member is kept like any other, and goes to the owners, see <see cref="HintHomes"/>. Only one for this node itself is
/// refused, as is a key of another partition. Source: DeCandia and others, "Dynamo: Amazon's Highly Available Key-value Store", 2007, section 4.6.
/// </remarks>
public sealed class HintActor : Actor
{
    private readonly HintOptions _options;
    private readonly HintPartition _partition;
    private readonly HintLedger _ledger = new();
    private readonly HintShelf _shelf;
    private readonly HintReplay _replay;
    private readonly HintExpiry _expiry;
    private readonly HintRebuild _rebuild;
    private int _underWay;

    public HintActor(HintOptions options, HintPartition partition)
    {
        _options = options;
        _partition = partition;
        _shelf = new HintShelf(options, partition, _ledger);
        _replay = new HintReplay(options, _ledger, _shelf);
        _expiry = new HintExpiry(options, _ledger, _shelf);
        _rebuild = new HintRebuild(partition, _ledger, _shelf);
    }

    public override void Start(IActorContext context)
    {
        _rebuild.Start(context);
        context.Send(new Address(context.Self.Node, ActorRole.Membership, 0), new SubscribeReachability(context.Self));
        context.Send(new Address(context.Self.Node, ActorRole.RingManager, 0), new RingSubscribe(context.Self));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case HintStore store: OnStore(context, store); break;
            case HintRead read: OnRead(context, read); break;
            case HintsAsk ask: OnAsk(context, ask); break;
            case StoreReadDone done: _shelf.OnStoreReadDone(context, done); break;
            case StoreWriteDone done: _shelf.OnStoreWriteDone(context, done); break;
            case StoreScanDone done: _rebuild.OnScanDone(context, done); break;
            case ReachabilityChanged changed: _replay.OnReachability(context, changed.Snapshot); break;
            case RingChanged changed: _replay.OnRing(context, changed.Ring); break;
            case ReplicaMergeDone done: _replay.OnMergeDone(context, done); break;
            case HintWake wake: _replay.OnWake(context, wake); break;
            case HintBatchTimeout timeout: _replay.OnTimeout(context, timeout); break;
            case HintSweep: _expiry.OnSweep(context); break;

            // A peer may send any message to any actor: what means nothing here is no fault of this node.
            default: break;
        }

        _replay.Awaken(context);
        _expiry.Schedule(context);
    }

    private void OnStore(IActorContext context, HintStore store)
    {
        bool isReadable = SiblingSetCodec.TryDecode(store.Object, out SiblingSet set);
        if (!IsHere(store.Key) || !isReadable || set.Seen.IsEmpty || !IsTarget(context, store.Target))
            context.Send(store.ReplyTo, new ReplicaMergeDone(store.Ticket, ReplicaOutcome.Corrupt));
        else if (TryEnter())
            _shelf.Change(context, new HintKeeping(store, set, context.WallNow.ToUnixTimeMilliseconds(), OnStored));
        else
            Refuse(context, store);
    }

    // The store takes a key only from the loop of its partition, and a scan of this partition would not find it again.
    private bool IsHere(StoreKey key) => key.Hash >= _partition.FirstHash && key.Hash <= _partition.LastHash;

    private static bool IsTarget(IActorContext context, NodeId target) =>
        target != context.Self.Node && target.Name is { Length: > 0 and <= 255 };

    private void OnStored(IActorContext context, HintKeeping keeping, ReplicaOutcome outcome)
    {
        _underWay--;
        if (keeping.IsNews && outcome == ReplicaOutcome.Done)
            context.Count(Counter.HintsStored);
        context.Send(keeping.Store.ReplyTo, new ReplicaMergeDone(keeping.Store.Ticket, outcome));
    }

    private static void Refuse(IActorContext context, HintStore store)
    {
        context.Count(Counter.HintsDropped);
        context.Send(store.ReplyTo, new ReplicaMergeDone(store.Ticket, ReplicaOutcome.Busy));
    }

    private void OnRead(IActorContext context, HintRead read)
    {
        if (!IsHere(read.Key))
            context.Send(read.ReplyTo, new ReplicaReadDone(read.Ticket, ReplicaOutcome.Corrupt, default));
        else if (TryEnter())
            _shelf.Read(context, read.Key, (then, done) => OnRead(then, read, done));
        else
            context.Send(read.ReplyTo, new ReplicaReadDone(read.Ticket, ReplicaOutcome.Busy, default));
    }

    private void OnRead(IActorContext context, HintRead read, StoreReadDone done)
    {
        _underWay--;
        ReplicaOutcome outcome = ReplicaOutcomes.Of(done.Outcome);
        if (!HintCodec.TryDecode(done.Object, out HintRecord record))
            outcome = ReplicaOutcome.Corrupt;
        context.Send(read.ReplyTo, new ReplicaReadDone(read.Ticket, outcome, record.Object));
    }

    private void OnAsk(IActorContext context, HintsAsk ask)
    {
        var backlogs = new List<HintBacklog>();
        foreach (HintLane lane in _ledger.Lanes)
        {
            if (lane.Keys > 0)
                backlogs.Add(new HintBacklog(lane.Target, lane.Keys, lane.Bytes, lane.OldestAgeAt(context.Now)));
        }

        context.Send(ask.ReplyTo, new HintsTold((int)context.Self.Number, backlogs));
    }

    private bool TryEnter()
    {
        if (_underWay >= _options.UnderWayMax)
            return false;
        _underWay++;
        return true;
    }
}
