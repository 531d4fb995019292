using System.CommandLine;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv ring</c>: who owns how much, and how even that is.</summary>
internal sealed class RingCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly Option<bool> _partitions = new("--partitions") { Description = "Lists every partition with its owners." };

    public Command Build()
    {
        var command = new Command("ring", "Shows each member's share of the ring and the balance.");
        command.Options.Add(_partitions);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        var ring = await client.RingAsync(cancellation);
        var shares = RingReport.SharesOf(ring);
        if (connection.IsJson(parse))
        {
            terminal.OutText.WriteLine(JsonText.Of(new
            {
                epoch = ring.Epoch,
                partitions = ring.Partitions,
                n = ring.N,
                balance = RingReport.Balance(shares),
                shares,
                owners = parse.GetValue(_partitions) ? ring.Owners : null,
            }));
            return ExitCode.Ok;
        }
        ReportPrinter.Print(terminal, RingReport.Of(ring, shares));
        if (parse.GetValue(_partitions))
            TablePrinter.ForOut(terminal).Print(["PARTITION", "OWNERS"], ring.Owners.Select((owners, at) => (IReadOnlyList<string>)[at.ToString(), string.Join(", ", owners)]));
        return ExitCode.Ok;
    }
}
