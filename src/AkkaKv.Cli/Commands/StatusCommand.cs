using System.CommandLine;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv status</c>: what one node believes of the members, what each says of itself, and what needs a person.</summary>
internal sealed class StatusCommand(Terminal terminal, ConnectionFlags connection)
{
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
        var answers = await MemberInquiry.AllAsync(client, report.Members, cancellation);
        string answerer = report.Members.FirstOrDefault(member => member.Self)?.Name ?? "the answering node";
        StatusRow[] rows = StatusReport.RowsOf(answers, answerer, terminal.Time.GetUtcNow());
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.Of(rows.Select(Json)));
        else
            ReportPrinter.Print(terminal, StatusReport.Of(rows, report.IsComplete, answerer, Last(rows)));
        return ExitCode.Ok;
    }

    private static string Last(StatusRow[] rows) =>
        $"{rows.Count(row => row.Answer.Health is { Ready: true })} of {rows.Length} nodes are ready. (* answered; state, phi, heartbeat, skew and comparisons are its opinion)";

    private static object Json(StatusRow row) => new
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
