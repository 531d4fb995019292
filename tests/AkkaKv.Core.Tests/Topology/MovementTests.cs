using System.Globalization;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.Ring;
using AkkaKv.Core.Topology;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Topology;

/// <summary>What whole changes move beside the least that they must, and how even the load is afterwards.</summary>
public sealed class MovementTests(ITestOutputHelper output)
{
    private const double MovedMax = 1.3;
    private const double EvennessMin = 0.95;

    [Fact]
    public void A_change_moves_little_more_than_it_must_and_leaves_the_load_even()
    {
        output.WriteLine("| change | Q | moved | least | moved ÷ least | mean ÷ hottest after |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|");
        Check("1 → 3 nodes", Rings.Even(1, 256), Joins(1, 3));
        Check("3 → 4 nodes", Rings.Even(3, 256), Joins(3, 4));
        Check("3 → 6 nodes", Rings.Even(3, 256), Joins(3, 6));
        Check("6 → 4 nodes", Rings.Even(6, 256), Leaves(4, 6));
        Check("6 → 3 nodes", Rings.Even(6, 256), Leaves(3, 6));
        Check("9 → 10 nodes", Rings.Even(9, 256), Joins(9, 10));
        Check("10 → 9 nodes", Rings.Even(10, 256), Leaves(9, 10));
        Check("one of 5 replaced", Rings.Even(5, 256), Replaced(2, "other"));
        Check("one of 10 replaced", Rings.Even(10, 256), Replaced(2, "other"));
        Check("two join 6, one leaves", Rings.Even(6, 256), [.. Joins(6, 8), .. Leaves(0, 1)]);
        Check("3 → 6 nodes in 3 zones", Rings.Even(3, 256, zones: 3), Joins(3, 6, zones: 3));
        Check("6 → 9 nodes in 3 zones", Rings.Even(6, 256, zones: 3), Joins(6, 9, zones: 3));
        Check("one of 6 weighs 2 instead of 1", Rings.Even(6, 256), [new StagedChange(ChangeKind.Weight, Node(0), Rings.Member("node-0", 2))]);
        Check("30 → 33 nodes", Rings.Even(30, 2048), Joins(30, 33));
    }

    private void Check(string change, RingTopology before, StagedChange[] staged)
    {
        ClusterConfiguration configuration = TopologyActor.FirstOf(before) with { Epoch = 2, ClusterId = 77, Staged = staged };
        TopologyPlanTold told = ChangePlanning.Of(configuration, static _ => true);
        ChangePlan plan = told.Plan ?? throw new InvalidOperationException($"{change}: {told.Problem}");
        ClusterConfiguration committed = ConfigurationSteps.Commit(configuration).Configuration!;
        double evenness = Rings.Evenness(RingSnapshot.Of(committed.Ring with { Members = committed.Next!, AlsoMembers = null }));
        double ratio = plan.PartitionsMoved / (double)Math.Max(1, plan.PartitionsMin);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {change} | {before.Partitions} | {plan.PartitionsMoved} | {plan.PartitionsMin} | {ratio:0.00} | {evenness:0.000} |"));
        ratio.ShouldBeLessThanOrEqualTo(MovedMax, change);
        evenness.ShouldBeGreaterThanOrEqualTo(EvennessMin, change);
        plan.Moves.Sum(move => move.Partitions).ShouldBe(plan.PartitionsMoved, change);
    }

    private static StagedChange[] Joins(int from, int to, int zones = 0) =>
        [.. Enumerable.Range(from, to - from).Select(i => new StagedChange(ChangeKind.Join, Node(i), Rings.Member($"node-{i}", 1, zones == 0 ? "" : $"z{i % zones}")))];

    private static StagedChange[] Leaves(int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(i => new StagedChange(ChangeKind.Leave, Node(i), null))];

    private static StagedChange[] Replaced(int old, string name) => [new StagedChange(ChangeKind.Replace, Node(old), Rings.Member(name))];

    private static NodeId Node(int number) => new($"node-{number}");
}
