using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Agreement;

/// <summary>
/// Whatever the network, the crashes and the proposals: one value, and one that was proposed; and once all is well again,
/// a value at all.
/// </summary>
public sealed class DecisionPropertyTests(ITestOutputHelper output)
{
    private const int Seeds = 4_000;

    [Fact]
    public void Never_two_values_are_decided_and_a_healed_network_decides()
    {
        ulong first = (ulong)Random.Shared.Next() << 16;
        output.WriteLine($"seeds {first} to {first + Seeds - 1}");
        int contested = 0;
        int undecided = 0;
        for (ulong seed = first; seed < first + Seeds; seed++)
        {
            DecisionWorld world = Played(seed, DecisionMutant.None);
            world.Decided.Count.ShouldBe(1, $"seed {seed}: {string.Join(", ", world.Answers)}");
            world.Proposed.ShouldContain(world.Decided[0], $"seed {seed}");
            contested += world.Answers.Count(answer => answer.Value is not null) > 1 ? 1 : 0;
            undecided += world.Answers.Count(answer => answer.Value is null);
        }

        output.WriteLine($"{contested} decisions were told to several proposals, {undecided} proposals gave up meanwhile");
        contested.ShouldBeGreaterThan(Seeds / 4);
        undecided.ShouldBeGreaterThan(0);
    }

    // Which seed catches it is nothing to hold on to; that one does, is.
    [Theory]
    [InlineData((int)DecisionMutant.IgnoresAccepted)]
    [InlineData((int)DecisionMutant.AnswersBeforeDurable)]
    [InlineData((int)DecisionMutant.ForgetsStoreIds)]
    public void A_mutant_is_caught(int mutant)
    {
        for (ulong seed = 1; seed <= 40_000; seed++)
        {
            if (Played(seed, (DecisionMutant)mutant).Decided.Count < 2)
                continue;
            output.WriteLine($"{(DecisionMutant)mutant}: two values under seed {seed}");
            return;
        }

        false.ShouldBeTrue($"{(DecisionMutant)mutant} was never caught");
    }

    private static DecisionWorld Played(ulong seed, DecisionMutant mutant)
    {
        var world = new DecisionWorld(seed, mutant);
        world.Run();
        return world;
    }
}
