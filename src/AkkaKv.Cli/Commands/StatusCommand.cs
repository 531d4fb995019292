using System.CommandLine;
using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv status</c>: what one node believes of the members, what each says of itself, and what needs a person.</summary>
internal sealed class StatusCommand(Terminal terminal, ConnectionFlags connection)
{
    private static readonly string[] Columns =
    [
        "NODE", "HTTP", "ZONE", "WEIGHT", "STATE", "READY", "PHI", "HEARTBEAT", "SKEW", "HINTS", "COMPARED", "DIFFERING", "PARTITIONS", "KEYS", "LIVE BYTES",
        "DURABILITY",
    ];

    private sealed record Row(NodeAnswer Answer, long Hints, IReadOnlyList<string> Warnings);

    public Command Build()
    {
        var command = new Command("status", "Shows the members: state, ready or why not, hints, comparisons, store; and what needs an operator.");
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        var report = await client.ReportAsync(cancellation);
        var answers = await NodeAnswer.AllAsync(client, report.Members, cancellation);
        string answerer = report.Members.FirstOrDefault(member => member.Self)?.Name ?? "the answering node";
        Row[] rows = [.. answers.Select(answer => RowOf(answer, answers, answerer))];
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.Of(rows.Select(Json)));
        else
            Print(rows, report.IsComplete, answerer);
        return ExitCode.Ok;
    }

    private Row RowOf(NodeAnswer answer, NodeAnswer[] all, string answerer)
    {
        // Every node keeps hints of its own: one node's opinion would miss most of them.
        long hints = all.Sum(other => other.Report?.Hints.Where(each => each.Target == answer.Member.Name).Sum(each => each.Keys) ?? 0);
        return new Row(answer, hints, StatusWarnings.Of(answer, answerer, terminal.Time.GetUtcNow()));
    }

    private void Print(Row[] rows, bool isComplete, string answerer)
    {
        TablePrinter.ForOut(terminal).Print(Columns, rows.Select(Cells));
        foreach (var answer in rows.Select(row => row.Answer).Where(answer => answer.Health is { Ready: false } || answer.Error is not null))
            terminal.OutText.WriteLine($"{answer.Member.Name}: {answer.Error?.Detail ?? string.Join("; ", answer.Health!.Reasons)}");
        foreach (var row in rows)
        {
            foreach (string warning in row.Warnings)
                terminal.OutText.WriteLine($"! {row.Answer.Member.Name}: {warning}");
        }

        if (!isComplete)
            terminal.OutText.WriteLine($"! {answerer} did not say in time what it thinks of every member: what is missing is empty here.");
        int ready = rows.Count(row => row.Answer.Health is { Ready: true });
        terminal.OutText.WriteLine($"{ready} of {rows.Length} nodes are ready. (* answered; state, phi, heartbeat, skew and comparisons are its opinion)");
    }

    private static IReadOnlyList<string> Cells(Row row)
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

    private static object Json(Row row) => new
    {
        member = row.Answer.Member,
        ready = row.Answer.Health?.Ready,
        reasons = row.Answer.Health?.Reasons,
        store = row.Answer.Health?.Store,
        hintsPending = row.Hints,
        isComplete = row.Answer.Report?.IsComplete,
        warnings = row.Warnings,
        error = row.Answer.Error?.Detail,
    };
}
