using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Hints;

/// <summary>
/// Sends what is kept to targets that can be reached: in batches, one at a time for each target, slower when a target
/// refuses or is silent. A target is taken from a record only after it acknowledged all that the record holds, so a crash
/// in between leads to a second delivery, which changes nothing there. Where the target owns the partition no longer, all of
/// its <see cref="HintHomes"/> stand for it. A home with a newer ring refuses: it may own the partition no longer, and then
/// nobody would ever take away what it was given. A node that leaves hands over what it can't deliver: another member keeps it on.
/// </summary>
internal sealed class HintReplay(HintOptions options, HintLedger ledger, HintShelf shelf)
{
    private readonly Dictionary<ulong, HintDelivery> _sent = [];
    private HintHomes? _homes;
    private ReachabilitySnapshot? _reachability;
    private ulong? _nextTicket;
    private ulong _nextBatch;
    private int _keysUnderWay;
    private long _bytesUnderWay;

    public void OnReachability(IActorContext context, ReachabilitySnapshot snapshot)
    {
        _reachability = snapshot;
        foreach (HintLane lane in new List<HintLane>(ledger.Lanes))
            BeginOrHalt(context, lane);
    }

    /// <summary>Who owns the partition may have changed: what was kept for one who does not any more goes to others.</summary>
    public void OnRing(IActorContext context, RingSnapshot ring)
    {
        _homes ??= new HintHomes((int)context.Self.Number);
        _homes.Adopt(ring);
        foreach (HintLane lane in new List<HintLane>(ledger.Lanes))
        {
            NodeId[] homes = _homes.Of(lane.Target);
            if (!lane.Homes.AsSpan().SequenceEqual(homes))
                lane.Homes = homes;

            // With the same homes, too: this node may be one that leaves from now on.
            BeginOrHalt(context, lane);
        }
    }

    /// <summary>Starts the lanes that something was added to.</summary>
    public void Awaken(IActorContext context)
    {
        while (ledger.TryTakeAwakened(out HintLane lane))
            Begin(context, lane);
    }

    public void OnWake(IActorContext context, HintWake wake)
    {
        if (ledger.LaneOf(wake.Target) is not { } lane)
            return;
        lane.Wake = null;
        if (CanSend(context, lane))
            Send(context, lane);
        ledger.Prune(lane);
    }

    public void OnTimeout(IActorContext context, HintBatchTimeout timeout)
    {
        if (ledger.LaneOf(timeout.Target)?.Batch is { } batch && batch.Number == timeout.Number)
            Close(context, batch);
    }

    /// <summary>A target answered. Nothing is expected of it: it may be late, or say it twice.</summary>
    public void OnMergeDone(IActorContext context, ReplicaMergeDone done)
    {
        if (!_sent.Remove(done.Ticket, out HintDelivery? delivery))
            return;
        if (done.Outcome == ReplicaOutcome.Done && --delivery.Missing > 0)
            return;
        bool isHome = delivery.IsHandedOver || ReferenceEquals(delivery.Homes, delivery.Batch.Lane.Homes);
        if (done.Outcome == ReplicaOutcome.Done && isHome)
        {
            context.Count(Counter.HintsDelivered, delivery.IsHandedOver ? 0 : 1);
            shelf.Change(context, new HintDelivered(delivery, OnRemoved));
            return;
        }

        // These are about this key alone; the others may do. Where the homes have changed meanwhile, all is sent again.
        delivery.Batch.IsPushedBack |= done.Outcome is not (ReplicaOutcome.Corrupt or ReplicaOutcome.TooManyActors or ReplicaOutcome.Done);
        TakeBack(delivery);
        End(context, delivery);
    }

    private void BeginOrHalt(IActorContext context, HintLane lane)
    {
        if (CanSend(context, lane))
            Begin(context, lane);
        else
            Halt(context, lane);
    }

    private bool CanSend(IActorContext context, HintLane lane) => IsReachable(lane) || HeirOf(context, lane) is not null;

    // Another one after each refusal: one may have no room.
    private NodeId? HeirOf(IActorContext context, HintLane lane)
    {
        if (_reachability is not { } known || _homes is null)
            return null;
        IReadOnlyList<NodeId> heirs = _homes.HeirsOf(context.Self.Node, lane.Target, known);
        return heirs.Count == 0 ? null : heirs[lane.Failures % heirs.Count];
    }

    // All of its homes: none is sent an object again and again because another one is down.
    private bool IsReachable(HintLane lane)
    {
        if (_reachability is not { } known)
            return false;
        foreach (NodeId home in HomesOf(lane))
        {
            if (!known.IsReachable(home))
                return false;
        }

        return true;
    }

    private NodeId[] HomesOf(HintLane lane)
    {
        if (lane.Homes.Length == 0)
            lane.Homes = _homes?.Of(lane.Target) ?? [lane.Target];
        return lane.Homes;
    }

    private void Begin(IActorContext context, HintLane lane)
    {
        if (lane.IsIdle && lane.Keys > 0 && lane.Waiting.Count > 0 && CanSend(context, lane))
            WakeIn(context, lane, options.SpreadMax * context.Random.NextDouble());
    }

    private void Halt(IActorContext context, HintLane lane)
    {
        if (lane.Wake is { } wake)
            context.CancelTimer(wake);
        lane.Wake = null;
        lane.Failures = 0;
        if (lane.Batch is { } batch)
            Close(context, batch);
    }

    private void Send(IActorContext context, HintLane lane)
    {
        var batch = new HintBatch(lane, _nextBatch++);
        while (HasRoom() && lane.TryTake(out HintMark mark))
        {
            var delivery = new HintDelivery(batch, mark);
            batch.Deliveries.Add(delivery);
            _keysUnderWay++;
            _bytesUnderWay += delivery.Bytes;
        }

        if (batch.Deliveries.Count == 0)
        {
            // Either nothing is left, or other targets have all there is room for.
            Rest(context, lane, options.Pause);
            return;
        }

        batch.Left = batch.Deliveries.Count;
        batch.Timer = context.StartTimer(options.BatchTimeout, new HintBatchTimeout(lane.Target, batch.Number));
        lane.Batch = batch;
        foreach (HintDelivery delivery in batch.Deliveries)
            shelf.Change(context, new HintLook(delivery.Mark.Entry.Key, (then, record, outcome) => OnLooked(then, delivery, record, outcome)));
    }

    // A large object is taken although it passes the bound, or it would never leave.
    private bool HasRoom() => _keysUnderWay < options.BatchKeysMax && _bytesUnderWay < options.BatchBytesMax;

    private void OnLooked(IActorContext context, HintDelivery delivery, HintRecord record, ReplicaOutcome outcome)
    {
        HintLane lane = delivery.Batch.Lane;
        if (outcome != ReplicaOutcome.Done || !record.IsFor(lane.Target) || delivery.Batch.IsClosed)
        {
            End(context, delivery);
            return;
        }

        delivery.Sent = record.Set;
        NodeId? heir = IsReachable(lane) ? null : HeirOf(context, lane);
        delivery.IsHandedOver = heir is not null;
        delivery.Homes = heir is { } keeper ? [keeper, .. _homes!.OwnersAmong(_reachability!, but: lane.Target)] : HomesOf(lane);
        delivery.Missing = delivery.Homes.Length;
        delivery.Ticket = TakeTickets(context, delivery.Homes.Length);
        for (int home = 0; home < delivery.Homes.Length; home++)
        {
            ulong ticket = delivery.Ticket + (ulong)home;
            _sent.Add(ticket, delivery);
            bool isToBeKept = delivery.IsHandedOver && home == 0;
            var there = new Address(delivery.Homes[home], isToBeKept ? ActorRole.Hints : ActorRole.Replica, context.Self.Number);
            context.Send(there, isToBeKept
                ? new HintStore(lane.Target, delivery.Mark.Entry.Key, record.Object, ticket, context.Self) { IsHandedOver = true }
                : new ReplicaMerge(delivery.Mark.Entry.Key, record.Object, ticket, context.Self, _homes?.Epoch ?? 0) { IfHeld = !IsOwner(delivery.Homes[home]) });
        }
    }

    private bool IsOwner(NodeId home) => _homes?.IsOwner(home) ?? true;

    private void OnRemoved(IActorContext context, HintDelivery delivery, ReplicaOutcome outcome)
    {
        // A store that takes no writes would have it sent again at once, and again.
        delivery.Batch.HasProgress |= outcome == ReplicaOutcome.Done;
        delivery.Batch.IsPushedBack |= outcome != ReplicaOutcome.Done;
        End(context, delivery);
    }

    // What was sent and not answered is not waited for; what the store has in hand comes to its end by itself.
    private void Close(IActorContext context, HintBatch batch)
    {
        batch.IsClosed = true;
        batch.IsPushedBack = true;
        foreach (HintDelivery delivery in batch.Deliveries)
        {
            if (delivery.Sent is not null && TakeBack(delivery))
                End(context, delivery);
        }
    }

    // Answers that still come are to nothing. False when none was awaited.
    private bool TakeBack(HintDelivery delivery)
    {
        bool wasAwaited = false;
        for (int home = 0; home < delivery.Homes.Length; home++)
            wasAwaited |= _sent.Remove(delivery.Ticket + (ulong)home);
        return wasAwaited;
    }

    private void End(IActorContext context, HintDelivery delivery)
    {
        _keysUnderWay--;
        _bytesUnderWay -= delivery.Bytes;
        HintBatch batch = delivery.Batch;
        batch.Lane.Return(delivery.Mark);
        batch.Left--;
        if (batch.Left > 0)
            return;
        HintLane lane = batch.Lane;
        context.CancelTimer(batch.Timer);
        lane.Batch = null;
        if (batch.HasProgress)
            lane.Failures = batch.IsPushedBack ? 1 : 0;
        else
            lane.Failures++;
        Rest(context, lane, lane.Failures == 0 ? Jittered(context, options.Pause) : Backoff(context, lane.Failures));
        ledger.Prune(lane);
    }

    private void Rest(IActorContext context, HintLane lane, TimeSpan pause)
    {
        if (!CanSend(context, lane))
            lane.Failures = 0;
        else if (lane.Waiting.Count > 0)
            WakeIn(context, lane, pause);
    }

    private static void WakeIn(IActorContext context, HintLane lane, TimeSpan delay) =>
        lane.Wake = context.StartTimer(delay, new HintWake(lane.Target));

    private TimeSpan Backoff(IActorContext context, int failures)
    {
        TimeSpan full = options.BackoffMin * Math.Pow(2, Math.Min(failures - 1, 30));
        return Jittered(context, full < options.BackoffMax ? full : options.BackoffMax);
    }

    // An answer to a process of before a restart must not find a delivery of this one under its number.
    private ulong TakeTickets(IActorContext context, int count)
    {
        ulong ticket = _nextTicket ?? context.Random.NextUInt64();
        _nextTicket = ticket + (ulong)count;
        return ticket;
    }

    // Half of it to all of it.
    private static TimeSpan Jittered(IActorContext context, TimeSpan full) => full * (0.5 + (0.5 * context.Random.NextDouble()));
}
