using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Replica;

public sealed class RingFenceTests
{
    private static readonly StoreKey Key = StoreKey.Of("b", "k"u8);
    private static readonly ReadOnlyMemory<byte> Object = SiblingSetCodec.Encode(
        SiblingSet.Empty.Put(VersionVector.Empty, new Dot(9, 1), new ValueContent("v"u8.ToArray(), null, 0)));

    private readonly TestWorld _world = new();
    private ulong _nextCaller = 1UL << 40;

    public RingFenceTests() => _world.Adopt(_world.TopologyOf(5, [1, 2, 3]));

    private Address Replica => new(_world.Nodes[0], ActorRole.Replica, (ulong)_world.Ring.PartitionOf(Key));

    [Theory]
    [InlineData(0, ReplicaOutcome.Done)]
    [InlineData(4, ReplicaOutcome.OlderRing)]
    [InlineData(5, ReplicaOutcome.Done)]
    [InlineData(6, ReplicaOutcome.Done)]
    public void What_an_older_ring_planned_is_refused_before_anything_is_staged(long epoch, ReplicaOutcome outcome)
    {
        Ask<ReplicaReadDone>(caller => new ReplicaRead(Key, 7, caller, epoch)).ShouldBe(new ReplicaReadDone(7, outcome, default));
        Ask<ReplicaMergeDone>(caller => new ReplicaMerge(Key, Object, 7, caller, epoch)).ShouldBe(new ReplicaMergeDone(7, outcome));
        _world.Stores[Replica.Node].Writes.ShouldBe(outcome == ReplicaOutcome.Done ? 1 : 0);
        var content = new ValueContent("w"u8.ToArray(), null, 0);
        Ask<ReplicaPutDone>(caller => new ReplicaPut(Key, VersionVector.Empty, content, false, 7, caller, epoch)).Outcome.ShouldBe(outcome);
        _world.Stores[Replica.Node].Writes.ShouldBe(outcome == ReplicaOutcome.Done ? 2 : 0);
    }

    [Fact]
    public void Without_a_ring_nothing_is_taken_that_a_ring_has_planned()
    {
        _world.Loses = (_, to, message) => message is RingChanged && to.Role == ActorRole.Replica;
        _world.Restart(Replica.Node);
        Ask<ReplicaReadDone>(caller => new ReplicaRead(Key, 7, caller, 1)).Outcome.ShouldBe(ReplicaOutcome.Busy);
        Ask<ReplicaReadDone>(caller => new ReplicaRead(Key, 7, caller)).Outcome.ShouldBe(ReplicaOutcome.Done);
    }

    [Fact]
    public void What_was_to_be_cleared_under_an_older_ring_stays()
    {
        Ask<ReplicaMergeDone>(caller => new ReplicaMerge(Key, Object, 7, caller)).Outcome.ShouldBe(ReplicaOutcome.Done);
        long stamp = Ask<ReplicaClearBegun>(caller => new ReplicaClearBegin(5, 7, caller)).Stamp;
        _world.Adopt(_world.TopologyOf(6, [1, 2, 3]));
        IsCleared(stamp).ShouldBeFalse("by ring 6 the node may own it again");
        IsCleared(Ask<ReplicaClearBegun>(caller => new ReplicaClearBegin(5, 7, caller)).Stamp).ShouldBeFalse();
        IsCleared(Ask<ReplicaClearBegun>(caller => new ReplicaClearBegin(6, 7, caller)).Stamp).ShouldBeTrue();
    }

    private bool IsCleared(long stamp) =>
        Ask<ReplicaForgetDone>(caller => new ReplicaForget(Key, 0, caller) { ClearStamp = stamp }).IsForgotten;

    private TReply Ask<TReply>(Func<Address, Message> request)
        where TReply : Message
    {
        ulong call = _nextCaller++;
        _world.Post(Replica, request(new Address(Replica.Node, ActorRole.Caller, call)));
        _world.Run();
        return _world.Reply<TReply>(call)!;
    }
}
