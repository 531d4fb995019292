using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Faults.Loads;

/// <summary>What became of a load's requests around one fault.</summary>
/// <param name="From">Just before the fault was made.</param>
/// <param name="To">When it was there for certain.</param>
internal sealed record FaultInstant(TimeSpan From, TimeSpan To);

/// <summary>Counts and percentiles of a load's requests, printed, and the one thing that is demanded of them.</summary>
internal static class LoadFigures
{
    /// <summary>The product's own promise: an answer comes within the deadline.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Prints what was measured and demands: only what was under way at the fault may have failed.</summary>
    public static void OnlyUnderWayMayFail(ITestOutputHelper output, SteadyLoad load, FaultInstant fault, TimeSpan until, string during)
    {
        var requests = load.Done.Where(request => request.StartedAt < until).ToList();
        var before = requests.Where(request => request.EndedAt < fault.From).ToList();
        var underWay = requests.Where(request => request.StartedAt < fault.To && request.EndedAt >= fault.From).ToList();
        var after = requests.Where(request => request.StartedAt >= fault.To).ToList();
        output.WriteLine($"{during}:");
        Print(output, "  before", [.. before.TakeLast(1000)]);
        Print(output, "  under way at the fault", underWay);
        Print(output, "  in the second after", [.. InTheSecondAfter(after, fault)]);
        Print(output, "  all after", after);
        output.WriteLine($"  reads without the newest acknowledged value: {load.StaleReads}");
        foreach (var failed in underWay.Where(request => request.Failed))
            output.WriteLine($"  under way, failed: {failed}");

        string wrong = string.Join('\n', before.Concat(after).Where(request => request.Failed).Take(20));
        before.Concat(after).Count(request => request.Failed).ShouldBe(0, $"{during}: requests that were not under way at the fault failed:\n{wrong}");
        load.Errors.ShouldBeEmpty(during);
        Percentile(InTheSecondAfter(after, fault), 99).ShouldBeLessThan(Deadline, $"{during}: p99 of the second after");
    }

    public static TimeSpan Percentile(IEnumerable<LoadRequest> requests, int percent)
    {
        TimeSpan[] sorted = [.. requests.Select(request => request.Took).Order()];
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
    }

    private static IEnumerable<LoadRequest> InTheSecondAfter(IEnumerable<LoadRequest> after, FaultInstant fault) =>
        after.Where(request => request.StartedAt < fault.To + TimeSpan.FromSeconds(1));

    public static void Print(ITestOutputHelper output, string what, IReadOnlyCollection<LoadRequest> requests) => output.WriteLine(
        $"{what}: {requests.Count} requests ({requests.Count(request => request.IsWrite)} writes), {requests.Count(request => request.Failed)} failed; "
        + $"p50 {Millis(requests, 50)}, p99 {Millis(requests, 99)}, longest {Millis(requests, 100)} ms");

    private static string Millis(IEnumerable<LoadRequest> requests, int percent) => $"{Percentile(requests, percent).TotalMilliseconds:0.0}";
}
