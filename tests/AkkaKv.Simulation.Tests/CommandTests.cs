using AkkaKv.Simulation.Faults;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Shrink;
using AkkaKv.Simulation.Tests.Mutants;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("--nodez 3", "There is no flag --nodez.")]
    [InlineData("--nodes", "--nodes needs a value.")]
    [InlineData("--nodes 0", "--nodes takes a whole number from 1 to 32; found '0'.")]
    [InlineData("--faults Kill,Earthquake", "There is no fault 'Earthquake'")]
    [InlineData("--faults 3", "There is no fault '3'")]
    [InlineData("seeds 3", "A flag begins with --; found 'seeds'.")]
    [InlineData("--minutes -1", "--minutes takes a positive number; found '-1'.")]
    public void What_it_does_not_understand_it_says(string line, string error) =>
        Should.Throw<UsageException>(() => CommandLine.Parse(line.Split(' '))).Message.ShouldStartWith(error);

    [Fact]
    public void The_command_of_a_run_repeats_it()
    {
        var options = new SimulationOptions(77, 3, 120) { Faults = [FaultKind.Kill, FaultKind.Loss], Without = [2, 5] };
        string line = options.Command[(options.Command.IndexOf(" -- ", StringComparison.Ordinal) + 4)..];
        SweepOptions parsed = CommandLine.Parse(line.Split(' '));
        SimulationOptions again = parsed.Run with { Seed = parsed.Replay!.Value };
        again.Command.ShouldBe(options.Command);
        SimulationRun.Of(again).TraceHash.ShouldBe(SimulationRun.Of(options).TraceHash);
    }

    [Fact]
    public void A_failing_run_becomes_smaller_and_still_fails_alike()
    {
        Mutant mutant = Mutant.All.First(candidate => candidate.Name == "waits for one acknowledgement too few");
        RunResult Run(SimulationOptions options) => SimulationRun.Of(options, mutant.Seams);
        ulong seed = 1;
        while (Run(new SimulationOptions(seed)).Violation is null)
            seed++;
        RunResult failed = Run(new SimulationOptions(seed));
        RunResult smallest = new Shrinker(Run, triesMax: 150).Shrink(failed);
        smallest.Violation!.Promise.ShouldBe(failed.Violation!.Promise);
        smallest.Options.Operations.ShouldBeLessThan(failed.Options.Operations);
        smallest.Planned.Count.ShouldBeLessThan(failed.Planned.Count);
        Run(smallest.Options).TraceHash.ShouldBe(smallest.TraceHash);
        FailureReport.WithTranscript(smallest).ShouldContain(smallest.Options.Command);
    }

    [Fact]
    public void A_backup_that_is_too_old_is_not_restored()
    {
        var strict = new WorldSeams { Shape = shape => shape with { Grace = 0 } };
        int restored = 0;
        for (ulong seed = 1; seed <= 60; seed++)
            restored += SimulationRun.Of(new SimulationOptions(seed, 5, 60), strict).Injected[(int)FaultKind.Restore];
        restored.ShouldBe(0);
    }

    [Fact]
    public void Faults_happen_in_every_kind()
    {
        var injected = new long[Enum.GetValues<FaultKind>().Length];
        for (ulong seed = 1; seed <= 150; seed++)
        {
            RunResult result = SimulationRun.Of(new SimulationOptions(seed, 5, 100));
            for (int kind = 0; kind < injected.Length; kind++)
                injected[kind] += result.Injected[kind];
        }

        injected.ShouldAllBe(count => count > 0);
    }
}
