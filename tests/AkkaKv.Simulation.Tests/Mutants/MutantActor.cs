using AkkaKv.Core.Kernel;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>What a mutant changes of an actor; by default nothing.</summary>
internal abstract class Mutation
{
    /// <summary>A message is about to be handled; null swallows it.</summary>
    public virtual Message? In(IActorContext context, Message message) => message;

    /// <summary>A message is about to be sent; null swallows it.</summary>
    public virtual Message? Out(IActorContext context, Address to, Message message) => message;

    /// <summary>What the actor reads off the wall clock.</summary>
    public virtual DateTimeOffset WallNow(IActorContext context) => context.WallNow;
}

/// <summary>A real actor whose messages pass through a mutation.</summary>
internal sealed class MutantActor(Actor inner, Mutation mutation, Func<Actor, Mutation?>? ofSpawned = null) : Actor
{
    public override void Start(IActorContext context) => inner.Start(new Context(context, mutation, ofSpawned));

    public override void Receive(IActorContext context, Message message)
    {
        if (mutation.In(context, message) is { } changed)
            inner.Receive(new Context(context, mutation, ofSpawned), changed);
    }

    private sealed class Context(IActorContext host, Mutation mutation, Func<Actor, Mutation?>? ofSpawned) : IActorContext
    {
        public Address Self => host.Self;

        public TimeSpan Now => host.Now;

        public DateTimeOffset WallNow => mutation.WallNow(host);

        public RandomSource Random => host.Random;

        public void Send(Address to, Message message)
        {
            if (mutation.Out(host, to, message) is { } changed)
                host.Send(to, changed);
        }

        public TimerId StartTimer(TimeSpan delay, Message message) => host.StartTimer(delay, message);

        public void CancelTimer(TimerId timer) => host.CancelTimer(timer);

        public Address Spawn(ActorRole role, Actor actor) =>
            host.Spawn(role, ofSpawned?.Invoke(actor) is { } changed ? new MutantActor(actor, changed) : actor);

        public void Stop() => host.Stop();

        public void Count(Counter counter, long amount = 1) => host.Count(counter, amount);
    }
}
