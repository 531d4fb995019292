using System.Diagnostics;

namespace AkkaKv.Cluster.Tests.Faults;

/// <summary>The system's own programs, for what .NET has no call for.</summary>
internal static class Commands
{
    /// <exception cref="InvalidOperationException">It ended with an error, which the message holds.</exception>
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said.Trim()}");
    }

    /// <summary>Tries something that the machine may not allow; the reason where it does not.</summary>
    public static string? WhyNot(string need, Action attempt)
    {
        try
        {
            attempt();
            return null;
        }
        catch (Exception refused) when (refused is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"{need}: {refused.Message}";
        }
    }
}
