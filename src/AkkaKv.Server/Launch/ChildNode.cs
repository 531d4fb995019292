using System.Diagnostics;

namespace AkkaKv.Server.Launch;

/// <summary>
/// One node of the local cluster as a process. It holds the read end of a pipe that only the launcher writes to: when
/// the launcher closes it, or is gone for whatever reason, the node stops by itself.
/// </summary>
internal sealed class ChildNode(PlannedNode plan, SelfCommand self, LineWriter output) : IDisposable
{
    private Process? process;

    public PlannedNode Plan => plan;

    /// <summary>The process's id; 0 before it was started.</summary>
    public int Id { get; private set; }

    /// <summary>Whether the process has ended.</summary>
    public bool Ended => process?.HasExited ?? true;

    /// <summary>Starts the process and passes its lines on.</summary>
    public void Start()
    {
        process?.Dispose();
        var start = new ProcessStartInfo(self.File)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in self.Prefix.Concat(plan.Arguments).Append("--exit-with-parent"))
            start.ArgumentList.Add(argument);
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Pass(line.Data);
        process.ErrorDataReceived += (_, line) => Pass(line.Data);
        process.Start();
        Id = process.Id;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code; past 128 it is 128 plus the signal.</returns>
    public async Task<int> WaitAsync()
    {
        await process!.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Asks the node to finish and close its store.</summary>
    public void AskToStop()
    {
        try
        {
            process?.StandardInput.Close();
        }
        catch (IOException)
        {
            // The node has ended before it could be asked.
        }
    }

    /// <summary>Ends the process at once.</summary>
    public void Kill() => process?.Kill(entireProcessTree: true);

    public void Dispose() => process?.Dispose();

    private void Pass(string? line)
    {
        if (line is not null)
            output.Write(plan.Name, line);
    }
}

/// <summary>Lines of several nodes on one terminal, each whole and with its node's name.</summary>
internal sealed class LineWriter(TextWriter writer)
{
    private readonly Lock turn = new();

    public void Write(string source, string line)
    {
        lock (turn)
            writer.WriteLine($"[{source}] {line}");
    }

    public void Write(string text)
    {
        lock (turn)
            writer.WriteLine(text);
    }
}
