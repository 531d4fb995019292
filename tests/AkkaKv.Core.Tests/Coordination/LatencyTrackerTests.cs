using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Coordination;

public sealed class LatencyTrackerTests
{
    [Fact]
    public void Too_few_samples_are_no_opinion()
    {
        var tracker = new LatencyTracker();
        for (int i = 1; i < LatencyTracker.SamplesMin; i++)
            tracker.Record(TimeSpan.FromMilliseconds(1));
        tracker.Percentile(990).ShouldBeNull();
        LatenessOptions.Default.Of(tracker).ShouldBe(LatenessOptions.Default.Initial);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_percentile_is_that_of_the_sorted_samples_and_at_most_an_eighth_more(ulong seed)
    {
        var random = new RandomSource(seed);
        var tracker = new LatencyTracker();
        var samples = new List<long>();
        for (int i = 0; i < 4_000; i++)
        {
            long micros = 1 + (long)(Math.Pow(random.NextDouble(), 6) * 10_000_000);
            samples.Add(micros);
            tracker.Record(TimeSpan.FromMicroseconds(micros));
        }

        samples.Sort();
        foreach (int perMille in (int[])[1, 500, 900, 990, 1000])
        {
            long exact = samples[((samples.Count * perMille) + 999) / 1000 - 1];
            double found = tracker.Percentile(perMille)!.Value.TotalMicroseconds;
            found.ShouldBeGreaterThanOrEqualTo(exact, $"seed {seed}, {perMille} per mille");
            found.ShouldBeLessThanOrEqualTo((exact * 1.125) + 1, $"seed {seed}, {perMille} per mille");
        }
    }

    [Fact]
    public void What_was_long_ago_fades()
    {
        var tracker = new LatencyTracker();
        for (int i = 0; i < 4_000; i++)
            tracker.Record(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 100_000; i++)
            tracker.Record(TimeSpan.FromMilliseconds(1));
        tracker.Percentile(990)!.Value.ShouldBeLessThan(TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public void The_longest_and_the_shortest_latency_have_a_place()
    {
        var tracker = new LatencyTracker();
        for (int i = 0; i < 64; i++)
            tracker.Record(i % 2 == 0 ? TimeSpan.Zero : TimeSpan.MaxValue);
        tracker.Percentile(1)!.Value.ShouldBeLessThan(TimeSpan.FromMicroseconds(3));
        tracker.Percentile(1000)!.Value.ShouldBeGreaterThan(TimeSpan.FromMinutes(30));
        LatenessOptions.Default.Of(tracker).ShouldBe(LatenessOptions.Default.Max);
    }
}
