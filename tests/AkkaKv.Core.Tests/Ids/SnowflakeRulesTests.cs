using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Ids;

public sealed class SnowflakeRulesTests(ITestOutputHelper output)
{
    private delegate SnowflakeStep Rule(long state, long nowMillis, in SnowflakeBounds bounds, int count);

    private static readonly SnowflakeBounds Anything = new(-1, long.MaxValue, long.MaxValue);

    private static readonly SnowflakeLayout Small = new() { TimeBits = 53, DatacenterBits = 3, MachineBits = 3, SequenceBits = 4 };

    private static SnowflakeRules Rules(int start = 0, int wait = 50) => new(Small, start, wait);

    [Fact]
    public void A_sequence_begins_at_its_start_and_its_end_waits_for_the_next_millisecond()
    {
        SnowflakeRules rules = Rules(start: 5);

        SnowflakeStep first = rules.Next(SnowflakeRules.Beginning, 100, Anything, 4);
        SnowflakeStep rest = rules.Next(first.State, 100, Anything, 100);
        SnowflakeStep spent = rules.Next(rest.State, 100, Anything, 1);
        SnowflakeStep next = rules.Next(rest.State, 101, Anything, 1);

        (first.Outcome, first.Count, rules.SequenceOf(first.State)).ShouldBe((SnowflakeOutcome.Issued, 4, 8));
        (rest.Count, rules.SequenceOf(rest.State)).ShouldBe((7, 15));
        (spent.Outcome, spent.Millis, spent.State).ShouldBe((SnowflakeOutcome.Wait, 1, rest.State));
        (rules.MillisOf(next.State), rules.SequenceOf(next.State)).ShouldBe((101, 5));
    }

    [Theory]
    [InlineData(1, SnowflakeOutcome.Wait)]
    [InlineData(50, SnowflakeOutcome.Wait)]
    [InlineData(51, SnowflakeOutcome.ClockBehind)]
    [InlineData(3_600_000, SnowflakeOutcome.ClockBehind)]
    public void A_clock_that_went_back_changes_nothing(long back, SnowflakeOutcome outcome)
    {
        SnowflakeRules rules = Rules();
        long state = rules.Next(SnowflakeRules.Beginning, 10_000_000, Anything, 3).State;

        SnowflakeStep step = rules.Next(state, 10_000_000 - back, Anything, 1);

        (step.Outcome, step.Millis, step.State, step.Count).ShouldBe((outcome, back, state, 0));
    }

    [Fact]
    public void Bounds_are_kept_to_the_millisecond()
    {
        SnowflakeRules rules = Rules();
        var bounds = new SnowflakeBounds(100, 200, 150);

        Outcome(100).ShouldBe((SnowflakeOutcome.BeforeGrant, 1));
        Outcome(101).ShouldBe((SnowflakeOutcome.Issued, 0));
        Outcome(150).ShouldBe((SnowflakeOutcome.Issued, 0));
        Outcome(151).ShouldBe((SnowflakeOutcome.MarkReached, 1));
        Outcome(201).ShouldBe((SnowflakeOutcome.AfterGrant, 1));
        Outcome(-1).ShouldBe((SnowflakeOutcome.BeforeEpoch, 1));

        (SnowflakeOutcome, long) Outcome(long now)
        {
            SnowflakeStep step = rules.Next(rules.Spent(-5), now, bounds, 1);
            return (step.Outcome, step.Millis);
        }
    }

    [Fact]
    public void After_the_horizon_there_are_no_ids()
    {
        var rules = new SnowflakeRules(SnowflakeLayout.Default, 0, 50);
        long last = SnowflakeLayout.Default.MillisMax;

        SnowflakeStep final = rules.Next(SnowflakeRules.Beginning, last, Anything, 10_000);

        final.Outcome.ShouldBe(SnowflakeOutcome.Issued);
        SnowflakeLayout.Default.Compose(last, SnowflakeLayout.Default.WorkerMax, rules.SequenceOf(final.State)).ShouldBe(long.MaxValue);
        rules.Next(final.State, last + 1, Anything, 1).Outcome.ShouldBe(SnowflakeOutcome.PastHorizon);
    }

    [Fact]
    public void Whatever_the_clock_does_states_only_grow_and_no_id_is_made_twice()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        for (ulong run = 0; run < 200; run++)
            Trouble(Rules(start: (int)(run % 3)).Next, seed + run).ShouldBeNull();
    }

    [Fact]
    public void A_sequence_that_is_touched_before_the_clock_is_looked_at_is_caught()
    {
        int runs = 0;
        while (runs < 200 && Trouble(TouchesFirst, (ulong)runs) is null)
            runs++;
        runs.ShouldBeLessThan(200);
    }

    [Fact]
    public void A_wait_that_goes_on_without_the_clock_is_caught()
    {
        int runs = 0;
        while (runs < 200 && Trouble(WaitsWithoutLooking, (ulong)runs) is null)
            runs++;
        runs.ShouldBeLessThan(200);
    }

    // As many a program does it: another millisecond than the last one begins a new sequence, and only then the clock is judged.
    private static SnowflakeStep TouchesFirst(long state, long now, in SnowflakeBounds bounds, int count)
    {
        SnowflakeRules rules = Rules();
        long touched = now == rules.MillisOf(state) ? state : rules.Spent(now - 1);
        SnowflakeStep step = rules.Next(touched, Math.Max(now, 0), bounds, count);
        return now < rules.MillisOf(state) ? step with { Outcome = SnowflakeOutcome.Wait, Count = 0 } : step;
    }

    // When its sequence is spent it takes the next millisecond's, whatever the clock says when it comes back.
    private static SnowflakeStep WaitsWithoutLooking(long state, long now, in SnowflakeBounds bounds, int count)
    {
        SnowflakeRules rules = Rules();
        SnowflakeStep step = rules.Next(state, now, bounds, count);
        return step.Outcome == SnowflakeOutcome.Wait ? rules.Next(rules.Spent(now - 1), now, bounds, count) : step;
    }

    private static string? Trouble(Rule rule, ulong seed)
    {
        SnowflakeRules rules = Rules();
        var random = new RandomSource(seed);
        var made = new HashSet<long>();
        long state = SnowflakeRules.Beginning;
        long now = 1_000;
        long last = -1;
        for (int step = 0; step < 500; step++)
        {
            now = Math.Max(0, now + (random.Next(10) == 0 ? random.Next(300) - 150 : random.Next(3)));
            SnowflakeStep next = rule(state, now, Anything, 1 + random.Next(20));
            for (int i = next.Count - 1; i >= 0; i--)
            {
                long id = next.State - i;
                if (!made.Add(id))
                    return $"{id} twice";
                if (id <= last)
                    return $"{id} after {last}";
                last = id;
            }

            if (next.Count > 0 && rules.MillisOf(next.State) != now)
                return "an id is of the moment in which it was made";
            state = next.State;
        }

        return null;
    }
}
