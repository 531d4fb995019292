using System.CommandLine;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

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
        var answers = await NodeAnswer.AllAsync(client, await client.MembersAsync(cancellation), cancellation);
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

        Print(answers);
        SilentNodes.Print(terminal, silent);
        return ExitCode.Ok;
    }

    private void Print(NodeAnswer[] answers)
    {
        var rows = answers.SelectMany(answer => answer.Report?.Hints.Select(hints => (IReadOnlyList<string>)
            [answer.Member.Name, hints.Target, Shown.Count(hints.Keys), Shown.Count(hints.Bytes), Shown.Age(hints.OldestAge)]) ?? []).ToList();
        if (rows.Count > 0)
            TablePrinter.ForOut(terminal).Print(["KEPT BY", "FOR", "KEYS", "BYTES", "OLDEST"], rows);
        long keys = answers.Sum(answer => answer.Report?.Hints.Sum(hints => hints.Keys) ?? 0);
        terminal.OutText.WriteLine(keys == 0 ? "No hints wait." : $"{Shown.Count(keys)} hints wait; one is sent when its target is back.");
    }
}
