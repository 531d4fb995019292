using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv put</c>.</summary>
internal sealed class PutCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly KeyFlags _key = new();
    private readonly ValueSource _value = new(terminal);
    private readonly QuorumFlags _quorum = new();
    private readonly ContextFlags _context = new();
    private readonly Option<string?> _contentType = new("--content-type") { Description = "What the bytes are, such as application/json.", HelpName = "TYPE" };
    private readonly Option<TimeSpan?> _ttl = new("--ttl") { Description = "How long the value stays visible, such as 30s or 12h.", HelpName = "DURATION", CustomParser = DurationText.Parse };
    private readonly Option<bool> _replace = new("--replace") { Description = "Reads the context first, so that the value replaces what is there." };
    private readonly Option<bool> _lww = new("--lww") { Description = "Last write wins: replaces what the coordinating replica holds, seen or not." };

    public Command Build()
    {
        var command = new Command("put", "Writes a value. Without --context or --replace it stands beside what is there, as a sibling.");
        _key.AddTo(command);
        _value.AddTo(command);
        _quorum.AddTo(command);
        _context.AddInTo(command);
        _context.AddOutTo(command);
        command.Options.Add(_contentType);
        command.Options.Add(_ttl);
        command.Options.Add(_replace);
        command.Options.Add(_lww);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var key = _key.Read(parse);
        bool replace = parse.GetValue(_replace);
        if (replace && _context.IsGiven(parse))
            throw new UsageException("--replace reads the context itself: give it or --context, not both");
        var put = new PutRequest(
            await _value.ReadAsync(parse, cancellation),
            parse.GetValue(_contentType),
            await _context.ReadAsync(parse, cancellation),
            parse.GetValue(_ttl) is { } ttl ? terminal.Time.GetUtcNow() + ttl : null,
            parse.GetValue(_lww));
        using var client = connection.Connect(parse);
        var options = _quorum.Read(parse);
        var reply = replace
            ? await client.ReplaceAsync(key, put, options, cancellation)
            : await client.PutAsync(key, put, options, cancellation);
        await _context.WriteAsync(parse, reply.Context, cancellation);
        return new WriteReport(terminal, connection.IsJson(parse)).Print("put", key, reply);
    }
}
