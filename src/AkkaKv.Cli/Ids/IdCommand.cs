using System.CommandLine;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Ids;

/// <summary><c>akkakv id</c>: unique ids.</summary>
internal sealed class IdCommand(Terminal terminal, ConnectionFlags connection)
{
    public Command Build()
    {
        var command = new Command("id", "Unique ids: makes them, takes them apart, compares the ways of making them.");
        command.Subcommands.Add(new IdNextCommand(terminal, connection).Build());
        command.Subcommands.Add(new IdDecodeCommand(terminal, connection).Build());
        command.Subcommands.Add(new IdCompareCommand(terminal, connection).Build());
        command.Subcommands.Add(new IdLayoutCommand(terminal, connection).Build());
        return command;
    }
}
