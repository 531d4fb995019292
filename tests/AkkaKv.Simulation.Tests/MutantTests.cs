using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Tests.Mutants;
using AkkaKv.Simulation.World;
using Xunit.Abstractions;

namespace AkkaKv.Simulation.Tests;

/// <summary>Every checker sees the mistake that it is there for. Without this a green run would say nothing.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int SeedsMax = 600;

    [Fact]
    public void Every_mutant_is_caught_by_the_checker_of_its_promise()
    {
        // All of them, unless only those with some words in their names are asked for.
        string words = Environment.GetEnvironmentVariable("AKKAKV_SIMULATION_MUTANTS") ?? "";
        Mutant[] mutants = [.. Mutant.All.Where(mutant => mutant.Name.Contains(words, StringComparison.Ordinal))];
        var lines = new string[mutants.Length];
        Parallel.For(0, lines.Length, i => lines[i] = Hunt(mutants[i]));
        foreach (string line in lines)
            output.WriteLine(line);
        lines.Where(line => line.Contains("NOT CAUGHT", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_promise_of_a_run_checker_has_a_mutant() =>
        Checkers.RunCheckers.All.Select(checker => checker.Promise).Except(Mutant.All.Select(mutant => mutant.Promise)).ShouldBeEmpty();

    [Fact]
    public void An_actor_that_knows_more_than_its_messages_changes_the_trace()
    {
        WorldSeams seams = Mutant.Changing(ActorRole.Replica, () => new KnowsMoreThanItsMessages());
        int seeds = 0;
        bool differs = false;
        while (!differs && seeds < 20)
        {
            var options = new SimulationOptions((ulong)++seeds);
            differs = SimulationRun.Of(options, seams).TraceHash != SimulationRun.Of(options, seams).TraceHash;
        }

        output.WriteLine($"knows more than its messages: {seeds} seeds");
        differs.ShouldBeTrue();
    }

    private static string Hunt(Mutant mutant)
    {
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int first = 0;
        for (int seed = 1; seed <= SeedsMax; seed++)
        {
            RunResult result = SimulationRun.Of(new SimulationOptions((ulong)seed) { Changes = mutant.Changes }, mutant.Seams);
            if (result.Violation is not { } violation)
                continue;
            first = first == 0 ? seed : first;
            if (violation.Promise == mutant.Promise)
                return $"{mutant.Name}: noticed after {first} seeds, by its own checker after {seed} ({mutant.Promise}){Others(others)}";
            others[violation.Promise] = others.GetValueOrDefault(violation.Promise) + 1;
        }

        return $"{mutant.Name}: NOT CAUGHT by the checker of '{mutant.Promise}' in {SeedsMax} seeds{Others(others)}";
    }

    private static string Others(SortedDictionary<string, int> others) =>
        others.Count == 0 ? "" : "; before that: " + string.Join(", ", others.Select(pair => $"{pair.Value} × {pair.Key}"));
}
