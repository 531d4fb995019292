using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Load;

/// <summary>
/// Shows on standard error how far a load is: one line that is drawn over on a terminal, a plain line every few seconds
/// elsewhere.
/// </summary>
internal sealed class LoadProgress(Terminal terminal, LoadCounts counts, Func<long> bytesRead, long? bytesTotal)
{
    private readonly long _started = terminal.Time.GetTimestamp();

    public TimeSpan Elapsed => terminal.Time.GetElapsedTime(_started);

    public double Rate => counts.Acknowledged / Math.Max(0.001, Elapsed.TotalSeconds);

    public async Task ShowAsync(CancellationToken end)
    {
        var every = terminal.ErrorIsTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);
        using var ticks = new PeriodicTimer(every, terminal.Time);
        try
        {
            while (await ticks.WaitForNextTickAsync(end))
                await terminal.Error.WriteAsync(terminal.ErrorIsTerminal ? "\r\x1b[K" + Line() : Line() + "\n");
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            if (terminal.ErrorIsTerminal)
                await terminal.Error.WriteAsync("\r\x1b[K");
        }
    }

    public string Line()
    {
        string lost = counts.Failed + counts.Malformed is > 0 and var number ? $"  {Shown.Count(number)} failed" : "";
        string tally = $"{Shown.Count(counts.Acknowledged)} acknowledged{lost}  {Shown.Count((long)Rate)}/s";
        if (bytesTotal is not > 0)
            return tally;
        double share = Math.Min(1, bytesRead() / (double)bytesTotal);
        string eta = share > 0 ? Shown.Clock(Elapsed * ((1 - share) / share)) : "?";
        return $"[{Bar(share, 24)}] {share * 100,3:0} %  {tally}  ETA {eta}";
    }

    private static string Bar(double share, int width)
    {
        int full = (int)(share * width);
        return new string('#', full) + new string('-', width - full);
    }
}
