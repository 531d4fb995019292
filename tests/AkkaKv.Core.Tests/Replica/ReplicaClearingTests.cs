using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.AntiEntropy;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Replica;

/// <summary>Which keys of a partition may go while it is cleared, and which were written since.</summary>
public sealed class ReplicaClearingTests
{
    private const long Cleared = 5;

    private readonly TestWorld _world = new(partitions: 1, replica: new ReplicaOptions(UnderWayMax: 2) { ClearingKeysMax = 4 });
    private ulong _nextCaller = 1UL << 40;

    public ReplicaClearingTests()
    {
        _world.Adopt(_world.TopologyOf(Cleared, [2, 3]));
        for (int key = 0; key < 10; key++)
            Store.Set(Key(key), SiblingSetCodec.Encode(ExchangeWorld.SetOf(9, (ulong)key + 1)));
    }

    private Address Replica => new(_world.Nodes[0], ActorRole.Replica, 0);

    private TestStore Store => _world.Stores[_world.Nodes[0]];

    [Fact]
    public void A_write_to_one_key_holds_up_no_other()
    {
        long stamp = Begin();
        Merge(1, 0, ActorRole.Transfer);
        Forget(1, stamp).IsForgotten.ShouldBeFalse();
        Forget(2, stamp).IsForgotten.ShouldBeTrue();
        stamp = Begin();
        Forget(1, stamp).IsForgotten.ShouldBeTrue("the owners were compared once more");
    }

    [Theory]
    [InlineData(ActorRole.Request, Cleared, true)]
    [InlineData(ActorRole.Request, Cleared + 2, true)]
    [InlineData(ActorRole.Request, 0L, false)]
    [InlineData(ActorRole.Hints, Cleared, false)]
    [InlineData(ActorRole.AntiEntropy, Cleared, false)]
    [InlineData(ActorRole.Transfer, 0L, false)]
    public void Only_what_requests_by_this_ring_write_stays(ActorRole asker, long epoch, bool stays)
    {
        long stamp = Begin();
        Merge(1, epoch, asker);
        Forget(1, stamp).Stays.ShouldBe(stays);
        stamp = Begin();
        ReplicaForgetDone again = Forget(1, stamp);
        again.Stays.ShouldBe(stays);
        again.IsForgotten.ShouldBe(!stays);
    }

    [Fact]
    public void A_request_whose_object_was_there_already_has_its_key_stay()
    {
        Merge(1, Cleared, ActorRole.Request);
        long stamp = Begin();
        int writes = Store.Writes;
        Merge(1, Cleared, ActorRole.Request);
        Store.Writes.ShouldBe(writes);
        Forget(1, stamp).Stays.ShouldBeTrue();
    }

    // A key of dots of this actor stays, so the actor forgets nothing.
    [Fact]
    public void However_often_it_is_begun_all_writes_meanwhile_have_one_actor()
    {
        Put(1, Cleared);
        Forget(1, Begin()).IsForgotten.ShouldBeTrue();
        Put(1, Cleared);
        byte[] noted = Noted();
        for (int round = 0; round < 50; round++)
        {
            long stamp = Begin();
            Put(1, Cleared);
            Put(2, Cleared);
            Forget(1, stamp).Stays.ShouldBeTrue();
            Forget(2, stamp).Stays.ShouldBeTrue();
        }

        Noted().ShouldBe(noted);
        SeenOf(1).Newest.Length.ShouldBe(1);
        SeenOf(2).Newest.Length.ShouldBe(2, "what was there has an actor of its own");
    }

    [Fact]
    public void A_write_that_does_not_stay_gives_the_next_round_another_actor()
    {
        long stamp = Begin();
        Put(1, epoch: 0);
        ReplicaForgetDone first = Forget(1, stamp);
        first.Stays.ShouldBeFalse("no ring says that it belongs here");
        first.IsForgotten.ShouldBeFalse();
        byte[] noted = Noted();
        stamp = Begin();
        Noted().ShouldNotBe(noted);
        Forget(1, stamp).IsForgotten.ShouldBeTrue();
    }

    [Fact]
    public void When_more_are_written_than_are_remembered_none_goes_until_it_is_begun_anew()
    {
        long stamp = Begin();
        for (int key = 0; key < 5; key++)
            Put(key, Cleared);
        byte[] noted = Noted();
        Forget(9, stamp).IsForgotten.ShouldBeFalse("nobody knows whether it was written");
        Forget(1, stamp).Stays.ShouldBeTrue();
        stamp = Begin();
        Noted().ShouldNotBe(noted, "keys that were written under this actor may go");
        Forget(9, stamp).IsForgotten.ShouldBeTrue();
        Forget(4, stamp).IsForgotten.ShouldBeTrue();
    }

    [Fact]
    public void What_is_under_way_waits_and_an_older_stamp_is_void()
    {
        long stamp = Begin();
        Store.Holds = true;
        _world.Post(Replica, MergeOf(1, 0, ActorRole.Hints));
        _world.Run();
        Forget(1, stamp).IsForgotten.ShouldBeFalse();
        Store.Release();
        Store.Holds = false;
        Begin();
        Forget(2, stamp).IsForgotten.ShouldBeFalse();
    }

    // Found by simulation: a step's first keys stayed, took the replica's bound, and the others were refused, step after step.
    [Fact]
    public void What_is_to_go_is_not_refused_because_of_what_is_under_way()
    {
        long stamp = Begin();
        Store.Holds = true;
        Put(1, Cleared);
        Put(2, Cleared);
        Address caller = Caller();
        _world.Post(Replica, new ReplicaForget(Key(3), 0, caller) { ClearStamp = stamp });
        _world.Run();
        Store.Release();
        _world.Run();
        _world.Reply<ReplicaForgetDone>(caller.Number)!.IsForgotten.ShouldBeTrue();
    }

    [Fact]
    public void A_newer_ring_or_the_end_makes_it_void()
    {
        long stamp = Begin();
        _world.Post(Replica, new ReplicaClearEnd());
        Forget(1, stamp).IsForgotten.ShouldBeFalse();
        stamp = Begin();
        Put(2, Cleared);
        _world.Adopt(_world.TopologyOf(Cleared + 1, [1, 2, 3]));
        Forget(1, stamp).IsForgotten.ShouldBeFalse();
        Forget(2, stamp).Stays.ShouldBeFalse();
        Forget(1, Begin()).IsForgotten.ShouldBeFalse("a newer ring is known from the beginning");
        Forget(2, Begin(Cleared + 1)).IsForgotten.ShouldBeTrue();
    }

    private static StoreKey Key(int number) => ExchangeWorld.Key(number);

    private byte[] Noted() => Store.Fact("replica/cleared/0").ToArray();

    private VersionVector SeenOf(int key)
    {
        SiblingSetCodec.TryDecode(Store.Object(Key(key)), out SiblingSet set).ShouldBeTrue();
        return set.Seen;
    }

    private long Begin(long epoch = Cleared) => Ask<ReplicaClearBegun>(caller => new ReplicaClearBegin(epoch, 7, caller)).Stamp;

    private ReplicaForgetDone Forget(int key, long stamp) =>
        Ask<ReplicaForgetDone>(caller => new ReplicaForget(Key(key), 0, caller) { ClearStamp = stamp });

    private void Put(int key, long epoch)
    {
        _world.Post(Replica, PutOf(key, epoch));
        _world.Run();
    }

    private ReplicaPut PutOf(int key, long epoch) =>
        new(Key(key), VersionVector.Empty, new ValueContent("put"u8.ToArray(), null, 0), LastWriteWins: true, 7, Caller(), epoch);

    private void Merge(int key, long epoch, ActorRole asker)
    {
        _world.Post(Replica, MergeOf(key, epoch, asker));
        _world.Run();
    }

    private ReplicaMerge MergeOf(int key, long epoch, ActorRole asker) =>
        new(Key(key), SiblingSetCodec.Encode(ExchangeWorld.SetOf(8, 1)), 7, new Address(_world.Nodes[1], asker, 1UL << 50), epoch);

    private Address Caller() => new(_world.Nodes[0], ActorRole.Caller, _nextCaller++);

    private TReply Ask<TReply>(Func<Address, Message> request)
        where TReply : Message
    {
        Address caller = Caller();
        _world.Post(Replica, request(caller));
        _world.Run();
        return _world.Reply<TReply>(caller.Number)!;
    }
}
