using AkkaKv.Api;

namespace AkkaKv.Reports;

/// <summary>What in a status needs a person, in words: what was found, and what to do.</summary>
internal static class StatusWarnings
{
    /// <summary>Shorter absences are restarts, and need nobody.</summary>
    private static readonly TimeSpan AbsenceMax = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan HintAgeMax = TimeSpan.FromHours(1);

    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(1);

    /// <summary>With the usual interval of ten minutes, everything has been compared by then.</summary>
    private static readonly TimeSpan FirstComparisonMax = TimeSpan.FromMinutes(30);

    /// <summary>The warnings that belong to one member.</summary>
    /// <param name="answer">What it says of itself, and what is thought of it.</param>
    /// <param name="answerer">The node whose opinion that is.</param>
    /// <param name="now">By this machine's clock.</param>
    public static IReadOnlyList<string> Of(NodeAnswer answer, string answerer, DateTimeOffset now)
    {
        var warnings = new List<string>();
        if (answer.Member.Health is { } health)
        {
            AddAbsence(warnings, health, answerer, now);
            AddSkew(warnings, health, answerer);
            AddComparison(warnings, health, answerer, now);
        }

        if (answer.Report is { } report)
            AddReport(warnings, report);
        return warnings;
    }

    private static void AddAbsence(List<string> warnings, MemberHealth health, string answerer, DateTimeOffset now)
    {
        TimeSpan age = now - health.Since;
        if (health.State == "reachable" || age < AbsenceMax)
            return;
        string since = $"{Shown.Age(age)} (since {Shown.Moment(health.Since)})";
        warnings.Add(health.State switch
        {
            "suspected" => $"{answerer} suspects it for {since}: its connection stands, but it is silent. See whether its process hangs or its machine stalls; its writes wait as hints meanwhile.",
            "unknown" => $"{answerer} never reached it, for {since}: see that it runs, and that its Endpoint in Cluster:Members is right.",
            _ => $"{answerer} has no connection to it for {since}: see that its process runs and that the network lets peers through. Its writes wait as hints; when it was away for longer than they live, run 'akkakv repair'.",
        });
    }

    private static void AddSkew(List<string> warnings, MemberHealth health, string answerer)
    {
        if (health.ClockSkew is { } skew && skew.Duration() > SkewMax)
            warnings.Add($"its clock is {Shown.Age(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} {answerer}'s: values expire and lww=true decides by these clocks. Run a time service on both.");
    }

    private static void AddComparison(List<string> warnings, MemberHealth health, string answerer, DateTimeOffset now)
    {
        if (health.PartitionsNeverCompared > 0 && health.State == "reachable" && now - health.Since > FirstComparisonMax)
            warnings.Add($"{Shown.Count(health.PartitionsNeverCompared)} partitions that it shares with {answerer} were not compared since {answerer} started: see AntiEntropy:Window and 'akkakv repair'.");
    }

    private static void AddReport(List<string> warnings, NodeReport report)
    {
        foreach (HintsInfo hints in report.Hints.Where(hints => hints.OldestAge > HintAgeMax))
            warnings.Add($"it keeps {Shown.Count(hints.Keys)} keys for {hints.Target}, the oldest for {Shown.Age(hints.OldestAge)}: past Hints:BytesMax it refuses more. Bring {hints.Target} back, or replace it.");
        if (report.Repair is { DamagedKeys: > 0 } repair)
            warnings.Add($"its last repair met {Shown.Count(repair.DamagedKeys)} keys that a replica cannot read: see that node's log and its disk.");
        if (!report.IsComplete)
            warnings.Add("it did not say everything in time, and what is missing shows as nothing: ask again; if it stays so, the node is overloaded.");
    }
}
