using System.Diagnostics;
using System.Globalization;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Clocks;

/// <summary>
/// A wall clock of a process of its own, which a test sets while the process runs: libfaketime stands before the C library. The
/// monotonic clock, by which everything else in a node is timed, stays the machine's.
/// </summary>
internal sealed class Faketime
{
    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib64/faketime/libfaketimeMT.so.1",
    ];

    private readonly string _file;

    public Faketime(TempDirectory work, string name)
    {
        _file = Path.Combine(work.Path, name + ".clock");
        Shift(0);
    }

    /// <summary>Why there is none here; null when there is.</summary>
    public static string? Missing { get; } = Probe();

    /// <summary>What stands before the program whose clock it is.</summary>
    public IReadOnlyList<string> Wrapper =>
        ["env", $"LD_PRELOAD={Library()}", $"FAKETIME_TIMESTAMP_FILE={_file}", "FAKETIME_NO_CACHE=1", "DONT_FAKE_MONOTONIC=1"];

    /// <summary>From now on the clock shows so much more than the machine's, or less.</summary>
    public void Shift(long millis)
    {
        // Read at each look at the clock: it must never be seen half written.
        File.WriteAllText(_file + ".new", (millis / 1000.0).ToString("+0.000;-0.000", CultureInfo.InvariantCulture) + "\n");
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private static string? Library() => Array.Find(Places, File.Exists);

    private static string? Probe()
    {
        if (Library() is not { } library)
            return "libfaketime is not installed (Debian: apt-get install faketime)";
        var start = new ProcessStartInfo("env", [$"LD_PRELOAD={library}", "FAKETIME=-3600", "DONT_FAKE_MONOTONIC=1", "date", "+%s"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var probe = Process.Start(start)!;
        string said = probe.StandardOutput.ReadToEnd();
        probe.WaitForExit();
        bool isShifted = long.TryParse(said, CultureInfo.InvariantCulture, out long seconds) && seconds < DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3_000;
        return isShifted ? null : $"libfaketime does not shift clocks here: {said.Trim()}";
    }
}

/// <summary>A test that sets the clocks of processes; skipped, with the reason, where that can't be done.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FaketimeFactAttribute : FactAttribute
{
    public FaketimeFactAttribute() => Skip = Faketime.Missing;
}
