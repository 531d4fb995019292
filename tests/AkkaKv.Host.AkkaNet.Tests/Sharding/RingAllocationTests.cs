using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaAddress = Akka.Actor.Address;

namespace AkkaKv.Host.AkkaNet.Tests.Sharding;

/// <summary>Where shards are placed, and which are moved.</summary>
public sealed class RingAllocationTests : TestKit
{
    private const int Partitions = 64;

    private static readonly NodeId[] Names = [new("node-1"), new("node-2"), new("node-3"), new("node-4")];

    private readonly Dictionary<NodeId, IActorRef> _regions;
    private RingSnapshot? _ring = RingOf(1, Names[..3]);

    public RingAllocationTests()
        : base("akka { loglevel = WARNING, actor.provider = remote, remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }") => _regions = Names.ToDictionary(
        name => name,
        name => Sys is ExtendedActorSystem system && name != Names[0]
            ? system.Provider.ResolveActorRef(new RootActorPath(AddressOf(name)!) / "system" / "sharding" / "region")
            : TestActor);

    private RingAllocation Strategy => new(() => _ring, AddressOf, Own);

    private static AkkaAddress Own => new("akka.tcp", "test", "127.0.0.1", 4001);

    [Fact]
    public async Task Each_shard_lies_on_the_member_that_the_ring_names()
    {
        for (int partition = 0; partition < Partitions; partition++)
        {
            for (int ordinal = 0; ordinal < 3; ordinal++)
            {
                IActorRef region = await Strategy.AllocateShard(_regions[Names[1]], ReplicaShards.IdOf(partition, ordinal), Lying());
                region.ShouldBe(_regions[_ring!.OwnersOf(partition)[ordinal]]);
            }
        }

        (await Strategy.Rebalance(AsTheRingNames(_ring!), ImmutableHashSet<string>.Empty)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_the_named_member_is_away_it_lies_with_the_asker_and_moves_when_that_one_is_back()
    {
        string shard = Enumerable.Range(0, Partitions).Select(partition => ReplicaShards.IdOf(partition, 0))
            .First(shard => ReplicaShards.NodeOf(_ring!, shard) == Names[2]);
        var without = Lying().Remove(_regions[Names[2]]);

        (await Strategy.AllocateShard(_regions[Names[1]], shard, without)).ShouldBe(_regions[Names[1]]);
        without = without.SetItem(_regions[Names[1]], ImmutableList.Create(shard));
        (await Strategy.Rebalance(without, ImmutableHashSet<string>.Empty)).ShouldBeEmpty();

        (await Strategy.Rebalance(without.Add(_regions[Names[2]], ImmutableList<string>.Empty), ImmutableHashSet<string>.Empty)).ShouldBe([shard]);
    }

    [Fact]
    public async Task When_the_ring_changes_those_move_that_it_names_elsewhere_and_no_others()
    {
        RingSnapshot before = _ring!;
        var lying = AsTheRingNames(before);
        _ring = RingOf(2, Names);
        string[] expected = [.. All().Where(shard => ReplicaShards.NodeOf(before, shard) != ReplicaShards.NodeOf(_ring, shard))];
        expected.Length.ShouldBeInRange(1, Partitions * 3);

        var moved = new HashSet<string>(StringComparer.Ordinal);
        while ((await Strategy.Rebalance(lying, ImmutableHashSet<string>.Empty)) is { Count: > 0 } round)
        {
            round.Count.ShouldBeLessThanOrEqualTo(RingAllocation.MovesMax);
            foreach (string shard in round)
            {
                moved.Add(shard).ShouldBeTrue($"{shard} moved twice");
                lying = Moved(lying, shard, await Strategy.AllocateShard(TestActor, shard, lying));
            }
        }

        moved.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_on_its_way_is_not_moved_again_and_counts_against_the_bound()
    {
        var lying = AsTheRingNames(_ring!);
        _ring = RingOf(2, Names);
        IImmutableSet<string> first = await Strategy.Rebalance(lying, ImmutableHashSet<string>.Empty);
        IImmutableSet<string> half = [.. first.Take(first.Count / 2)];

        IImmutableSet<string> second = await Strategy.Rebalance(lying, half);

        second.Intersect(half).ShouldBeEmpty();
        (second.Count + half.Count).ShouldBeLessThanOrEqualTo(RingAllocation.MovesMax);
    }

    [Fact]
    public async Task Without_a_ring_and_for_a_shard_of_no_ring_it_lies_with_the_asker()
    {
        (await Strategy.AllocateShard(_regions[Names[1]], "9999-0", Lying())).ShouldBe(_regions[Names[1]]);
        (await Strategy.AllocateShard(_regions[Names[1]], "what", Lying())).ShouldBe(_regions[Names[1]]);
        _ring = null;
        (await Strategy.AllocateShard(_regions[Names[1]], "0-0", Lying())).ShouldBe(_regions[Names[1]]);
        (await Strategy.Rebalance(AsTheRingNames(RingOf(1, Names[..3])), ImmutableHashSet<string>.Empty)).ShouldBeEmpty();
    }

    private static AkkaAddress? AddressOf(NodeId node) => Array.IndexOf(Names, node) is var index and >= 0 ? new AkkaAddress("akka.tcp", "test", "127.0.0.1", 4001 + index) : null;

    private static RingSnapshot RingOf(long epoch, NodeId[] names) =>
        RingSnapshot.Of(new RingTopology(epoch, Partitions, 3, [.. names.Select(name => new RingMember(name))]));

    private static IEnumerable<string> All() =>
        Enumerable.Range(0, Partitions).SelectMany(partition => Enumerable.Range(0, 3).Select(ordinal => ReplicaShards.IdOf(partition, ordinal)));

    private static ImmutableDictionary<IActorRef, IImmutableList<string>> Moved(ImmutableDictionary<IActorRef, IImmutableList<string>> lying, string shard, IActorRef to)
    {
        foreach ((IActorRef region, IImmutableList<string> shards) in lying)
            lying = lying.SetItem(region, shards.Remove(shard));
        return lying.SetItem(to, lying[to].Add(shard));
    }

    private ImmutableDictionary<IActorRef, IImmutableList<string>> Lying() =>
        _regions.Values.ToImmutableDictionary(region => region, _ => (IImmutableList<string>)ImmutableList<string>.Empty);

    private ImmutableDictionary<IActorRef, IImmutableList<string>> AsTheRingNames(RingSnapshot ring)
    {
        ImmutableDictionary<IActorRef, IImmutableList<string>> lying = Lying();
        foreach (string shard in All())
            lying = Moved(lying, shard, _regions[ReplicaShards.NodeOf(ring, shard)!.Value]);
        return lying;
    }
}
