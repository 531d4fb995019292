using System.CommandLine;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv hints</c>: what every node keeps for those that are, or were, down.</summary>
internal sealed class HintsCommand(Terminal terminal, ConnectionFlags connection)
{
    public Command Build()
    {
        var command = new Command("hints", "Shows which node keeps how many keys for which other, and for how long.");
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        var answers = await MemberInquiry.AllAsync(client, await client.MembersAsync(cancellation), cancellation);
        var silent = SilentNodes.Of(answers);
        if (connection.IsJson(parse))
        {
            terminal.OutText.WriteLine(JsonText.Of(new
            {
                hints = answers.SelectMany(answer => answer.Report?.Hints.Select(hints => new
                {
                    keptBy = answer.Member.Name,
                    target = hints.Target,
                    keys = hints.Keys,
                    bytes = hints.Bytes,
                    oldestAge = hints.OldestAge,
                }) ?? []),
                missing = silent,
                isComplete = silent.Count == 0,
            }));
            return ExitCode.Ok;
        }

        ReportPrinter.Print(terminal, HintsReport.Of(answers, silent));
        return ExitCode.Ok;
    }
}
