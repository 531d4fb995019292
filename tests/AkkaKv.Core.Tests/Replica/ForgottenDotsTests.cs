using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Replica;

/// <summary>A replica that has cleared its partition must not cover, by what it writes later, what it wrote before.</summary>
public sealed class ForgottenDotsTests
{
    private static readonly StoreKey Key = StoreKey.Of("b", "k"u8);

    private readonly TestWorld _world = new();
    private ulong _nextCaller = 1UL << 40;

    public ForgottenDotsTests() => _world.Adopt(_world.TopologyOf(5, [1, 2, 3]));

    private Address Replica => new(_world.Nodes[0], ActorRole.Replica, (ulong)_world.Ring.PartitionOf(Key));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_write_after_a_clearing_covered_what_others_still_held(bool restarts)
    {
        SiblingSet first = Put("1");
        Clear().ShouldBeTrue();
        if (restarts)
            _world.Restart(Replica.Node);
        SiblingSet second = Put("2");
        first.Merge(second).Count.ShouldBe(2, "neither writer saw the other's value");
        second.Merge(first).Count.ShouldBe(2);
    }

    [Fact]
    public void Each_clearing_makes_another_actor_and_writes_between_them_share_one()
    {
        SiblingSet[] sets = [Put("1"), Put("2")];
        sets[0].Merge(sets[1]).Count.ShouldBe(2);
        sets[1].Seen.Newest.Length.ShouldBe(1);
        Clear().ShouldBeTrue();
        SiblingSet third = Put("3");
        Clear().ShouldBeTrue();
        SiblingSet fourth = Put("4");
        sets[1].Merge(third).Merge(fourth).Seen.Newest.Length.ShouldBe(3);
    }

    [Fact]
    public void Nothing_is_cleared_where_that_cannot_be_written_down()
    {
        Put("1");
        _world.Stores[Replica.Node].WriteOutcome = StoreOutcome.ReadOnly;
        Clear().ShouldBeFalse();
        _world.Stores[Replica.Node].WriteOutcome = StoreOutcome.Done;
        Clear().ShouldBeTrue();
    }

    private SiblingSet Put(string value)
    {
        var content = new ValueContent(System.Text.Encoding.UTF8.GetBytes(value), null, 0);
        ReplicaPutDone done = Ask<ReplicaPutDone>(caller => new ReplicaPut(Key, VersionVector.Empty, content, false, 7, caller));
        done.Outcome.ShouldBe(ReplicaOutcome.Done);
        SiblingSetCodec.TryDecode(done.Object, out SiblingSet set).ShouldBeTrue();
        return set;
    }

    private bool Clear()
    {
        long stamp = Ask<ReplicaClearBegun>(caller => new ReplicaClearBegin(5, 7, caller)).Stamp;
        return Ask<ReplicaForgetDone>(caller => new ReplicaForget(Key, 0, caller) { ClearStamp = stamp }).IsForgotten;
    }

    private TReply Ask<TReply>(Func<Address, Message> request)
        where TReply : Message
    {
        ulong call = _nextCaller++;
        _world.Post(Replica, request(new Address(Replica.Node, ActorRole.Caller, call)));
        _world.Run();
        return _world.Reply<TReply>(call)!;
    }
}
