using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Tests.Ring;

public class RingManagerActorTests
{
    private static readonly Address Gateway = new(new NodeId("node-0"), ActorRole.Gateway, 0);
    private static readonly Address Replica = new(new NodeId("node-0"), ActorRole.Replica, 17);
    private readonly RecordingContext _context = new();

    [Fact]
    public void Those_named_at_construction_hear_of_the_ring_at_the_start()
    {
        Manager().Start(_context);
        _context.Sent.Select(sent => sent.To).ShouldBe([Gateway]);
        Epochs().ShouldBe([1]);
    }

    [Fact]
    public void A_subscriber_hears_of_the_ring_at_once_and_of_every_newer_one_in_order_of_subscription()
    {
        RingManagerActor manager = Manager();
        manager.Receive(_context, new RingSubscribe(Replica));
        manager.Receive(_context, new RingTopologyAdopted(Rings.Even(4, 16) with { Epoch = 2 }));
        _context.Sent.Select(sent => sent.To).ShouldBe([Replica, Gateway, Replica]);
        Epochs().ShouldBe([1, 2, 2]);
        ((RingChanged)_context.Sent[^1].Message).Ring.MembersInOrder.Count.ShouldBe(4);
    }

    [Fact]
    public void Subscribing_twice_is_answered_twice_and_pushed_to_once()
    {
        RingManagerActor manager = Manager();
        manager.Receive(_context, new RingSubscribe(Gateway));
        manager.Receive(_context, new RingSubscribe(Gateway));
        _context.Sent.Count.ShouldBe(2);
        manager.Receive(_context, new RingTopologyAdopted(Rings.Even(4, 16) with { Epoch = 2 }));
        _context.Sent.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_epoch_that_is_not_newer_is_ignored(long epoch)
    {
        RingManagerActor manager = Manager();
        manager.Receive(_context, new RingTopologyAdopted(Rings.Even(9, 16) with { Epoch = epoch }));
        _context.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void The_topology_actor_hears_of_a_ring_once_all_who_must_have_confirmed_it()
    {
        var manager = new RingManagerActor(Rings.Even(3, 16), [Gateway, Replica]);
        manager.Receive(_context, new RingTopologyAdopted(Rings.Even(4, 16) with { Epoch = 2 }));
        _context.Sent.Clear();
        manager.Receive(_context, new RingConfirmed(1, Gateway));
        manager.Receive(_context, new RingConfirmed(1, Replica));
        manager.Receive(_context, new RingConfirmed(2, Gateway));
        manager.Receive(_context, new RingConfirmed(2, Gateway));
        manager.Receive(_context, new RingConfirmed(2, Replica with { Number = 3 }));
        _context.Sent.ShouldBeEmpty("those of older rings, twice the same and a stranger's do not count");
        manager.Receive(_context, new RingConfirmed(2, Replica));
        var topology = new Address(new NodeId("node-0"), ActorRole.Topology, 0);
        _context.Sent.ShouldBe([(topology, new RingAdoptedByAll(2))]);
        manager.Receive(_context, new RingTopologyAdopted(Rings.Even(4, 16) with { Epoch = 2 }));
        _context.Sent.Count.ShouldBe(2, "who asks again, after a restart, is told again");
    }

    [Fact]
    public void A_ring_that_takes_over_the_places_of_an_older_one_is_the_same_as_one_computed_anew()
    {
        RingTopology three = Rings.Even(3, 16);
        RingTopology four = Rings.Even(4, 16);
        RingSnapshot before = RingSnapshot.Of(three with { AlsoMembers = four.Members });
        RingTopology swapped = four with { Epoch = 2, AlsoMembers = three.Members };
        RingSnapshot taken = RingSnapshot.Of(swapped, before);
        RingSnapshot computed = RingSnapshot.Of(swapped);
        (taken.Epoch, taken.Also!.Epoch).ShouldBe((2, 2));
        for (int partition = 0; partition < 16; partition++)
        {
            taken.OwnersOf(partition, 4).ShouldBe(computed.OwnersOf(partition, 4));
            taken.Also.OwnersOf(partition).ShouldBe(computed.Also!.OwnersOf(partition));
        }
    }

    [Fact]
    public void Another_number_of_partitions_fails_loudly() => Should.Throw<InvariantException>(
        () => Manager().Receive(_context, new RingTopologyAdopted(Rings.Even(3, 32) with { Epoch = 2 })));

    [Fact]
    public void A_message_meant_for_someone_else_fails_loudly() =>
        Should.Throw<InvariantException>(() => Manager().Receive(_context, new RingChanged(RingSnapshot.Of(Rings.Even(3, 16)))));

    private static RingManagerActor Manager() => new(Rings.Even(3, 16), [Gateway]);

    private IEnumerable<long> Epochs() => _context.Sent.Select(sent => ((RingChanged)sent.Message).Ring.Epoch);

    private sealed class RecordingContext : IActorContext
    {
        public List<(Address To, Message Message)> Sent { get; } = [];

        public Address Self => new(new NodeId("node-0"), ActorRole.RingManager, 0);

        public TimeSpan Now => TimeSpan.Zero;

        public DateTimeOffset WallNow => DateTimeOffset.UnixEpoch;

        public RandomSource Random { get; } = new(1);

        public void Send(Address to, Message message) => Sent.Add((to, message));

        public TimerId StartTimer(TimeSpan delay, Message message) => throw new NotSupportedException();

        public void CancelTimer(TimerId timer) => throw new NotSupportedException();

        public Address Spawn(ActorRole role, Actor actor) => throw new NotSupportedException();

        public void Stop() => throw new NotSupportedException();

        public void Count(Counter counter, long amount = 1) => throw new NotSupportedException();
    }
}
