using System.CommandLine;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Ids;

/// <summary><c>akkakv id compare</c>: the ways of making ids side by side.</summary>
internal sealed class IdCompareCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly Option<TimeSpan?> _each = new("--for")
    {
        Description = "How long each way is measured. Default 500ms.",
        HelpName = "DURATION",
        CustomParser = DurationText.Parse,
    };

    public Command Build()
    {
        var command = new Command("compare", "Runs the ways of making ids one after the other on this machine, and shows what each is; needs no cluster.");
        command.Options.Add(_each);
        command.SetAction((parse, cancellation) => Task.FromResult(Run(parse, cancellation)));
        return command;
    }

    private int Run(ParseResult parse, CancellationToken cancellation)
    {
        IReadOnlyList<IdWay> ways = IdContest.Run(parse.GetValue(_each) ?? TimeSpan.FromMilliseconds(500), cancellation);
        if (connection.IsJson(parse))
        {
            terminal.OutText.WriteLine(JsonText.Of(new { ways }));
            return ExitCode.Ok;
        }

        TablePrinter.ForOut(terminal).Print(
            ["WAY", "BITS", "SORTABLE", "NUMERIC", "IDS/S HERE", "INDEX BYTES (AS TEXT)", "A NODE DIES", "THE CLOCK STEPS BACK"],
            ways.Select(way => (IReadOnlyList<string>)
            [
                way.Name,
                $"{way.Bits}",
                way.Sortable,
                way.IsNumeric ? "yes" : "no",
                Shown.Count((long)way.PerSecond),
                $"{way.IndexBytes} ({way.TextBytes})",
                way.NodeDies,
                way.ClockBack,
            ]));
        terminal.OutText.WriteLine(
            $"One thread of this process, without a network. Snowflake: the layout's ceiling is 4,096,000. Ticket and increment: one synced write for {Shown.Count(IdContest.Block)} numbers.");
        return ExitCode.Ok;
    }
}
