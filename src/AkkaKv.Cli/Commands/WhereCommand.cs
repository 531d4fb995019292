using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv where</c>: the nodes that hold a key, and those that would stand in.</summary>
internal sealed class WhereCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly KeyFlags _key = new();
    private readonly Option<int?> _n = new("--n") { Description = "Replicas of the key. Default: the bucket's, else the cluster's.", HelpName = "N" };

    public Command Build()
    {
        var command = new Command("where", "Shows a key's hash, partition, owners and fallbacks.");
        _key.AddTo(command);
        command.Options.Add(_n);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var key = _key.Read(parse);
        using var client = connection.Connect(parse);
        var (placement, error) = await client.PlacementAsync(key, new RequestOptions(parse.GetValue(_n)), cancellation);
        if (error is not null)
            return new ErrorPrinter(terminal, connection.IsJson(parse)).Print(error);
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.Of(Json(placement!)));
        else
            ReportPrinter.Print(terminal, PlacementReport.Of(placement!));
        return ExitCode.Ok;
    }

    private static object Json(PlacementInfo placement) => new
    {
        bucket = placement.Key.Bucket,
        key = placement.Key.NameText,
        hash = $"0x{placement.Hash:x16}",
        partition = placement.Partition,
        owners = placement.Owners,
        fallbacks = placement.Fallbacks,
    };
}
