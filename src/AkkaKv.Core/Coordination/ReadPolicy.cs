namespace AkkaKv.Core.Coordination;

/// <summary>How a read chooses whom it asks, and when.</summary>
/// <param name="SpeculationDelay">How long the first R may take before others are asked as well.</param>
/// <param name="AskAllOneIn">
/// One read in so many asks all owners at once, so that repair also reaches replicas that no read needs; 1 is every read.
/// </param>
public sealed record ReadPolicy(TimeSpan SpeculationDelay, int AskAllOneIn);

/// <summary>
/// When a node that was asked counts as late: past the latency that 99 of 100 recent requests did not exceed, within
/// bounds.
/// </summary>
/// <param name="Initial">While there are too few requests to tell.</param>
/// <param name="Min">Below it a hiccup of the machine would be taken for a slow node. Default 5 ms.</param>
/// <param name="Max">Above it a client's deadline would be wasted on waiting, when everything is slow. Default 100 ms.</param>
public sealed record LatenessOptions(TimeSpan Initial, TimeSpan Min, TimeSpan Max)
{
    public static LatenessOptions Default { get; } =
        new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(100));

    public TimeSpan Of(LatencyTracker latencies)
    {
        if (latencies.Percentile(990) is not { } high)
            return Initial;
        return high < Min ? Min : high > Max ? Max : high;
    }
}
