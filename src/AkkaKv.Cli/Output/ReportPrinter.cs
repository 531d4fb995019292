using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Output;

/// <summary>Writes a report for people to standard output.</summary>
internal static class ReportPrinter
{
    public static void Print(Terminal terminal, TextReport report)
    {
        WriteLines(terminal, report.Head);
        if (report.Table.Rows.Count > 0)
            TablePrinter.ForOut(terminal).Print(report.Table.Columns, report.Table.Rows);
        WriteLines(terminal, report.Foot);
    }

    private static void WriteLines(Terminal terminal, IEnumerable<string> lines)
    {
        foreach (string line in lines)
            terminal.OutText.WriteLine(line);
    }
}
