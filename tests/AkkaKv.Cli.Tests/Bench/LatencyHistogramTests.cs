using AkkaKv.Cli.Bench;

namespace AkkaKv.Cli.Tests.Bench;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_within_a_hundredth_above_the_exact_ones()
    {
        const int seed = 11;
        var random = new Random(seed);
        var histogram = new LatencyHistogram();
        var values = new List<long>();
        for (int each = 0; each < 100_000; each++)
        {
            long value = (long)Math.Exp(random.NextDouble() * 24);
            values.Add(value);
            histogram.Record(value);
        }
        values.Sort();

        foreach (double share in new[] { 0.01, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            long exact = values[(int)Math.Ceiling(share * values.Count) - 1];
            histogram.Percentile(share).ShouldBeInRange(exact, exact + (exact / 100) + 1, $"seed {seed}, share {share}");
        }
        histogram.Max.ShouldBe(values[^1]);
        histogram.Mean.ShouldBe(values.Average(), 1);
    }

    [Fact]
    public void Small_values_are_exact_and_extremes_fit()
    {
        var histogram = new LatencyHistogram();
        foreach (long value in new[] { -5L, 0, 1, 255, 256, long.MaxValue })
            histogram.Record(value);

        histogram.Count.ShouldBe(6);
        histogram.Percentile(0.5).ShouldBe(1);
        histogram.Percentile(4 / 6.0).ShouldBe(255);
        histogram.Percentile(1).ShouldBe(long.MaxValue);
    }

    [Fact]
    public void An_empty_one_is_all_zero()
    {
        new LatencyHistogram().Percentile(0.99).ShouldBe(0);
        new LatencyHistogram().Mean.ShouldBe(0);
    }

    [Fact]
    public void Added_up_is_as_if_recorded_together()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        var together = new LatencyHistogram();
        for (int value = 0; value < 10_000; value += 7)
        {
            (value % 2 == 0 ? one : other).Record(value);
            together.Record(value);
        }

        one.Add(other);

        one.Count.ShouldBe(together.Count);
        one.Max.ShouldBe(together.Max);
        one.Percentile(0.9).ShouldBe(together.Percentile(0.9));
    }
}
