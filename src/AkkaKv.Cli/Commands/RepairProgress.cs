using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary>
/// Shows on standard error what the nodes do or wait for: one line that is drawn over on a terminal, elsewhere a line
/// for each node that changed, every few seconds.
/// </summary>
internal sealed class RepairProgress(Terminal terminal)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, string> _shown = [];
    private long? _last;

    public void Show(IReadOnlyList<RepairRun> runs)
    {
        if (terminal.ErrorIsTerminal)
        {
            terminal.Error.Write("\r\x1b[K" + string.Join(" | ", runs.Where(run => !run.IsOver).Select(run => run.Line())));
            return;
        }

        if (_last is { } last && terminal.Time.GetElapsedTime(last) < Every)
            return;
        _last = terminal.Time.GetTimestamp();
        foreach (RepairRun run in runs)
        {
            string line = run.Line();
            if (_shown.GetValueOrDefault(run.Node) == line)
                continue;
            _shown[run.Node] = line;
            terminal.Error.WriteLine(line);
        }
    }

    /// <summary>Clears the line that was drawn over.</summary>
    public void End()
    {
        if (terminal.ErrorIsTerminal)
            terminal.Error.Write("\r\x1b[K");
    }
}
