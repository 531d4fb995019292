using System.Globalization;
using System.Text.RegularExpressions;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Launching;

/// <summary>The program without --node: what a person starts first. Everything is read from what it prints.</summary>
internal sealed partial class Launcher : IAsyncDisposable
{
    private const int PortInUse = 3;

    private readonly HttpClient _http = KvHttp.NewClient();

    private Launcher(TempDirectory work, int httpPort, ChildProcess process)
    {
        Work = work;
        HttpPort = httpPort;
        Process = process;
        Http = [.. Enumerable.Range(httpPort, 3).Select(port => new KvHttp(_http, new Uri($"http://127.0.0.1:{port}")))];
    }

    public TempDirectory Work { get; }

    public int HttpPort { get; }

    public ChildProcess Process { get; }

    /// <summary>The nodes, in order.</summary>
    public IReadOnlyList<KvHttp> Http { get; }

    /// <summary>The nodes' process ids, as the banner names them.</summary>
    public IReadOnlyList<int> NodeIds => [.. NodeLine().Matches(Process.Text).Select(match => int.Parse(match.Groups["pid"].Value, CultureInfo.InvariantCulture))];

    public static async Task RunAsync(ITestOutputHelper output, IReadOnlyList<string> flags, Func<Launcher, Task> test)
    {
        await using var launcher = await StartAsync(flags);
        try
        {
            await launcher.Process.WaitForTextAsync("Stop with Ctrl-C.");
            await test(launcher);
        }
        catch (Exception failure)
        {
            output.WriteLine(launcher.Process.Text);
            throw new ClusterTestException($"{failure.Message}\n\nThe launcher's lines:\n{launcher.Process.Text}", failure);
        }
    }

    /// <summary>The commands that the text offers: the lines that are indented and begin with this program.</summary>
    public IReadOnlyList<string> Commands(string program) =>
        [.. Process.Text.Split('\n').Where(line => line.StartsWith("  " + program, StringComparison.Ordinal)).Select(line => line.Trim())];

    public async ValueTask DisposeAsync()
    {
        foreach (int node in NodeIds.Where(Signals.IsRunning))
            Signals.Send(node, Signals.Kill);
        await Process.DisposeAsync();
        _http.Dispose();
        Work.Dispose();
    }

    private static async Task<Launcher> StartAsync(IReadOnlyList<string> flags)
    {
        while (true)
        {
            var work = new TempDirectory();
            int httpPort = FreePorts.TakeRow(3);
            int peerPort = FreePorts.TakeRow(3);
            var process = ChildProcess.Start(
                [
                    Programs.Dotnet, Programs.Server, "--http-port", $"{httpPort}", "--peer-port", $"{peerPort}",
                    "--data", work.Of("data of a person"), .. flags,
                ],
                work.Path);
            var launcher = new Launcher(work, httpPort, process);
            await Wait.UntilAsync("the launcher is ready or ends", () => process.HasExited || process.Text.Contains("Stop with", StringComparison.Ordinal));
            if (!process.HasExited || await process.WaitForExitAsync() != PortInUse)
                return launcher;
            await launcher.DisposeAsync();
        }
    }

    [GeneratedRegex(@"^  node-\d  http://127\.0\.0\.1:\d+  pid (?<pid>\d+)$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NodeLine();
}
