using AkkaKv.Core.Kernel;

namespace AkkaKv.Simulation.World;

/// <summary>One actor's place in a running node, and all that the actor sees of the world.</summary>
/// <param name="operation">The client's operation on whose behalf it was started; 0 for the long-lived ones.</param>
internal sealed class SimCell(NodeLife life, Address self, Actor actor, int operation) : IActorContext
{
    private Dictionary<ulong, SimTimer>? _timers;

    public Actor Actor => actor;

    public Address Self => self;

    public int Operation => operation;

    public bool IsStopped { get; private set; }

    public TimeSpan Now => new(life.World.Now - life.StartedAt);

    public DateTimeOffset WallNow => life.Node.Clock.GetUtcNow();

    public RandomSource Random => life.Random;

    public void Send(Address to, Message message) => life.Send(this, to, message);

    public TimerId StartTimer(TimeSpan delay, Message message)
    {
        Invariant.Require(delay >= TimeSpan.Zero, "a timer's delay is not negative", delay);
        var timer = new SimTimer(this, message);
        ulong number = life.NextNumber();
        (_timers ??= []).Add(number, timer);
        life.StartTimer(delay.Ticks, () => Fire(number));
        return new TimerId(number);
    }

    public void CancelTimer(TimerId timer) => _timers?.Remove(timer.Number);

    public Address Spawn(ActorRole role, Actor actor) => life.Spawn(role, actor);

    public void Stop()
    {
        IsStopped = true;
        _timers = null;
    }

    public void Count(Counter counter, long amount = 1) => life.World.Counted[(int)counter] += amount;

    private void Fire(ulong number)
    {
        if (!IsStopped && _timers is not null && _timers.Remove(number, out SimTimer? timer))
            life.Fire(this, timer.Message);
    }
}

/// <summary>A started timer.</summary>
internal sealed record SimTimer(SimCell Owner, Message Message);
