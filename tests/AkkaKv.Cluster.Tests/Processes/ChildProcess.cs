using System.Collections;
using System.Diagnostics;

namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>
/// A process with its lines kept. Its standard input is held open and never written to: a node that was started with
/// --exit-with-parent ends by itself when the tests die. Disposing ends the process and all that it started.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Lock _turn = new();
    private bool _disposed;

    private ChildProcess(Process process) => _process = process;

    public int Id { get; private init; }

    public bool HasExited => _process.HasExited;

    /// <summary>All lines so far, both streams.</summary>
    public string Text
    {
        get
        {
            lock (_turn)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>How it ended, as a last line; empty while it runs.</summary>
    public string Ending => _disposed || !_process.HasExited ? "" : $"\n(ended with exit code {_process.ExitCode} at {_process.ExitTime:HH:mm:ss.fff})";

    public static ChildProcess Start(IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (((string)variable.Key).StartsWith("AKKAKV", StringComparison.OrdinalIgnoreCase))
                start.Environment.Remove((string)variable.Key);
        }

        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        ChildProcess? child = null;
        process.OutputDataReceived += (_, line) => child!.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => child!.Keep(line.Data);
        process.Start();
        child = new ChildProcess(process) { Id = process.Id };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Text)> RunAsync(IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string>? variables = null)
    {
        await using var process = Start(command, directory, variables);
        int code = await process.WaitForExitAsync();
        return (code, process.Text);
    }

    /// <summary>Waits for the end and the last line; 128 plus the signal where one ended it.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? limit = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit ?? Wait.Long);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"Process {Id} must end; it goes on. Its lines:\n{Text}", late);
        }

        return _process.ExitCode;
    }

    /// <summary>Waits for a line that holds the text, or for the end.</summary>
    public async Task<string> WaitForTextAsync(string text)
    {
        await Wait.UntilAsync($"\"{text}\" among the lines of process {Id}", () => Text.Contains(text, StringComparison.Ordinal) || HasExited);
        string lines = Text;
        lines.ShouldContain(text);
        return lines;
    }

    public void Signal(int signal) => Signals.Send(Id, signal);

    /// <summary>Ends its standard input, as the death of a launcher would.</summary>
    public void EndInput() => _process.StandardInput.Close();

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_turn)
            _lines.Add(line);
    }
}
