using AkkaKv.Simulation.Measuring;

namespace AkkaKv.Simulation.Tests;

/// <summary>What a repair costs in bytes: the same on every machine. The figures for a million keys are in docs/anti-entropy.md.</summary>
public sealed class RepairMeasurementTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    public void A_small_difference_costs_a_small_part_of_the_data(int partitions)
    {
        RepairCost cost = MeasuredCluster.Measure(new RepairMeasurement { Keys = 40_000, Partitions = partitions, Differing = 4 });
        cost.Agree.ShouldBeTrue();
        cost.MovedKeys.ShouldBe(4);
        cost.MovedBytes.ShouldBe(cost.MissingBytes);
        cost.AllBytes.ShouldBeLessThan(cost.DataBytes / 100);
    }

    [Fact]
    public void A_lost_disk_is_filled_once_though_three_nodes_repair()
    {
        RepairCost cost = MeasuredCluster.Measure(new RepairMeasurement { Nodes = 3, Keys = 5_000, Partitions = 8, ValueBytes = 2_000, LostDisk = true });
        cost.Agree.ShouldBeTrue();
        cost.MovedBytes.ShouldBeLessThanOrEqualTo(cost.MissingBytes * 12 / 10);
        cost.AllBytes.ShouldBeLessThanOrEqualTo(cost.MissingBytes * 13 / 10);
    }

    [Fact]
    public void Identical_replicas_cost_one_root_for_each_partition()
    {
        RepairCost cost = MeasuredCluster.Measure(new RepairMeasurement { Keys = 5_000, Partitions = 16, Differing = 0 });
        cost.MovedKeys.ShouldBe(0);
        cost.AgainBytes.ShouldBeLessThan(16 * 100);
    }
}
