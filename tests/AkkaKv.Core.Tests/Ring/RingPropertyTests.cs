using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Ring;

/// <summary>What holds for the ring of every sound topology, however odd its weights and zones.</summary>
public class RingPropertyTests(ITestOutputHelper output)
{
    private static readonly Gen<RingTopology> Topologies =
        from size in Gen.Choose(1, 24)
        from zones in Gen.Choose(1, 6)
        from replicas in Gen.Choose(1, 6)
        from log in Gen.Choose(0, 7)
        from salt in Gen.Choose(0, 1_000_000)
        from weights in Gen.Elements(0.1, 1.0, 1.0, 1.0, 2.0, 4.5, 100.0).ArrayOf(size)
        from places in Gen.Choose(0, zones - 1).ArrayOf(size)
        select new RingTopology(
            1, 1 << log, replicas, [.. Enumerable.Range(0, size).Select(i => Rings.Member($"n{salt}-{i}", weights[i], $"z{places[i]}"))]);

    [Fact]
    public void Every_partition_has_all_members_once_owners_first() => Check(topology =>
    {
        RingSnapshot ring = RingSnapshot.Of(topology);
        for (int partition = 0; partition < ring.Partitions; partition++)
        {
            ring.OwnersOf(partition).Count.ShouldBe(Math.Min(topology.ReplicaCount, topology.Members.Count));
            string[] walk = [.. ring.OwnersOf(partition).Concat(ring.FallbacksOf(partition, topology.ReplicaCount)).Select(n => n.Name)];
            walk.Order(StringComparer.Ordinal).ShouldBe(ring.MembersInOrder.Select(m => m.Node.Name));
        }
    });

    [Fact]
    public void A_list_for_fewer_is_a_prefix_of_the_list_for_more() => Check(topology =>
    {
        RingSnapshot ring = RingSnapshot.Of(topology);
        for (int partition = 0; partition < ring.Partitions; partition++)
        {
            NodeId[] longest = [.. ring.OwnersOf(partition, 15)];
            for (int n = 1; n <= 15; n++)
            {
                ring.OwnersOf(partition, n).ShouldBe(longest.Take(n));
                ring.OwnersOf(partition, n).Concat(ring.FallbacksOf(partition, n)).Count().ShouldBe(ring.MembersInOrder.Count);
            }
        }
    });

    [Fact]
    public void Zones_repeat_only_when_no_unused_one_is_left() => Check(topology =>
    {
        RingSnapshot ring = RingSnapshot.Of(topology);
        Dictionary<NodeId, string> zoneOf = topology.Members.ToDictionary(m => m.Node, m => m.Zone);
        var sizes = topology.Members.CountBy(m => m.Zone).ToDictionary();
        for (int partition = 0; partition < ring.Partitions; partition++)
        {
            for (int n = 1; n <= Math.Min(15, sizes.Values.Sum()); n++)
            {
                var used = ring.OwnersOf(partition, n).CountBy(node => zoneOf[node]).ToDictionary();
                int most = used.Values.Max();
                // As even as it can be: a zone that has two fewer than the fullest has no member left.
                sizes.ShouldAllBe(zone => used.GetValueOrDefault(zone.Key) >= most - 1 || used.GetValueOrDefault(zone.Key) == zone.Value);
            }
        }
    });

    [Fact]
    public void The_order_of_the_members_does_not_matter() => Check(topology =>
    {
        RingSnapshot one = RingSnapshot.Of(topology);
        RingSnapshot other = RingSnapshot.Of(topology with { Members = [.. topology.Members.Reverse()] });
        for (int partition = 0; partition < one.Partitions; partition++)
            other.OwnersOf(partition, 15).ShouldBe(one.OwnersOf(partition, 15));
    });

    [Fact]
    public void What_the_ring_counts_is_what_its_lists_say() => Check(topology =>
    {
        RingSnapshot ring = RingSnapshot.Of(topology);
        foreach (RingMember member in topology.Members)
        {
            IReadOnlyList<int> partitions = ring.PartitionsOf(member.Node);
            partitions.ShouldAllBe(p => ring.Owns(member.Node, p));
            partitions.Count.ShouldBe(ring.ReplicasOf(member.Node));
            partitions.Count(p => ring.OwnersOf(p)[0] == member.Node).ShouldBe(ring.PrimariesOf(member.Node));
        }
    });

    [Fact]
    public void Members_of_equal_weight_in_one_zone_never_exceed_the_promised_share() => Check(topology =>
    {
        var even = topology with { Members = [.. topology.Members.Select(m => m with { Weight = 1, Zone = "" })] };
        RingSnapshot ring = RingSnapshot.Of(even);
        double mean = (double)ring.OwnersPerPartition * ring.Partitions / even.Members.Count;
        foreach (RingMember member in even.Members)
            ring.ReplicasOf(member.Node).ShouldBeLessThanOrEqualTo((int)Math.Max(Math.Ceiling(mean * 1.01), Math.Floor(mean / 0.95)) + 1);
    });

    // Each run draws a new seed and prints it; set FSCHECK_SEED to a printed one to replay it.
    private void Check(Action<RingTopology> holds)
    {
        string? replay = Environment.GetEnvironmentVariable("FSCHECK_SEED");
        ulong seed = replay is null ? (ulong)Random.Shared.NextInt64() : ulong.Parse(replay);
        output.WriteLine($"FSCHECK_SEED={seed}");
        Config config = Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(seed, seed | 1);
        Prop.ForAll(Topologies.ToArbitrary(), holds).Check(config);
    }
}
