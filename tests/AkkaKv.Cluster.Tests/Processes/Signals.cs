using System.Runtime.InteropServices;

namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>kill(2). The numbers are those of Linux on x86-64 and arm64.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int process, int signal)
    {
        if (kill(process, signal) != 0)
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {process}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Whether the process runs; one that has ended and was not yet waited for does not.</summary>
    public static bool IsRunning(int process)
    {
        try
        {
            return StateOf($"/proc/{process}/stat") is not ('Z' or 'X');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether the process ignores the signal, as whatever a shell starts in the background ignores Ctrl-C.</summary>
    public static bool IsIgnored(int process, int signal)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) >> (signal - 1) & 1) == 1;
    }

    /// <summary>Whether every thread of the process is stopped.</summary>
    public static bool IsStopped(int process) =>
        Directory.GetDirectories($"/proc/{process}/task").All(task => StateOf(Path.Combine(task, "stat")) == 'T');

    // The state is the first letter behind the name, which is in parentheses and may hold anything.
    private static char StateOf(string path)
    {
        string stat = File.ReadAllText(path);
        return stat[stat.LastIndexOf(')') + 2];
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int process, int signal);
}
