using AkkaKv.Core.Kernel;
using AkkaKv.Host.Loops;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>One core actor in its shell, and all that it sees of the host.</summary>
internal sealed class ShellCell(ShellActor shell, LoopTurn loop, Address self, Actor actor) : TimerOwner, IActorContext
{
    public Actor Actor { get; } = actor;

    public Address Self { get; } = self;

    /// <summary>Set by the actor; the shell takes the cell away when the current message is done.</summary>
    public bool IsStopping { get; private set; }

    public TimeSpan Now => new(shell.NowTicks);

    public DateTimeOffset WallNow => loop.World.Clock.GetUtcNow();

    public RandomSource Random => shell.Random;

    public void Send(Address to, Message message) => loop.Send(Self.Role, to, message);

    public TimerId StartTimer(TimeSpan delay, Message message) => shell.StartTimer(this, delay, message);

    public void CancelTimer(TimerId timer) => shell.CancelTimer(this, timer);

    public Address Spawn(ActorRole role, Actor actor) => shell.Spawn(role, actor);

    public void Stop() => IsStopping = true;

    public void Count(Counter counter, long amount = 1) => loop.Counts.OfActors[(int)counter] += amount;
}
