using AkkaKv.Core.Kernel;
using AkkaKv.Host.Loops;
using AkkaKv.Host.Native.Peers;

namespace AkkaKv.Host.Native.Loops;

/// <summary>
/// One thread that owns a set of actors and runs them to completion. A turn: take the inbox, run its handlers, fire due
/// timers, run what the actors of this loop sent each other, end the turn of the service (which hands the turn's writes
/// to the store as one batch), hand what goes elsewhere to each other loop and each peer connection as one, then give the
/// callers outside their replies.
/// </summary>
internal sealed class EventLoop
{
    private readonly int _index;
    private readonly NativeNodeOptions _options;
    private readonly LoopWorld _world;
    private readonly Dictionary<ulong, ActorCell>?[] _cells = new Dictionary<ulong, ActorCell>?[256];
    private readonly DeliveryQueue _local = new();
    private readonly DeliveryBatch[] _toLoops;
    private readonly PeerTurn _peers;
    private readonly List<(ulong Call, Message Reply)> _replies = [];
    private readonly List<ActorCell> _unstarted = [];
    private readonly ILoopService? _store;
    private readonly LoopParking _parking;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DeliveryBatch? _taken;
    private int _takenAt;
    private ulong _nextNumber;
    private volatile bool _stopping;
    private ActorCell? _current;
    private Message? _currentMessage;

    public EventLoop(int index, NativeNodeOptions options, LoopWorld world, ulong seed)
    {
        _index = index;
        _options = options;
        _world = world;
        Random = new RandomSource(seed);
        Inbox = new Inbox(options.InboxMessagesMax);
        _toLoops = new DeliveryBatch[options.Loops];
        for (int i = 0; i < _toLoops.Length; i++)
            _toLoops[i] = new DeliveryBatch();
        _peers = new PeerTurn(world.Peers);
        _parking = new LoopParking(Inbox, options.SpinRoundsMax);

        // A random start: a late reply to a request of before a restart must not find a new one under its number.
        _nextNumber = Random.NextUInt64() >> 12;
        _store = world.MakeStore?.Invoke(new LoopPort(index, Send, Inbox.PostCompletion));
        _thread = new Thread(Run) { Name = $"{options.Self.Name}-loop-{index}", IsBackground = true };
    }

    public Inbox Inbox { get; }

    public TimerHeap Timers { get; } = new();

    public LoopCounters Counters { get; } = new();

    public RandomSource Random { get; }

    /// <summary>Monotonic time, read once per turn: all handlers of a turn see the same.</summary>
    public long NowTicks { get; private set; }

    public DateTimeOffset WallNow => _world.Clock.GetUtcNow();

    /// <summary>Completes when the thread has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Adds an actor before the loop runs; its Start is called on the loop.</summary>
    public void Add(Address address, Actor actor) => _unstarted.Add(AddCell(address, actor));

    public void StartThread() => _thread.Start();

    public void Stop()
    {
        _stopping = true;
        Inbox.Close();
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
            _ended.TrySetResult();
    }

    public void Send(Address to, Message message)
    {
        if (to.Node != _options.Self)
            SendToPeer(to, message);
        else if (to.Role == ActorRole.Store)
            SendToStore(message);
        else if (to.Role == ActorRole.Caller)
            _replies.Add((to.Number, message));
        else if (to.Role == ActorRole.Network)
            SendToNetwork(message);
        else
            SendWithinNode(to, message);
    }

    public Address Spawn(ActorRole role, Actor actor)
    {
        ulong number = (_nextNumber++ * (ulong)_options.Loops) + (ulong)_index;
        Invariant.Require(LoopRoute.Of(role, number, _options.Loops) == _index, "an actor spawned under a fresh number has a role that allows any", role);
        var address = new Address(_options.Self, role, number);
        StartCell(AddCell(address, actor));
        return address;
    }

    private void SendToPeer(Address to, Message message)
    {
        if (!_peers.TrySend(to, message))
            Counters.DroppedUnknownAddress++;
    }

    private void SendToStore(Message message)
    {
        if (_store is null)
            Counters.DroppedUnknownAddress++;
        else
            _store.Deliver(message);
    }

    // Who belongs is told on the first loop only, so that the news arrive in their order.
    private void SendToNetwork(Message message)
    {
        if (_index != 0 || !_world.Network(message))
            Counters.DroppedUnknownAddress++;
    }

    private void SendWithinNode(Address to, Message message)
    {
        int loop = LoopRoute.Of(to.Role, to.Number, _options.Loops);
        if (loop == _index)
            _local.Enqueue(new Delivery(to.Role, to.Number, message));
        else if (loop == LoopRoute.Nowhere)
            Counters.DroppedUnknownAddress++;
        else if (IsControl(to.Role) || (_current is { } sender && IsControl(sender.Self.Role)))
            _world.Loops[loop].Inbox.PostPastBound(new Delivery(to.Role, to.Number, message));
        else
            _toLoops[loop].Add(new Delivery(to.Role, to.Number, message));
    }

    // Who is alive and who owns what is told once, on a change: rare, and lost for good if a full inbox dropped it.
    private static bool IsControl(ActorRole role) =>
        role is ActorRole.Membership or ActorRole.RingManager or ActorRole.Topology or ActorRole.Agreement;

    private ActorCell AddCell(Address address, Actor actor)
    {
        Dictionary<ulong, ActorCell> cells = _cells[(byte)address.Role] ??= [];
        var cell = new ActorCell(this, address, actor);
        Invariant.Require(cells.TryAdd(address.Number, cell), "an address names one actor at a time", address);
        return cell;
    }

    private void Run()
    {
        try
        {
            NowTicks = _world.NowTicks();
            foreach (ActorCell cell in _unstarted)
                StartCell(cell);
            _unstarted.Clear();
            while (!_stopping)
            {
                RunTurn();
                if (_taken is null && _local.Count == 0)
                    _parking.Rest(Timers, _world, Counters);
            }
        }
#pragma warning disable CA1031 // Whatever a handler throws, the node must stop and say so; nothing is swallowed.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            _world.Failed(new NodeFailure(cause, _current?.Self, _currentMessage));
        }
        finally
        {
            Inbox.Close();
            _ended.TrySetResult();
        }
    }

    private void RunTurn()
    {
        Counters.Turns++;
        NowTicks = _world.NowTicks();
        RunInbox();
        RunTimers();
        RunLocal();
        _store?.EndTurn();
        PostToLoops();
        _peers.Flush();
        CompleteCalls();
    }

    // After everything else of the turn: where callers go on right here, peers, loops and the disk are at work already.
    private void CompleteCalls()
    {
        foreach ((ulong call, Message reply) in _replies)
            _world.Calls.Complete(call, reply);
        _replies.Clear();
    }

    // At most a turn's share; the rest of the batch is the next turn's first work.
    private void RunInbox()
    {
        _taken ??= Inbox.HasMail ? Inbox.Take() : null;
        if (_taken is null)
            return;
        int end = Math.Min(_taken.Count, _takenAt + _options.TurnMessagesMax);
        for (; _takenAt < end; _takenAt++)
            Dispatch(_taken.Items[_takenAt]);
        if (_takenAt < _taken.Count)
            return;
        Inbox.GiveBack(_taken);
        _taken = null;
        _takenAt = 0;
    }

    // One at a time: a handler may cancel a timer that is due as well, and then that one must not fire.
    private void RunTimers()
    {
        for (int fired = 0; fired < _options.TurnMessagesMax; fired++)
        {
            if (!Timers.TryTakeDue(NowTicks, out TimerOwner owner, out Message message))
                return;
            Counters.TimersFired++;
            Handle((ActorCell)owner, message);
        }
    }

    private void RunLocal()
    {
        for (int run = 0; run < _options.TurnMessagesMax && _local.Count > 0; run++)
            Dispatch(_local.Dequeue());
    }

    private void Dispatch(in Delivery delivery)
    {
        if (delivery.IsCompletion)
            _store?.Complete(delivery.Completion);
        else if (_cells[(byte)delivery.Role] is { } cells && cells.TryGetValue(delivery.Number, out ActorCell? cell))
            Handle(cell, delivery.Message);
        else
            Counters.DroppedUnknownAddress++;
    }

    private void Handle(ActorCell cell, Message message)
    {
        _current = cell;
        _currentMessage = message;
        Counters.Handled++;
        cell.Actor.Receive(cell, message);
        if (cell.IsStopping)
            Remove(cell);
        _current = null;
        _currentMessage = null;
    }

    // Nested in the handler of whoever spawned it, which is at work again afterwards.
    private void StartCell(ActorCell cell)
    {
        ActorCell? parent = _current;
        _current = cell;
        cell.Actor.Start(cell);
        if (cell.IsStopping)
            Remove(cell);
        _current = parent;
    }

    private void Remove(ActorCell cell)
    {
        Timers.CancelAllOf(cell);
        _cells[(byte)cell.Self.Role]!.Remove(cell.Self.Number);
    }

    private void PostToLoops()
    {
        for (int loop = 0; loop < _toLoops.Length; loop++)
        {
            DeliveryBatch batch = _toLoops[loop];
            if (batch.Count == 0)
                continue;
            Counters.DroppedInboxFull += batch.Count - _world.Loops[loop].Inbox.Post(batch.Items);
            batch.Clear();
        }
    }
}
