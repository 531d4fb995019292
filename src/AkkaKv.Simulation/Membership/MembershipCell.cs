using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;

namespace AkkaKv.Simulation.Membership;

/// <summary>One node of a membership world.</summary>
internal sealed class MembershipCell(MembershipWorld world, int index, NodeId node, Actor actor, RandomSource random) : IActorContext
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private bool _started;
    private bool _holdsTimers;
    private Message? _heldTimer;

    public int Index => index;

    public bool IsAlive { get; set; } = true;

    public bool IsConnecting { get; set; }

    public MembershipTold? Told { get; set; }

    public Address Self { get; } = new(node, ActorRole.Membership, 0);

    public TimeSpan Now => new(world.Now);

    public DateTimeOffset WallNow => Epoch.AddTicks(world.Now);

    public RandomSource Random => random;

    /// <param name="timers">So many are run through in no time: a process that is old already.</param>
    public void Start(int timers)
    {
        _started = true;
        _holdsTimers = timers > 0;
        actor.Start(this);
        for (int left = timers - 1; left >= 0; left--)
        {
            _holdsTimers = left > 0;
            actor.Receive(this, _heldTimer!);
        }
    }

    public void Deliver(Message message)
    {
        if (IsAlive && _started)
            actor.Receive(this, message);
    }

    public void Send(Address to, Message message)
    {
        if (to.Role != ActorRole.Caller)
            world.Send(this, to, message);
        else if (message is MembershipTold told)
            Told = told;
        else if (message is ReachabilityChanged changed)
            world.OpinionChanged(index, changed.Snapshot);
    }

    // The actors measured here start one timer at a time and cancel none.
    public TimerId StartTimer(TimeSpan delay, Message message)
    {
        if (_holdsTimers)
            _heldTimer = message;
        else
            world.At(world.Now + delay.Ticks, () => Deliver(message));
        return default;
    }

    public void CancelTimer(TimerId timer) => throw new InvariantException("an actor that is measured cancels no timer");

    public Address Spawn(ActorRole role, Actor actor) => throw new InvariantException("an actor that is measured starts no other");

    public void Stop() => IsAlive = false;

    public void Count(Counter counter, long amount = 1)
    {
    }
}
