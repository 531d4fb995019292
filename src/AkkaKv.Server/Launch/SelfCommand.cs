using System.Reflection;

namespace AkkaKv.Server.Launch;

/// <summary>How this very program is started again.</summary>
internal sealed record SelfCommand(string File, IReadOnlyList<string> Prefix)
{
    /// <summary>The running program: its own executable, or <c>dotnet exec</c> with its assembly.</summary>
    public static SelfCommand Current()
    {
        var process = Environment.ProcessPath ?? throw new NodeStartException(ExitCodes.Failed, "The path of this program's executable must be known to start nodes; the system does not tell it. Start each node with --node.");
        return Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? new SelfCommand(process, ["exec", Assembly.GetEntryAssembly()!.Location])
            : new SelfCommand(process, []);
    }

    /// <summary>A line to paste into a shell.</summary>
    public string Line(IEnumerable<string> arguments) => string.Join(' ', new[] { File }.Concat(Prefix).Concat(arguments).Select(Quote));

    /// <summary>The exit of a process in words: a code past 128 is the signal that ended it.</summary>
    public static string ExitText(int code) => code switch
    {
        128 + 9 => "was killed (SIGKILL, exit code 137)",
        128 + 6 => "aborted (SIGABRT, exit code 134)",
        128 + 11 => "crashed (SIGSEGV, exit code 139)",
        128 + 15 => "was terminated (SIGTERM, exit code 143)",
        > 128 and < 160 => $"was ended by signal {code - 128} (exit code {code})",
        _ => $"ended with exit code {code}",
    };

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=,@+".Contains(letter, StringComparison.Ordinal))
            ? argument
            : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
