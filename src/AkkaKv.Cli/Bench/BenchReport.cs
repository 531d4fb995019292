using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Bench;

/// <summary>Latencies in microseconds.</summary>
internal sealed record LatencyReport(long Count, double PerSecond, double Mean, double P50, double P90, double P99, double P999, double Max)
{
    public static LatencyReport Of(LatencyHistogram histogram, double seconds) => new(
        histogram.Count,
        seconds > 0 ? Math.Round(histogram.Count / seconds, 1) : 0,
        Micros(histogram.Mean),
        Micros(histogram.Percentile(0.5)),
        Micros(histogram.Percentile(0.9)),
        Micros(histogram.Percentile(0.99)),
        Micros(histogram.Percentile(0.999)),
        Micros(histogram.Max));

    private static double Micros(double nanoseconds) => Math.Round(nanoseconds / 1000, 1);
}

/// <summary>What a measurement came to.</summary>
internal sealed record BenchReport(
    BenchOptions Options,
    double Seconds,
    double OperationsPerSecond,
    LatencyReport Reads,
    LatencyReport Writes,
    long Misses,
    long Siblings,
    IReadOnlyDictionary<string, long> Errors,
    double? StealShare,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Above this share of stolen CPU time a measurement is of the neighbours too.</summary>
    public const double StealShareMax = 0.10;

    public static BenchReport Of(BenchOptions options, BenchTally tally, BenchTally? preload, TimeSpan elapsed, double? steal)
    {
        var warnings = new List<string>();
        if (preload is { Errors.Count: > 0 })
            warnings.Add($"the preload had errors, so reads may miss: {string.Join(", ", preload.Errors.Select(each => $"{each.Key} {each.Value}"))}");
        if (steal > StealShareMax)
            warnings.Add($"{Shown.Percent(steal.Value)} of the CPU time was stolen by the host's other guests (at most {Shown.Percent(StealShareMax)} is sound): repeat the run");
        if (tally.Misses > 0)
            warnings.Add($"{tally.Misses} reads found nothing: a miss is cheaper than a hit");
        double seconds = elapsed.TotalSeconds;
        return new BenchReport(
            options,
            Math.Round(seconds, 3),
            seconds > 0 ? Math.Round(tally.Succeeded / seconds, 1) : 0,
            LatencyReport.Of(tally.Reads, seconds),
            LatencyReport.Of(tally.Writes, seconds),
            tally.Misses,
            tally.Siblings,
            tally.Errors,
            steal is { } share ? Math.Round(share, 4) : null,
            warnings);
    }

    public void Print(Terminal terminal)
    {
        var output = terminal.OutText;
        output.WriteLine(
            $"{Options.Target}: {Options.Connections} connections to {Options.Endpoints.Count} endpoints, {Options.ValueBytes} B values, "
            + $"{Options.Keys} keys ({Options.Distribution}), {Shown.Percent(Options.ReadShare)} reads, {Seconds:0.0} s, seed {Options.Seed}");
        TablePrinter.ForOut(terminal).Print(
            ["", "COUNT", "PER SECOND", "MEAN", "P50", "P90", "P99", "P99.9", "MAX"],
            [Row("reads", Reads), Row("writes", Writes)]);
        output.WriteLine($"throughput {OperationsPerSecond:N0} operations/s; latencies in milliseconds");
        output.WriteLine($"errors {(Errors.Count == 0 ? "none" : string.Join(", ", Errors.Select(each => $"{each.Key}: {each.Value}")))}; misses {Misses}; reads with siblings {Siblings}");
        output.WriteLine($"CPU steal {(StealShare is { } share ? Shown.Percent(share) : "unknown")}");
        foreach (string warning in Warnings)
            terminal.Error.WriteLine($"akkakv: warning: {warning}");
    }

    private static IReadOnlyList<string> Row(string name, LatencyReport report) =>
    [
        name, Shown.Count(report.Count), report.PerSecond.ToString("N0"), Millis(report.Mean), Millis(report.P50), Millis(report.P90), Millis(report.P99), Millis(report.P999), Millis(report.Max),
    ];

    private static string Millis(double micros) => (micros / 1000).ToString("0.000");
}
