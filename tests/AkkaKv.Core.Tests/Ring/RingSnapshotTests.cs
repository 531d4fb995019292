using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Tests.Ring;

public class RingSnapshotTests
{
    // Golden: a release that places anything elsewhere than the one before it loses sight of data. Never edit, only add.
    [Theory]
    [InlineData("carts", "user-1", 212, 54307)]
    [InlineData("carts", "user-2", 33, 8472)]
    [InlineData("sessions", "user-1", 61, 15806)]
    [InlineData("b", "k", 167, 42955)]
    public void A_key_stays_in_its_partition(string bucket, string name, int of256, int of65536)
    {
        StoreKey key = StoreKey.Of(bucket, System.Text.Encoding.UTF8.GetBytes(name));
        RingSnapshot.Of(Rings.Even(1, 256)).PartitionOf(key).ShouldBe(of256);
        RingSnapshot.Of(Rings.Even(1, 65_536)).PartitionOf(key).ShouldBe(of65536);
    }

    [Fact]
    public void Five_even_nodes_stay_where_they_are() => WalksOf(Rings.Even(5, 8)).ShouldBe(
    [
        "node-1 node-4 node-2 | node-0 node-3", "node-1 node-0 node-4 | node-2 node-3",
        "node-2 node-1 node-0 | node-3 node-4", "node-4 node-3 node-1 | node-2 node-0",
        "node-3 node-4 node-1 | node-0 node-2", "node-0 node-4 node-2 | node-1 node-3",
        "node-2 node-0 node-3 | node-1 node-4", "node-0 node-2 node-3 | node-1 node-4",
    ]);

    [Fact]
    public void Weighted_nodes_in_zones_stay_where_they_are() => WalksOf(Weighted()).ShouldBe(
    [
        "c e b | f a d", "e a f | c b d", "a e c | f b d", "b e c | f a d",
        "e b d | f a c", "b e f | c a d", "c a e | f b d", "e f b | d a c",
    ]);

    [Fact]
    public void The_default_ring_of_ten_nodes_stays_as_it_is()
    {
        RingSnapshot ring = RingSnapshot.Of(Rings.Even(10, 256));
        string text = string.Join('\n', Enumerable.Range(0, 256).Select(p => ring.OwnersOf(p, 15).ToString()));
        StableHash.Of(System.Text.Encoding.UTF8.GetBytes(text)).ShouldBe(265506513686698015UL);
    }

    [Fact]
    public void With_fewer_members_than_replicas_every_member_owns_everything()
    {
        RingSnapshot ring = RingSnapshot.Of(Rings.Even(2, 256));
        ring.OwnersPerPartition.ShouldBe(2);
        ring.OwnersOf(7, 3).Count.ShouldBe(2);
        ring.FallbacksOf(7, 3).Count.ShouldBe(0);
        ring.ReplicasOf(new NodeId("node-0")).ShouldBe(256);
        ring.ReplicasOf(new NodeId("node-1")).ShouldBe(256);
    }

    [Fact]
    public void A_stranger_owns_nothing()
    {
        RingSnapshot ring = RingSnapshot.Of(Rings.Even(3, 256));
        var stranger = new NodeId("stranger");
        ring.IsMember(stranger).ShouldBeFalse();
        ring.Owns(stranger, 0).ShouldBeFalse();
        ring.ReplicasOf(stranger).ShouldBe(0);
        ring.PrimariesOf(stranger).ShouldBe(0);
        ring.PartitionsOf(stranger).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        RingSnapshot ring = RingSnapshot.Of(Rings.Even(3, 256));
        Should.Throw<InvariantException>(() => ring.OwnersOf(256));
        Should.Throw<InvariantException>(() => ring.OwnersOf(-1, 3));
        Should.Throw<InvariantException>(() => ring.OwnersOf(0, 0));
        Should.Throw<InvariantException>(() => ring.OwnersOf(0, 16));
        Should.Throw<InvariantException>(() => ring.OwnersOf(0)[3]);
    }

    [Fact]
    public void Looking_up_owners_allocates_nothing()
    {
        RingSnapshot ring = RingSnapshot.Of(Rings.Even(5, 256));
        StoreKey key = StoreKey.Of("carts", "user-1"u8);
        LookUp(ring, key);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            LookUp(ring, key);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void The_callers_list_of_members_may_change_afterwards()
    {
        List<RingMember> members = [Rings.Member("b"), Rings.Member("a")];
        RingSnapshot ring = RingSnapshot.Of(new RingTopology(1, 16, 3, members));
        members.Clear();
        ring.Topology.Members.Select(m => m.Node.Name).ShouldBe(["a", "b"]);
    }

    private static int LookUp(RingSnapshot ring, StoreKey key)
    {
        int partition = ring.PartitionOf(key);
        int length = 0;
        foreach (NodeId node in ring.OwnersOf(partition))
            length += node.Name.Length;
        return length + ring.OwnersOf(partition, 5).Count + ring.FallbacksOf(partition, 3).Count;
    }

    private static RingTopology Weighted() => new(
        1, 8, 3,
        [
            Rings.Member("a", 1, "east"), Rings.Member("b", 2, "east"), Rings.Member("c", 1, "west"),
            Rings.Member("d", 0.5, "west"), Rings.Member("e", 4, "north"), Rings.Member("f", 1, "south"),
        ]);

    private static IEnumerable<string> WalksOf(RingTopology topology)
    {
        RingSnapshot ring = RingSnapshot.Of(topology);
        return Enumerable.Range(0, ring.Partitions).Select(p => ring.OwnersOf(p) + " | " + ring.FallbacksOf(p, 3));
    }
}
