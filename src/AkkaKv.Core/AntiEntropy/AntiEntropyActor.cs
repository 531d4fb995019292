using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>
/// Compares what this node owns with the other owners, a partition pair at a time, and has moved what differs. One for each
/// node; both sides of a pair do it, since equal roots cost one question and one answer.
/// </summary>
/// <remarks>Source: Dynamo, DeCandia et al. 2007, section 4.7.</remarks>
public sealed class AntiEntropyActor(AntiEntropyOptions options, TreeShape shape) : Actor
{
    // How long it may take until a window that opened, or a clock that jumped, is noticed.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly ExchangeSchedule _schedule = new(options.Interval);
    private readonly ExchangePace _pace = new(options.PauseMin, options.PauseMax);
    private readonly SortedDictionary<uint, Exchange> _exchanges = [];
    private readonly SortedDictionary<NodeId, PeerTotals> _totals = [];
    private readonly HashSet<int> _builtTrees = [];
    private readonly HashSet<NodeId> _lost = [];
    private ReachabilitySnapshot? _reachability;
    private long _ringEpoch;
    private TimerId? _tick;
    private RepairRun? _repair;
    private CompareRun? _compare;
    private string _lastFailure = "";

    public override void Start(IActorContext context)
    {
        context.Send(new Address(context.Self.Node, ActorRole.RingManager, 0), new RingSubscribe(context.Self));
        context.Send(new Address(context.Self.Node, ActorRole.Membership, 0), new SubscribeReachability(context.Self));

        TickIn(context, Smaller(TimeSpan.FromSeconds(1), options.Interval / 4));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case TreeNodesTold told: OnAnswer(context, told.Ticket, told); break;
            case TreeKeysTold told: OnAnswer(context, told.Ticket, told); break;
            case ReplicaReadDone done: OnAnswer(context, done.Ticket, done); break;
            case ReplicaMergeDone done: OnAnswer(context, done.Ticket, done); break;
            case ExchangePause pause: With(context, pause.Exchange, exchange => exchange.Resume(context, pause.Pause)); break;
            case ExchangeSilence silence: With(context, silence.Exchange, exchange => exchange.LookForSilence(context)); break;
            case ExchangeTick: OnTick(context); break;
            case RingChanged changed: OnRing(context, changed.Ring); break;
            case ReachabilityChanged changed: OnReachability(context, changed.Snapshot); break;
            case ForegroundLatency latency: _pace.Observe(latency); break;
            case CompareStart start: OnCompareStart(context, start); break;
            case RepairStart start: OnRepairStart(context, start); break;
            case RepairAsk ask: context.Send(ask.ReplyTo, Repair(context)); break;
            case AntiEntropyAsk ask: OnAsk(context, ask); break;

            // A peer may send to this address whatever travels; that stops nobody.
            default: break;
        }
    }

    private void OnRing(IActorContext context, RingSnapshot ring)
    {
        _ringEpoch = ring.Epoch;
        var pairs = new List<ExchangePair>();
        foreach (int partition in ring.PartitionsOf(context.Self.Node))
        {
            foreach (NodeId owner in ring.OwnersOf(partition))
            {
                if (owner != context.Self.Node)
                    pairs.Add(new ExchangePair(partition, owner));
            }
        }

        _schedule.Adopt(pairs, context.Now);
        EndAll(context, exchange => exchange.State.IsGone, "the ring has changed");
    }

    private void OnReachability(IActorContext context, ReachabilitySnapshot snapshot)
    {
        var members = new SortedSet<NodeId>();
        foreach (PairState state in _schedule.Pairs)
            members.Add(state.Pair.Peer);
        foreach (NodeId peer in members)
        {
            bool was = _reachability is { } before && before.IsReachable(peer);
            if (was && !snapshot.IsReachable(peer))
                _lost.Add(peer);
            else if (snapshot.IsReachable(peer) && _lost.Remove(peer))
                _schedule.Return(peer, context.Random);
        }

        _reachability = snapshot;
        EndAll(context, exchange => !snapshot.IsReachable(exchange.State.Pair.Peer), "the peer was lost");
        if (HasWaiting)
            TickIn(context, _pace.Pause);
    }

    private void OnTick(IActorContext context)
    {
        _tick = null;
        bool onSchedule = options.Window is not { } window || window.Contains(context.WallNow);
        while (_exchanges.Count < options.ExchangesMax
            && (_compare?.Take(context.Now, IsReachable)
                ?? _schedule.Take(context.Now, onSchedule, IsReachable, context.Random)) is { } state)
        {
            uint number = NewNumber(context.Random);
            var exchange = new Exchange(number, state, shape, options, _pace, () => _ringEpoch);
            _exchanges.Add(number, exchange);
            exchange.Begin(context);
        }

        if (_exchanges.Count < options.ExchangesMax)
            TickIn(context, DelayOfNext(context.Now, onSchedule));
    }

    private TimeSpan DelayOfNext(TimeSpan now, bool onSchedule)
    {
        if (HasWaiting)
            return Smaller(options.RetryDelay, LookAgain);
        TimeSpan due = onSchedule ? _schedule.NextDue - now : LookAgain;
        return due > TimeSpan.Zero ? Smaller(due, LookAgain) : options.RetryDelay;
    }

    // Drawn, not counted: an answer to a process of before a restart must not be taken for one to this.
    private uint NewNumber(RandomSource random)
    {
        uint number = (uint)random.NextUInt64();
        return _exchanges.ContainsKey(number) ? NewNumber(random) : number;
    }

    private void OnAnswer(IActorContext context, ulong ticket, Message answer) =>
        With(context, ExchangeAsks.ExchangeOf(ticket), exchange => exchange.Answer(context, ticket, answer));

    private void With(IActorContext context, uint number, Action<Exchange> act)
    {
        if (!_exchanges.TryGetValue(number, out Exchange? exchange))
            return;
        act(exchange);
        if (exchange.End != ExchangeEnd.UnderWay)
            Close(context, number, exchange);
    }

    private void EndAll(IActorContext context, Func<Exchange, bool> which, string why)
    {
        foreach (uint number in new List<uint>(_exchanges.Keys))
        {
            if (which(_exchanges[number]))
                With(context, number, exchange => exchange.GiveUp(context, why));
        }
    }

    private void Close(IActorContext context, uint number, Exchange exchange)
    {
        _exchanges.Remove(number);
        PairState state = exchange.State;
        PeerTotals totals = TotalsOf(state.Pair.Peer);
        totals.KeysMoved += exchange.KeysMoved;
        totals.BytesMoved += exchange.BytesMoved;
        if (exchange.OurTreeIsBuilt)
            _builtTrees.Add(state.Pair.Partition);
        if (state.IsInRepair)
            _repair!.Add(exchange);
        if (exchange.End == ExchangeEnd.Done)
        {
            totals.FinishedAt = context.Now;
            context.Count(Counter.ExchangesDone);
            Finish(context, state, exchange);
        }
        else
        {
            context.Count(Counter.ExchangesFailed, exchange.End == ExchangeEnd.Failed ? 1 : 0);
            _lastFailure = $"partition {state.Pair.Partition} with {state.Pair.Peer} is to be compared again: {exchange.Waiting}";
            PutOff(context, state, context.Now + (options.RetryDelay * (1 + context.Random.NextDouble())));
        }

        EndRepair(context);
        TickIn(context, _pace.Pause);
    }

    private void Finish(IActorContext context, PairState state, Exchange exchange)
    {
        if (state.Run is null)
            _schedule.Finish(state, context.Now, exchange.DifferingKeys, exchange.DamagedKeys);
        else if (!state.IsGone)
            state.Run.Finish(context, state, exchange.DamagedKeys);
    }

    private void PutOff(IActorContext context, PairState state, TimeSpan notBefore)
    {
        if (state.Run is null)
            _schedule.PutOff(state, notBefore);
        else if (!state.IsGone)
            state.Run.PutOff(context, state, notBefore, _lastFailure);
    }

    private void OnCompareStart(IActorContext context, CompareStart start)
    {
        if (_compare?.Number != start.Run)
        {
            _compare?.Abandon();
            EndAll(context, exchange => exchange.State.IsGone, "another comparison takes its place");
            _compare = new CompareRun(start, context.Random);
            TickIn(context, _pace.Pause);
        }

        _compare.Tell(context, [], "");
    }

    private void OnRepairStart(IActorContext context, RepairStart start)
    {
        if (!_schedule.IsRepairing)
        {
            _repair = new RepairRun(context.WallNow);
            _lastFailure = "";
            _schedule.StartRepair(context.Random);
            EndRepair(context);
            TickIn(context, _pace.Pause);
        }

        context.Send(start.ReplyTo, Repair(context));
    }

    private void EndRepair(IActorContext context)
    {
        if (_repair is { FinishedAt: null } && !_schedule.IsRepairing)
            _repair.FinishedAt = context.WallNow;
    }

    private RepairTold Repair(IActorContext context) => new(_repair?.Progress(_schedule, WaitingFor(context)));

    private void OnAsk(IActorContext context, AntiEntropyAsk ask)
    {
        long treeBytes = _builtTrees.Count * MerkleTree.BytesOf(shape);
        context.Send(ask.ReplyTo, new AntiEntropyTold(
            PeerTotals.Told(_schedule.Pairs, _totals, context.Now), treeBytes, _pace.Pause, WaitingFor(context)));
    }

    private string WaitingFor(IActorContext context)
    {
        foreach (Exchange exchange in _exchanges.Values)
        {
            if (exchange.Waiting.Length > 0)
                return $"partition {exchange.State.Pair.Partition}: {exchange.Waiting}";
        }

        if (_exchanges.Count > 0)
            return _pace.GivesWay ? $"clients are served slower than usual: {_pace.Pause.TotalMilliseconds:0} ms between steps" : "";
        if (_schedule.IsRepairing && _schedule.RepairLacks is { } peer)
            return $"{peer} cannot be reached";
        if (HasWaiting)
            return _lastFailure;
        if (options.Window is { } window && !window.Contains(context.WallNow))
            return $"the daily window, {window.From:HH\\:mm} to {window.To:HH\\:mm} UTC";
        return _schedule.Pairs.Count == 0 ? "no other node owns what this one owns" : "the next pair's turn";
    }

    private bool HasWaiting => _schedule.HasWaiting || _compare is { HasWaiting: true };

    private bool IsReachable(NodeId peer) => _reachability is { } snapshot && snapshot.IsReachable(peer);

    private PeerTotals TotalsOf(NodeId peer)
    {
        if (!_totals.TryGetValue(peer, out PeerTotals? totals))
            _totals.Add(peer, totals = new PeerTotals());
        return totals;
    }

    private void TickIn(IActorContext context, TimeSpan delay)
    {
        if (_tick is { } before)
            context.CancelTimer(before);
        _tick = context.StartTimer(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, new ExchangeTick());
    }

    private static TimeSpan Smaller(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
