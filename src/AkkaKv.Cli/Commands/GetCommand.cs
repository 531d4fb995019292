using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv get</c>: the value's bytes as they are, or the conflict and the way out of it.</summary>
internal sealed class GetCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly KeyFlags _key = new();
    private readonly QuorumFlags _quorum = new();
    private readonly ContextFlags _context = new();
    private readonly Option<bool> _all = new("--all") { Description = "Lists all concurrent values, and takes them for an answer (exit code 0)." };
    private readonly Option<string?> _sibling = new("--sibling") { Description = "Writes this one of the concurrent values.", HelpName = "TAG" };

    public Command Build()
    {
        var command = new Command("get", "Writes a key's value to standard output, byte for byte.");
        _key.AddTo(command);
        _quorum.AddTo(command);
        _context.AddOutTo(command);
        command.Options.Add(_all);
        command.Options.Add(_sibling);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var key = _key.Read(parse);
        using var client = connection.Connect(parse);
        var reply = await client.GetAsync(key, _quorum.Read(parse), cancellation);
        if (reply.Error is { } error)
            return new ErrorPrinter(terminal, connection.IsJson(parse)).Print(error);
        await _context.WriteAsync(parse, reply.Context, cancellation);
        if (connection.IsJson(parse))
            return PrintJson(parse, reply);
        if (!reply.Found)
            return NotFound(key, reply);
        if (parse.GetValue(_sibling) is { } tag)
            return await WriteSiblingAsync(key, reply, tag, cancellation);
        if (parse.GetValue(_all) || (connection.IsTable(parse) && reply.Siblings.Count == 1))
        {
            SiblingTable.Print(TablePrinter.ForOut(terminal), reply.Siblings);
            return ExitCode.Ok;
        }
        return await WriteOnlyAsync(key, reply, cancellation);
    }

    private async Task<int> WriteOnlyAsync(EntryKey key, GetReply reply, CancellationToken cancellation)
    {
        if (reply.Siblings.Count > 1 && !AreAlike(reply.Siblings))
            return Conflict(key, reply);
        if (reply.Siblings.Count > 1)
            await terminal.Error.WriteLineAsync($"akkakv: {key} has {reply.Siblings.Count} siblings with the same bytes; any write with the context makes them one");
        await terminal.WriteBytesAsync(reply.Siblings[0].Value, cancellation);
        return ExitCode.Ok;
    }

    private async Task<int> WriteSiblingAsync(EntryKey key, GetReply reply, string tag, CancellationToken cancellation)
    {
        if (reply.Siblings.FirstOrDefault(each => each.Tag == tag) is not { } sibling)
        {
            await terminal.Error.WriteLineAsync($"akkakv: {key} has no sibling '{tag}'; it has: {string.Join(", ", reply.Siblings.Select(each => each.Tag))}");
            return ExitCode.NotFound;
        }
        await terminal.WriteBytesAsync(sibling.Value, cancellation);
        return ExitCode.Ok;
    }

    private int PrintJson(ParseResult parse, GetReply reply)
    {
        terminal.OutText.WriteLine(JsonText.Of(SiblingTable.Json(reply)));
        if (!reply.Found)
            return ExitCode.NotFound;
        return reply.Siblings.Count == 1 || parse.GetValue(_all) || AreAlike(reply.Siblings) ? ExitCode.Ok : ExitCode.Conflict;
    }

    private int NotFound(EntryKey key, GetReply reply)
    {
        terminal.Error.WriteLine($"akkakv: {key} was not found{(reply.Context is null ? "" : " (it was deleted or expired)")}");
        return ExitCode.NotFound;
    }

    private int Conflict(EntryKey key, GetReply reply)
    {
        terminal.Error.WriteLine($"akkakv: {key} has {reply.Siblings.Count} concurrent values:");
        SiblingTable.Print(TablePrinter.ForError(terminal), reply.Siblings);
        terminal.Error.WriteLine($"  see one:  akkakv get {key.NameText} -b {key.Bucket} --sibling TAG");
        terminal.Error.WriteLine("  resolve:  write what is right, with the context that covers them all:");
        terminal.Error.WriteLine($"            akkakv put {key.NameText} VALUE -b {key.Bucket} --context {reply.Context}");
        return ExitCode.Conflict;
    }

    /// <summary>Siblings with the same bytes are no conflict for a reader: a repeated write left them.</summary>
    private static bool AreAlike(IReadOnlyList<Sibling> siblings) => siblings.All(each =>
        !each.Deleted && each.ContentType == siblings[0].ContentType && each.Value.Span.SequenceEqual(siblings[0].Value.Span));
}
