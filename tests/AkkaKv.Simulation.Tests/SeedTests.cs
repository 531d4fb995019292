using System.Globalization;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Tests.Mutants;
using AkkaKv.Simulation.World;
using Xunit.Abstractions;

namespace AkkaKv.Simulation.Tests;

/// <summary>
/// The product under faults: some hundred seeds in every build, and every seed that ever failed. More with
/// AKKAKV_SIMULATION_SEEDS.
/// </summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_promise_holds_in_the_seeds_of_every_build()
    {
        long seeds = long.Parse(Environment.GetEnvironmentVariable("AKKAKV_SIMULATION_SEEDS") ?? "300", CultureInfo.InvariantCulture);
        var failures = new List<string>();
        Parallel.For(1L, seeds + 1, seed =>
        {
            RunResult result = SimulationRun.Of(new SimulationOptions((ulong)seed));
            if (result.Violation is null)
                return;
            lock (failures)
                failures.Add(FailureReport.Of(result));
        });
        failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Every_promise_holds_in_clusters_of_other_sizes(int nodes)
    {
        for (ulong seed = 1; seed <= 25; seed++)
        {
            RunResult result = SimulationRun.Of(new SimulationOptions(seed, nodes, 200));
            result.Violation.ShouldBeNull(result.Violation is null ? null : FailureReport.Of(result));
        }
    }

    [Fact]
    public void Every_promise_holds_while_both_spaces_of_every_store_are_written_removed_and_scanned()
    {
        // What goes past the replicas is in no tree, and would never be cleared where a node owns it no longer.
        var exercised = new WorldSeams { Recipe = StoreExerciser.Recipe, Shape = shape => shape with { RepairsItself = false, StoresAreItsOwn = false, LoopsMax = 1 } };
        for (ulong seed = 1; seed <= 100; seed++)
        {
            RunResult result = SimulationRun.Of(new SimulationOptions(seed, 3, 100) { Changes = Occurrence.Never }, exercised);
            result.Violation.ShouldBeNull(result.Violation is null ? null : FailureReport.Of(result));
        }
    }

    [Fact]
    public void Seeds_that_once_failed_hold()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Seeds"), "*.txt").Order(StringComparer.Ordinal))
        {
            string command = File.ReadLines(path).First(line => line.StartsWith("replay: ", StringComparison.Ordinal))["replay: ".Length..];
            SweepOptions options = CommandLine.Parse(command.Split(' '));
            RunResult result = SimulationRun.Of(options.Run with { Seed = options.Replay!.Value });
            output.WriteLine($"{Path.GetFileNameWithoutExtension(path)}: {result.Events} events");
            result.Violation.ShouldBeNull(result.Violation is null ? null : $"{path}: {FailureReport.Of(result)}");
        }
    }
}
