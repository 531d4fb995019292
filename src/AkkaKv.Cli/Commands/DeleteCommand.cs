using System.CommandLine;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary>
/// <c>akkakv del</c>. Without a context it reads one first: a delete that covers nothing would leave the value in
/// place with a tombstone beside it, which nobody means who types "del".
/// </summary>
internal sealed class DeleteCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly KeyFlags _key = new();
    private readonly QuorumFlags _quorum = new();
    private readonly ContextFlags _context = new();

    public Command Build()
    {
        var command = new Command("del", "Deletes what the context covers; without one, what is there now.");
        _key.AddTo(command);
        _quorum.AddTo(command);
        _context.AddInTo(command);
        _context.AddOutTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var key = _key.Read(parse);
        var options = _quorum.Read(parse);
        var context = await _context.ReadAsync(parse, cancellation);
        bool json = connection.IsJson(parse);
        using var client = connection.Connect(parse);
        if (context is null)
        {
            var head = await client.HeadAsync(key, options, cancellation);
            if (head.Error is { } error)
                return new ErrorPrinter(terminal, json).Print(error);
            if (!head.Found)
            {
                await terminal.Error.WriteLineAsync($"akkakv: {key} was not found; there is nothing to delete");
                return ExitCode.NotFound;
            }
            context = head.Context;
        }
        var reply = await client.DeleteAsync(key, context, options, cancellation);
        await _context.WriteAsync(parse, reply.Context, cancellation);
        return new WriteReport(terminal, json).Print("deleted", key, reply);
    }
}
