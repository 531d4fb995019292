using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Ids;

/// <summary><c>akkakv id next</c>: ids from the cluster, one per line.</summary>
internal sealed class IdNextCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly Option<string> _scheme = new("--scheme")
    {
        Description = "How they are made.",
        HelpName = string.Join('|', IdSchemes.Names),
        DefaultValueFactory = _ => IdSchemes.NameOf(IdScheme.Snowflake),
    };

    private readonly Option<int> _count = new("--count") { Description = $"How many, 1 to {IIdService.CountMax}.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public Command Build()
    {
        var command = new Command("next", "Makes ids in the cluster and prints them, one per line.");
        _scheme.AcceptOnlyFromAmong([.. IdSchemes.Names]);
        command.Options.Add(_scheme);
        command.Options.Add(_count);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        int count = parse.GetValue(_count);
        if (count is < 1 or > IIdService.CountMax)
            throw new UsageException($"--count must be 1 to {IIdService.CountMax}; found {count}");
        string scheme = parse.GetRequiredValue(_scheme);
        using var client = connection.Connect(parse);
        IdsReply reply = await client.Ids.NextAsync(IdSchemes.Parse(scheme)!.Value, count, cancellation);
        if (reply.Error is { } error)
            return new ErrorPrinter(terminal, connection.IsJson(parse)).Print(error);
        if (reply.Warning is { } warning)
            await terminal.Error.WriteLineAsync($"akkakv: {warning}");
        if (connection.IsJson(parse))
        {
            terminal.OutText.WriteLine(JsonText.Of(new { scheme, ids = reply.Ids }));
            return ExitCode.Ok;
        }

        foreach (string id in reply.Ids)
            terminal.OutText.WriteLine(id);
        return ExitCode.Ok;
    }
}
