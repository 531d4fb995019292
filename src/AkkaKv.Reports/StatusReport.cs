using System.Globalization;
using AkkaKv.Api;

namespace AkkaKv.Reports;

/// <summary>A member in a status.</summary>
/// <param name="Answer">What it says of itself, and what is thought of it.</param>
/// <param name="Hints">Keys that all who were asked keep for it.</param>
/// <param name="Warnings">What of it needs a person.</param>
internal sealed record StatusRow(NodeAnswer Answer, long Hints, IReadOnlyList<string> Warnings);

/// <summary>What one node believes of the members, what each says of itself, and what needs a person.</summary>
internal static class StatusReport
{
    private static readonly string[] Columns =
    [
        "NODE", "HTTP", "ZONE", "WEIGHT", "STATE", "READY", "PHI", "HEARTBEAT", "SKEW", "HINTS", "COMPARED", "DIFFERING", "PARTITIONS", "KEYS", "LIVE BYTES",
        "DURABILITY",
    ];

    /// <param name="answers">One for each member.</param>
    /// <param name="answerer">The node whose opinion of the others it is.</param>
    /// <param name="now">By this machine's clock.</param>
    public static StatusRow[] RowsOf(IReadOnlyList<NodeAnswer> answers, string answerer, DateTimeOffset now) =>
        [.. answers.Select(answer => new StatusRow(answer, HintsFor(answer.Member.Name, answers), StatusWarnings.Of(answer, answerer, now)))];

    /// <param name="isComplete">False when <paramref name="answerer"/> did not say everything in time.</param>
    /// <param name="last">The last sentence: who was asked.</param>
    public static TextReport Of(IReadOnlyList<StatusRow> rows, bool isComplete, string answerer, string last)
    {
        var foot = new List<string>();
        foreach (var answer in rows.Select(row => row.Answer).Where(answer => answer.Health is { Ready: false } || answer.Error is not null))
            foot.Add($"{answer.Member.Name}: {answer.Error?.Detail ?? string.Join("; ", answer.Health!.Reasons)}");
        foreach (var row in rows)
            foot.AddRange(row.Warnings.Select(warning => $"! {row.Answer.Member.Name}: {warning}"));
        if (!isComplete)
            foot.Add($"! {answerer} did not say in time what it thinks of every member: what is missing is empty here.");
        foot.Add(last);
        return new TextReport([], new TextTable(Columns, [.. rows.Select(Cells)]), foot);
    }

    // Every node keeps hints of its own: one node's opinion would miss most of them.
    private static long HintsFor(string member, IReadOnlyList<NodeAnswer> answers) =>
        answers.Sum(each => each.Report?.Hints.Where(hints => hints.Target == member).Sum(hints => hints.Keys) ?? 0);

    private static IReadOnlyList<string> Cells(StatusRow row)
    {
        MemberInfo member = row.Answer.Member;
        MemberHealth? health = member.Health;
        return
        [
            member.Name + (member.Self ? " *" : ""),
            member.HttpEndpoint ?? "",
            member.Zone,
            member.Weight.ToString("0.##", CultureInfo.InvariantCulture),
            health?.State ?? (member.Reachable ? "reachable" : "unreachable"),
            Ready(row.Answer),
            health is null || member.Self ? "" : PhiText(health.Phi),
            member.Self ? "" : Shown.Age(health?.HeartbeatAge),
            member.Self ? "" : Shown.Age(health?.ClockSkew),
            Shown.Count(row.Hints),
            health is null || member.Self ? "" : health.SinceExchange is { } since ? Shown.Age(since) : "never",
            health is null || member.Self ? "" : Shown.Count(health.DifferingKeys),
            Shown.Count(member.Partitions),
            Fact(row.Answer, "keys"),
            Fact(row.Answer, "liveBytes"),
            Fact(row.Answer, "durability"),
        ];
    }

    // It grows without bound, and past suspicion nobody reads it as a number.
    private static string PhiText(double phi) => phi >= 1000 ? "> 999" : phi.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Ready(NodeAnswer answer) => answer switch
    {
        { Health.Ready: true } => "yes",
        { Health: not null } => "no",
        { Error: not null } => "no answer",
        _ => "unknown",
    };

    // The rest of what a store says of itself is in the JSON: too wide for a table.
    private static string Fact(NodeAnswer answer, string name) => answer.Health?.Store.GetValueOrDefault(name) ?? "";
}
