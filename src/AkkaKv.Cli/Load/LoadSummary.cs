using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Load;

/// <summary>How a load ended.</summary>
internal sealed record LoadSummary(
    long Acknowledged,
    long Failed,
    long Indeterminate,
    long Malformed,
    long NotAttempted,
    long Retried,
    double Seconds,
    double RatePerSecond,
    bool Interrupted,
    bool GaveUp,
    long LastLine,
    string? FailedFile)
{
    public int ExitCode =>
        Interrupted ? Shell.ExitCode.Interrupted
        : GaveUp || Failed + Malformed + NotAttempted > 0 ? Shell.ExitCode.LoadIncomplete
        : Shell.ExitCode.Ok;

    public void Print(Terminal terminal)
    {
        var output = terminal.OutText;
        output.WriteLine($"acknowledged   {Shown.Count(Acknowledged)}");
        output.WriteLine($"failed         {Shown.Count(Failed)}{(Indeterminate > 0 ? $" (of which {Shown.Count(Indeterminate)} may have taken effect)" : "")}");
        output.WriteLine($"malformed      {Shown.Count(Malformed)}");
        if (NotAttempted > 0)
            output.WriteLine($"not attempted  {Shown.Count(NotAttempted)} that had been read");
        output.WriteLine($"retries        {Shown.Count(Retried)}");
        output.WriteLine($"time           {Seconds:0.0} s, {Shown.Count((long)RatePerSecond)} records/s");
        if (FailedFile is not null)
            output.WriteLine($"What was not loaded is in {FailedFile}, each record with its reason.");
        if (Interrupted || GaveUp)
        {
            string why = GaveUp ? "Gave up, because the cluster stayed unreachable" : "Interrupted";
            terminal.Error.WriteLine($"akkakv: {why}: nothing behind the record on line {LastLine} was read or attempted.");
        }
    }
}
