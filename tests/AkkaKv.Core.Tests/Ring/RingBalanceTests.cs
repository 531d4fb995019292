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

    // S and a Q of at least S², up to the largest Q there is.
    [Theory]
    [InlineData(3, 256, 3)]
    [InlineData(5, 256, 5)]
    [InlineData(10, 256, 10)]
    [InlineData(30, 1024, 15)]
    [InlineData(100, 16_384, 6)]
    [InlineData(300, 65_536, 2)]
    public void Load_is_even_and_a_change_moves_little_more_than_it_must(int nodes, int partitions, int changes)
    {
        RingTopology topology = Rings.Even(nodes, partitions);
        RingSnapshot ring = RingSnapshot.Of(topology);
        Moves joins = MeasureJoins(topology, ring, changes, zones: 0);
        Moves leaves = MeasureLeaves(topology, ring, changes);
        Print(nodes, 1, partitions, ring, joins, leaves);

        Rings.Evenness(ring).ShouldBeGreaterThanOrEqualTo(EvennessMin);
        Rings.PrimaryEvenness(ring).ShouldBeGreaterThanOrEqualTo(EvennessMin);
        joins.Worst.ShouldBeLessThanOrEqualTo(MovedMax);
        leaves.Worst.ShouldBeLessThanOrEqualTo(MovedMax);
    }

    // The largest S for each Q by the rule Q ≥ S², where whole numbers hurt most: here the mean is promised, not the worst.
    [Theory]
    [InlineData(16, 256)]
    [InlineData(22, 512)]
    [InlineData(32, 1024)]
    [InlineData(45, 2048)]
    [InlineData(64, 4096)]
    [InlineData(90, 8192)]
    public void The_rule_for_choosing_Q_holds_at_its_edge(int nodes, int partitions)
    {
        RingTopology topology = Rings.Even(nodes, partitions);
        RingSnapshot ring = RingSnapshot.Of(topology);
        Moves joins = MeasureJoins(topology, ring, 8, zones: 0);
        Moves leaves = MeasureLeaves(topology, ring, 8);
        Print(nodes, 1, partitions, ring, joins, leaves);

        Rings.Evenness(ring).ShouldBeGreaterThanOrEqualTo(EvennessMin);
        joins.Mean.ShouldBeLessThanOrEqualTo(MovedMax);
        leaves.Mean.ShouldBeLessThanOrEqualTo(MovedMax);
    }

    [Theory]
    [InlineData(6, 3, 256)]
    [InlineData(9, 3, 256)]
    [InlineData(30, 3, 1024)]
    [InlineData(30, 5, 1024)]
    [InlineData(100, 3, 16_384)]
    [InlineData(100, 10, 16_384)]
    public void Zones_keep_the_load_even_and_the_moves_few(int nodes, int zones, int partitions)
    {
        RingTopology topology = Rings.Even(nodes, partitions, zones);
        RingSnapshot ring = RingSnapshot.Of(topology);
        Moves joins = MeasureJoins(topology, ring, 6, zones);
        Moves leaves = MeasureLeaves(topology, ring, 6);
        Print(nodes, zones, partitions, ring, joins, leaves);

        Rings.Evenness(ring).ShouldBeGreaterThanOrEqualTo(EvennessMin);
        joins.Mean.ShouldBeLessThanOrEqualTo(MovedMax);
        leaves.Mean.ShouldBeLessThanOrEqualTo(MovedMax);
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

    private void Print(int nodes, int zones, int partitions, RingSnapshot ring, Moves joins, Moves leaves)
    {
        output.WriteLine("| S | zones | Q | mean ÷ hottest, slots | first ranks | join: mean, worst | leave: mean, worst |");
        output.WriteLine(
            $"| {nodes} | {zones} | {partitions} | {Rings.Evenness(ring):F3} | {Rings.PrimaryEvenness(ring):F3} | "
            + $"{joins.Mean:F2}, {joins.Worst:F2} | {leaves.Mean:F2}, {leaves.Worst:F2} |");
    }
}
