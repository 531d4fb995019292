using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv tombstones</c>: deleted and expired keys that are not yet forgotten, and what they wait for.</summary>
internal sealed class TombstonesCommand(Terminal terminal, ConnectionFlags connection)
{
    public Command Build()
    {
        var command = new Command("tombstones", "Shows how many deleted and expired keys are still kept, and why.");
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        var answers = await MemberInquiry.AllAsync(client, await client.MembersAsync(cancellation), cancellation);
        var silent = SilentNodes.Of(answers);
        var told = answers.Where(answer => answer.Report is not null).ToList();
        long dead = told.Sum(answer => answer.Report!.Reaping.Dead);
        if (connection.IsJson(parse))
        {
            var nodes = told.Select(answer => new { node = answer.Member.Name, dead = answer.Report!.Reaping.Dead, waiting = answer.Report.Reaping.Waiting });
            terminal.OutText.WriteLine(JsonText.Of(new { dead, nodes, missing = silent, isComplete = silent.Count == 0 }));
            return ExitCode.Ok;
        }

        ReportPrinter.Print(terminal, new TextReport(
            [],
            new TextTable(["NODE", "DEAD", "WAITING", "FOR"], [.. told.SelectMany(answer => Rows(answer.Member, answer.Report!.Reaping))]),
            [.. SilentNodes.Lines(silent), $"{Shown.Count(dead)} deleted or expired keys were found by the last sweeps, each counted by the node that sweeps it."]));
        return ExitCode.Ok;
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(MemberInfo member, ReapInfo reaping)
    {
        if (reaping.Waiting.Count == 0)
            yield return [member.Name, Shown.Count(reaping.Dead), "0", ""];
        for (int at = 0; at < reaping.Waiting.Count; at++)
        {
            ReapReason waiting = reaping.Waiting[at];
            yield return [at == 0 ? member.Name : "", at == 0 ? Shown.Count(reaping.Dead) : "", Shown.Count(waiting.Keys), waiting.Reason];
        }
    }
}
