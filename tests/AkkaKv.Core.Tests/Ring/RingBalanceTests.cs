using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Ring;

/// <summary>Measures what docs/ring.md promises and prints its table.</summary>
public class RingBalanceTests(ITestOutputHelper output)
{
    private const double EvennessMin = 0.95;
    private const double MovedMax = 1.3;

    private sealed record Moves(double Mean, double Worst);

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    [InlineData(10, 10)]
    [InlineData(30, 15)]
    [InlineData(100, 4)]
    [InlineData(300, 2)]
    public void Load_is_even_and_a_change_moves_little_more_than_it_must(int nodes, int changes) =>
        Measure(nodes, zones: 0, Token.PartitionsFor(nodes), changes);

    // The largest S for each Q, where whole numbers hurt most.
    [Theory]
    [InlineData(11, 256)]
    [InlineData(16, 512)]
    [InlineData(22, 1024)]
    [InlineData(32, 2048)]
    [InlineData(45, 4096)]
    [InlineData(64, 8192)]
    [InlineData(90, 16_384)]
    public void The_rule_for_choosing_Q_holds_at_its_edge(int nodes, int partitions)
    {
        Token.PartitionsFor(nodes).ShouldBe(partitions);
        Measure(nodes, zones: 0, partitions, changes: 6);
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(9, 3)]
    [InlineData(10, 10)]
    [InlineData(30, 3)]
    [InlineData(30, 5)]
    [InlineData(100, 3)]
    [InlineData(100, 10)]
    public void Zones_keep_the_load_even_and_the_moves_few(int nodes, int zones) =>
        Measure(nodes, zones, Token.PartitionsFor(nodes), Math.Min(nodes, 400 / nodes));

    [Fact]
    public void Weights_keep_the_load_even_and_the_moves_few()
    {
        double[] weights = [1, 1, 2, 4];
        RingTopology topology = Rings.Even(30, Token.PartitionsFor(30));
        Measure(topology with { Members = [.. topology.Members.Select((m, i) => m with { Weight = weights[i % 4] })] }, zones: 0, changes: 15);
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(11, 3)]
    public void Uneven_zones_are_distinct_first_and_even_within(int nodes, int zones)
    {
        RingSnapshot ring = RingSnapshot.Of(Rings.Even(nodes, 256, zones));
        foreach (IGrouping<string, RingMember> zone in ring.MembersInOrder.GroupBy(m => m.Zone))
        {
            zone.Sum(m => ring.ReplicasOf(m.Node)).ShouldBe(256);
            zone.ShouldAllBe(m => ring.ReplicasOf(m.Node) * EvennessMin <= 256.0 / zone.Count());
        }
    }

    [Fact]
    public void Load_follows_weight()
    {
        double[] weights = [1, 1, 2, 4, 1, 2, 1, 1, 2, 1];
        var topology = new RingTopology(1, 256, 3, [.. weights.Select((w, i) => Rings.Member($"node-{i}", w))]);
        RingSnapshot ring = RingSnapshot.Of(topology);
        foreach (RingMember member in ring.MembersInOrder)
            output.WriteLine($"{member.Node} weight {member.Weight}: {ring.ReplicasOf(member.Node)} slots, {ring.PrimariesOf(member.Node)} first");
        Rings.Evenness(ring).ShouldBeGreaterThanOrEqualTo(EvennessMin);
    }

    [Fact]
    public void A_member_too_heavy_for_distinct_owners_owns_everything_and_the_rest_share_the_rest_by_weight()
    {
        // Of 8 weights the 4 would carry 1.5 of 3 slots in each partition; it can carry one.
        var topology = new RingTopology(
            1, 256, 3, [Rings.Member("a", 1), Rings.Member("b", 1), Rings.Member("c", 2), Rings.Member("d", 4)]);
        RingSnapshot ring = RingSnapshot.Of(topology);
        ring.ReplicasOf(new NodeId("d")).ShouldBeInRange(244, 256);
        ring.ReplicasOf(new NodeId("c")).ShouldBeInRange(244, 256);
        ring.ReplicasOf(new NodeId("a")).ShouldBeInRange(121, 135);
        ring.ReplicasOf(new NodeId("b")).ShouldBeInRange(121, 135);
    }

    private void Measure(int nodes, int zones, int partitions, int changes) =>
        Measure(Rings.Even(nodes, partitions, zones), zones, changes);

    // The worst single change is promised for even members without zones; among zones and weights, the mean of many.
    private void Measure(RingTopology topology, int zones, int changes)
    {
        RingSnapshot ring = RingSnapshot.Of(topology);
        Moves joins = MeasureJoins(topology, ring, changes, zones);
        Moves leaves = MeasureLeaves(topology, ring, changes);
        Print(topology, zones, ring, joins, leaves);

        bool isPlain = topology.Members.All(m => m.Weight == 1 && m.Zone.Length == 0);
        Rings.Evenness(ring).ShouldBeGreaterThanOrEqualTo(EvennessMin);
        (isPlain ? joins.Worst : joins.Mean).ShouldBeLessThanOrEqualTo(MovedMax);
        (isPlain ? leaves.Worst : leaves.Mean).ShouldBeLessThanOrEqualTo(MovedMax);
        if (isPlain)
            Rings.PrimaryEvenness(ring).ShouldBeGreaterThanOrEqualTo(EvennessMin);
    }

    private static Moves MeasureJoins(RingTopology topology, RingSnapshot ring, int changes, int zones)
    {
        var ratios = new List<double>();
        for (int i = 0; i < changes; i++)
        {
            RingMember joining = Rings.Member($"node-{topology.Members.Count + i}", 1, zones == 0 ? "" : $"z{i % zones}");
            RingSnapshot joined = RingSnapshot.Of(topology.With(joining));
            ratios.Add((double)Rings.Moved(ring, joined) / joined.ReplicasOf(joining.Node));
        }

        return new Moves(ratios.Average(), ratios.Max());
    }

    private static Moves MeasureLeaves(RingTopology topology, RingSnapshot ring, int changes)
    {
        var ratios = new List<double>();
        for (int i = 0; i < changes; i++)
        {
            NodeId leaving = topology.Members[(int)((long)i * topology.Members.Count / changes)].Node;
            RingSnapshot left = RingSnapshot.Of(topology.Without(leaving));
            // With fewer members than replicas nobody is left who could take a slot.
            double least = left.MembersInOrder.Count < ring.ReplicaCount ? 1 : ring.ReplicasOf(leaving);
            int moved = Rings.Moved(ring, left);
            ratios.Add(moved == 0 ? 1 : moved / least);
        }

        return new Moves(ratios.Average(), ratios.Max());
    }

    private void Print(RingTopology topology, int zones, RingSnapshot ring, Moves joins, Moves leaves)
    {
        output.WriteLine("| S | zones | Q | mean ÷ hottest, slots | first ranks | join: mean, worst | leave: mean, worst |");
        output.WriteLine(
            $"| {topology.Members.Count} | {Math.Max(1, zones)} | {topology.Partitions} | {Rings.Evenness(ring):F3} | "
            + $"{Rings.PrimaryEvenness(ring):F3} | {joins.Mean:F2}, {joins.Worst:F2} | {leaves.Mean:F2}, {leaves.Worst:F2} |");
    }
}
