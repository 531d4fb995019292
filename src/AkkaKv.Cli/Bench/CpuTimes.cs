using System.Globalization;

namespace AkkaKv.Cli.Bench;

/// <summary>
/// The machine's CPU time so far, from the first line of <c>/proc/stat</c> (proc(5)), in clock ticks. Steal is the time
/// in which a virtual machine wanted to run and its host ran another one.
/// </summary>
internal sealed record CpuTimes(long Total, long Steal)
{
    public static CpuTimes? Read() => File.Exists("/proc/stat") ? Parse(File.ReadLines("/proc/stat").First()) : null;

    public static CpuTimes? Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 9 || words[0] != "cpu")
            return null;
        // user, nice, system, idle, iowait, irq, softirq, steal; guest time follows and is part of user already.
        long[] ticks = [.. words.Skip(1).Take(8).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        return new CpuTimes(ticks.Sum(), ticks[7]);
    }

    /// <summary>The share of all CPU time between two readings that was stolen, 0 to 1; null when unknown.</summary>
    public static double? StealShare(CpuTimes? before, CpuTimes? after) =>
        before is null || after is null || after.Total <= before.Total ? null : (after.Steal - before.Steal) / (double)(after.Total - before.Total);
}
