using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Client;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv status</c>: what one node believes of the members, and what each member says of itself.</summary>
internal sealed class StatusCommand(Terminal terminal, ConnectionFlags connection)
{
    private sealed record Row(MemberInfo Member, NodeHealth? Health, KvError? Error);

    public Command Build()
    {
        var command = new Command("status", "Shows the members: reachable, ready or why not, partitions, store.");
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        var members = await client.MembersAsync(cancellation);
        var rows = await Task.WhenAll(members.Select(member => AskAsync(client, member, cancellation)));
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.Of(rows.Select(Json)));
        else
            Print(rows);
        return ExitCode.Ok;
    }

    private static async Task<Row> AskAsync(AkkaKvClient client, MemberInfo member, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(member.HttpEndpoint, UriKind.Absolute, out var endpoint))
            return new Row(member, null, null);
        var (health, error) = await client.HealthOfAsync(endpoint, cancellation);
        return new Row(member, health, error);
    }

    private void Print(Row[] rows)
    {
        TablePrinter.ForOut(terminal).Print(
            ["NODE", "HTTP", "ZONE", "WEIGHT", "REACHABLE", "READY", "PARTITIONS", "KEYS", "LIVE BYTES", "DURABILITY"],
            rows.Select(row => (IReadOnlyList<string>)
            [
                row.Member.Name + (row.Member.Self ? " *" : ""),
                row.Member.HttpEndpoint ?? "",
                row.Member.Zone,
                row.Member.Weight.ToString("0.##"),
                row.Member.Reachable ? "yes" : "no",
                Ready(row),
                Shown.Count(row.Member.Partitions),
                Fact(row, "keys"),
                Fact(row, "liveBytes"),
                Fact(row, "durability"),
            ]));
        foreach (var row in rows.Where(row => row.Health is { Ready: false } || row.Error is not null))
            terminal.OutText.WriteLine($"{row.Member.Name}: {row.Error?.Detail ?? string.Join("; ", row.Health!.Reasons)}");
        terminal.OutText.WriteLine($"{rows.Count(row => row.Health is { Ready: true })} of {rows.Length} nodes are ready. (* answered; 'reachable' is its opinion)");
    }

    private static string Ready(Row row) => row switch
    {
        { Health.Ready: true } => "yes",
        { Health: not null } => "no",
        { Error: not null } => "no answer",
        _ => "unknown",
    };

    // The rest of what a store says of itself is in the JSON: too wide for a table.
    private static string Fact(Row row, string name) => row.Health?.Store.GetValueOrDefault(name) ?? "";

    private static object Json(Row row) => new
    {
        member = row.Member,
        ready = row.Health?.Ready,
        reasons = row.Health?.Reasons,
        store = row.Health?.Store,
        error = row.Error?.Detail,
    };
}
