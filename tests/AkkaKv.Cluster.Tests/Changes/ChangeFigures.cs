using AkkaKv.Api;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Changes;

/// <summary>What clients noticed of a change, as rows of a table.</summary>
internal static class ChangeFigures
{
    public const string Header = "| during | seconds | calls | failed, to be retried | failed otherwise | p50 ms | p99 ms | p99 ÷ before | longest ms |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|";

    /// <summary>Prints the row of the calls that began in a span of time.</summary>
    /// <returns>The p99.</returns>
    public static double Print(ITestOutputHelper output, PacedClients clients, string during, TimeSpan from, TimeSpan to, double? before)
    {
        PacedCall[] calls = [.. clients.Done.Where(call => call.StartedAt >= from && call.StartedAt < to)];
        double[] took = [.. calls.Select(call => call.Took.TotalMilliseconds).Order()];
        double p99 = Percentile(took, 0.99);
        output.WriteLine(
            $"| {during} | {(to - from).TotalSeconds:0.0} | {calls.Length} | {calls.Count(IsToBeRetried)} | {calls.Count(call => call.Error is not null && !IsToBeRetried(call))} "
            + $"| {Percentile(took, 0.5):0.0} | {p99:0.0} | {(before is { } first ? $"{p99 / first:0.0}" : "1.0")} | {Percentile(took, 1):0} |");
        return p99;
    }

    /// <summary>Nothing was done, and the answer says to try again.</summary>
    public static bool IsToBeRetried(PacedCall call) => call.Error is { Retryable: true, Outcome: KvOutcome.NotAttempted };

    private static double Percentile(double[] sorted, double part) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
}
