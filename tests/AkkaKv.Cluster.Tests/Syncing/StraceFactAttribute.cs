using System.Diagnostics;

namespace AkkaKv.Cluster.Tests.Syncing;

/// <summary>A test that needs strace; skipped, with the reason, where there is none or it may not trace.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StraceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(Probe);

    public StraceFactAttribute() => Skip = Reason.Value;

    private static string? Probe()
    {
        try
        {
            var start = new ProcessStartInfo("strace", ["-f", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO", "/bin/true"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var probe = Process.Start(start)!;
            string said = probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : $"strace may not trace or inject here: {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "strace is not installed (Debian: apt-get install strace)";
        }
    }
}
