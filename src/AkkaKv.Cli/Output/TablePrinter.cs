using AkkaKv.Cli.Shell;
using Spectre.Console;

namespace AkkaKv.Cli.Output;

/// <summary>Tables for people: with lines on a terminal, plain columns where output is redirected.</summary>
internal sealed class TablePrinter
{
    private readonly IAnsiConsole _console;
    private readonly bool _plain;

    public TablePrinter(TextWriter writer, bool isTerminal)
    {
        _plain = !isTerminal;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (_plain)
            _console.Profile.Width = 400;
    }

    public static TablePrinter ForOut(Terminal terminal) => new(terminal.OutText, terminal.OutIsTerminal);

    public static TablePrinter ForError(Terminal terminal) => new(terminal.Error, terminal.ErrorIsTerminal);

    public void Print(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = _plain ? TableBorder.None : TableBorder.Rounded };
        foreach (string column in columns)
            table.AddColumn(new TableColumn(new Text(column)) { NoWrap = _plain });
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        _console.Write(table);
    }
}
