using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Harness;

/// <summary>One actor in a <see cref="TestWorld"/>, and its context.</summary>
internal sealed class TestCell(TestWorld world, Address self, Actor actor) : IActorContext
{
    public Address Self => self;

    public TimeSpan Now => world.Now;

    public DateTimeOffset WallNow => world.WallNow;

    public RandomSource Random => self.Role switch
    {
        ActorRole.Membership => world.GossipRandom,
        _ => world.Random,
    };

    public void Deliver(Message message) => actor.Receive(this, message);

    public void Send(Address to, Message message) => world.Send(self, to, message);

    public TimerId StartTimer(TimeSpan delay, Message message) => world.StartTimer(this, delay, message);

    public void CancelTimer(TimerId timer) => world.CancelTimer(timer);

    public Address Spawn(ActorRole role, Actor actor) => world.Spawn(self.Node, role, actor);

    public void Stop() => world.Stop(this);

    public void Count(Counter counter, long amount = 1) =>
        world.Counted[counter] = world.Counted.GetValueOrDefault(counter) + amount;
}
