using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Loops;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>
/// The one kind of Akka actor that hosts core actors: the one that it was made for, and those that this one spawns, which
/// are short-lived and many. Its mailbox is theirs; its dispatcher is that of its loop, a single thread.
/// </summary>
/// <remarks>
/// Invariant: a spawned actor's number is the shell's index modulo the number of shells, so that it is found without a table
/// that changes with every request.
/// </remarks>
internal sealed class ShellActor : UntypedActor
{
    private const int TimersPerWakeMax = 1_024;

    private readonly LoopTurn _loop;
    private readonly int _index;
    private readonly Address _self;
    private readonly TimerHeap _timers = new(capacity: 4);
    private ShellCell? _root;
    private Dictionary<(ActorRole, ulong), ShellCell>? _spawned;
    private ShellCell? _current;
    private Message? _currentMessage;
    private ICancelable? _wake;
    private long _wakeAt = long.MaxValue;
    private ulong _nextNumber;
    private bool _isStarted;

    /// <param name="index">From 0; another for each shell of the node.</param>
    public ShellActor(LoopTurn loop, int index, Address self, Func<Core.Kernel.Actor> make, ulong seed)
    {
        _loop = loop;
        _index = index;
        _self = self;
        Random = new RandomSource(seed);

        // A random start: a late reply to a request of before a restart must not find a new one under its number.
        _nextNumber = Random.NextUInt64() >> 24;
        _root = new ShellCell(this, loop, self, make());
    }

    /// <summary>Monotonic time, read once per handler.</summary>
    public long NowTicks { get; private set; }

    public RandomSource Random { get; }

    public TimerId StartTimer(ShellCell owner, TimeSpan delay, Message message)
    {
        Invariant.Require(delay >= TimeSpan.Zero, "a timer's delay is not negative", delay);

        // Saturates: the longest delay there is must not wrap around into the past.
        return _timers.Start(NowTicks + Math.Min(delay.Ticks, long.MaxValue / 2), owner, message);
    }

    public void CancelTimer(ShellCell owner, TimerId timer) => _timers.Cancel(timer, owner);

    public Address Spawn(ActorRole role, Core.Kernel.Actor actor)
    {
        ulong number = (_nextNumber++ * (ulong)_loop.World.Shells) + (ulong)_index;
        var address = new Address(_self.Node, role, number);
        var cell = new ShellCell(this, _loop, address, actor);
        (_spawned ??= []).Add((role, number), cell);
        StartCell(cell);
        return address;
    }

    protected override void OnReceive(object message)
    {
        if (_loop.World.HasStopped)
            return;
        try
        {
            NowTicks = _loop.World.NowTicks();
            StartOnce();
            switch (message)
            {
                case Delivery delivery: OnDelivery(delivery); break;
                case ShellWake: OnWake(); break;
                case ShellStart: break;
                default: Unhandled(message); break;
            }

            WakeWhenDue();
        }
#pragma warning disable CA1031 // Whatever a handler throws, the node must stop and say so; nothing is swallowed.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            _loop.World.Failed(new NodeFailure(cause, _current?.Self, _currentMessage));
        }
    }

    protected override void PostStop() => _wake?.Cancel();

    private void StartOnce()
    {
        if (_isStarted)
            return;
        _isStarted = true;
        if (_root is { } root)
            StartCell(root);
    }

    private void OnDelivery(Delivery delivery)
    {
        _loop.Taken();
        if (_root is { } root && delivery.Role == _self.Role && delivery.Number == _self.Number)
            Handle(root, delivery.Message);
        else if (_spawned is not null && _spawned.TryGetValue((delivery.Role, delivery.Number), out ShellCell? cell))
            Handle(cell, delivery.Message);
        else
            _loop.Counts.DroppedUnknownAddress++;
    }

    // One at a time: a handler may cancel a timer that is due as well, and then that one must not fire.
    private void OnWake()
    {
        _wakeAt = long.MaxValue;
        for (int fired = 0; fired < TimersPerWakeMax; fired++)
        {
            if (_loop.World.HasStopped || !_timers.TryTakeDue(NowTicks, out TimerOwner owner, out Message message))
                return;
            Handle((ShellCell)owner, message);
        }
    }

    private void Handle(ShellCell cell, Message message)
    {
        _current = cell;
        _currentMessage = message;
        _loop.Counts.Handled++;
        cell.Actor.Receive(cell, message);
        if (cell.IsStopping)
            Remove(cell);
        _current = null;
        _currentMessage = null;
    }

    // Nested in the handler of whoever spawned it, which is at work again afterwards.
    private void StartCell(ShellCell cell)
    {
        ShellCell? parent = _current;
        _current = cell;
        cell.Actor.Start(cell);
        if (cell.IsStopping)
            Remove(cell);
        _current = parent;
    }

    // The shell stays: only its node ends it, so that what comes for who has gone is counted here.
    private void Remove(ShellCell cell)
    {
        _timers.CancelAllOf(cell);
        if (ReferenceEquals(cell, _root))
            _root = null;
        else
            _spawned!.Remove((cell.Self.Role, cell.Self.Number));
    }

    // One timer of Akka's scheduler for all of the shell's. It may come late by a tick of that scheduler, and too early after a
    // cancellation: then nothing is due, and it is set anew.
    private void WakeWhenDue()
    {
        long due = _timers.NextDue;
        if (due >= _wakeAt)
            return;
        _wake?.Cancel();
        _wake = null;
        _wakeAt = due;
        long ticks = due - NowTicks;
        if (ticks <= 0)
            Self.Tell(ShellWake.Instance);
        else
            _wake = Context.System.Scheduler.ScheduleTellOnceCancelable(Delay(ticks), Self, ShellWake.Instance, Self);
    }

    // Rounded up to whole milliseconds, in which the scheduler counts; and within the days that it can count.
    private static TimeSpan Delay(long ticks)
    {
        long millis = (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        return TimeSpan.FromMilliseconds(Math.Min(millis, 86_400_000));
    }
}
