using AkkaKv.Core.Kernel;
using AkkaKv.Host.Loops;

namespace AkkaKv.Host.Native.Loops;

/// <summary>One actor's place on its loop, and all that the actor sees of the host.</summary>
internal sealed class ActorCell(EventLoop loop, Address self, Actor actor) : TimerOwner, IActorContext
{
    public Actor Actor { get; } = actor;

    public Address Self { get; } = self;

    /// <summary>Set by the actor; the loop takes the cell away when the current message is done.</summary>
    public bool IsStopping { get; private set; }

    public TimeSpan Now => new(loop.NowTicks);

    public DateTimeOffset WallNow => loop.WallNow;

    public RandomSource Random => loop.Random;

    public void Send(Address to, Message message) => loop.Send(to, message);

    public TimerId StartTimer(TimeSpan delay, Message message)
    {
        Invariant.Require(delay >= TimeSpan.Zero, "a timer's delay is not negative", delay);

        // Saturates: the longest delay there is must not wrap around into the past.
        long due = loop.NowTicks + Math.Min(delay.Ticks, long.MaxValue / 2);
        return loop.Timers.Start(due, this, message);
    }

    public void CancelTimer(TimerId timer) => loop.Timers.Cancel(timer, this);

    public Address Spawn(ActorRole role, Actor actor) => loop.Spawn(role, actor);

    public void Stop() => IsStopping = true;

    public void Count(Counter counter, long amount = 1) => loop.Counters.OfActors[(int)counter] += amount;
}
