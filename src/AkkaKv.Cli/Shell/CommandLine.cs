using System.CommandLine;
using AkkaKv.Cli.Bench;
using AkkaKv.Cli.Commands;
using AkkaKv.Cli.Ids;
using AkkaKv.Cli.Load;
using AkkaKv.Cli.Output;
using AkkaKv.Client;

namespace AkkaKv.Cli.Shell;

/// <summary>The tree of commands, and how a run of it ends.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation)
    {
        var connection = new ConnectionFlags(terminal);
        var parse = Tree(terminal, connection).Parse(arguments);
        if (parse.Errors.Count > 0)
            return Misused(terminal, parse);
        var configuration = new InvocationConfiguration
        {
            Output = terminal.OutText,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parse.InvokeAsync(configuration, cancellation);
        }
        catch (UsageException misuse)
        {
            await terminal.Error.WriteLineAsync($"akkakv: {misuse.Message}");
            return ExitCode.Usage;
        }
        catch (AkkaKvException failure)
        {
            return new ErrorPrinter(terminal, connection.IsJson(parse)).Print(failure.Error);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync($"akkakv: {failure.Message}");
            return ExitCode.Usage;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("akkakv: interrupted; a write that was under way may or may not have taken effect");
            return ExitCode.Interrupted;
        }
    }

    private static RootCommand Tree(Terminal terminal, ConnectionFlags connection)
    {
        var root = new RootCommand("AkkaKv: a replicated key-value store. Exit codes: 0 ok, 1 not found, 2 usage, 3 conflict, 4 refused, 5 unavailable, 6 indeterminate, 7 load incomplete, 8 repair incomplete.");
        connection.AddTo(root);
        root.Subcommands.Add(new GetCommand(terminal, connection).Build());
        root.Subcommands.Add(new PutCommand(terminal, connection).Build());
        root.Subcommands.Add(new DeleteCommand(terminal, connection).Build());
        root.Subcommands.Add(new LoadCommand(terminal, connection).Build());
        root.Subcommands.Add(new StatusCommand(terminal, connection).Build());
        root.Subcommands.Add(new HintsCommand(terminal, connection).Build());
        root.Subcommands.Add(new RepairCommand(terminal, connection).Build());
        root.Subcommands.Add(new TombstonesCommand(terminal, connection).Build());
        root.Subcommands.Add(new ClusterCommand(terminal, connection).Build());
        root.Subcommands.Add(new RingCommand(terminal, connection).Build());
        root.Subcommands.Add(new WhereCommand(terminal, connection).Build());
        root.Subcommands.Add(new IdCommand(terminal, connection).Build());
        root.Subcommands.Add(new BenchCommand(terminal, connection).Build());
        return root;
    }

    private static int Misused(Terminal terminal, ParseResult parse)
    {
        foreach (var error in parse.Errors)
            terminal.Error.WriteLine($"akkakv: {error.Message}");
        string command = parse.CommandResult.Command is RootCommand ? "" : parse.CommandResult.Command.Name + " ";
        terminal.Error.WriteLine($"Run 'akkakv {command}--help' for what it takes.");
        return ExitCode.Usage;
    }
}
