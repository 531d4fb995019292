using AkkaKv.Cluster.Tests.Http;

namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>One node of a cluster as a process, which can be killed and started again with its data and its ports.</summary>
internal sealed class NodeProcess(string name, string host, int httpPort, int peerPort, string workDirectory, HttpClient http) : IAsyncDisposable
{
    private readonly List<ChildProcess> _lives = [];

    public string Name => name;

    public int HttpPort => httpPort;

    public int PeerPort => peerPort;

    public Uri Url { get; } = new($"http://{host}:{httpPort}");

    public string DataDirectory { get; set; } = Path.Combine(workDirectory, name);

    /// <summary>How a member is named on the command line.</summary>
    public string Member => $"name={name},endpoint={host}:{peerPort},http=http://{host}:{httpPort}";

    /// <summary>The settings of the next life.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>What stands before the program in the next life: a tracer.</summary>
    public IReadOnlyList<string> Wrapper { get; set; } = [];

    /// <summary>The same, for who reaches it at another port of loopback.</summary>
    public string MemberAt(int port) => $"name={name},endpoint=127.0.0.1:{port},http=http://{host}:{httpPort}";

    public KvHttp Http { get; } = new(http, new Uri($"http://{host}:{httpPort}"));

    public ChildProcess Life => _lives[^1];

    public string Text => string.Join("\n--- started again ---\n", _lives.Select(life => life.Text + life.Ending));

    public void Start() => _lives.Add(ChildProcess.Start(
        [.. Wrapper, Programs.Dotnet, "exec", Programs.Server, "--node", name, "--data", DataDirectory, .. Arguments, "--exit-with-parent"], workDirectory));

    /// <summary>Waits until /ready says yes.</summary>
    public Task WaitReadyAsync() => Wait.UntilAsync($"{name} is ready", async () =>
    {
        if (Life.HasExited)
            throw new NodeEndedException(name, await Life.WaitForExitAsync(), Life.Text);
        return (await Http.TryGetAsync("/ready"))?.Status == 200;
    });

    /// <summary>Ends it without warning, as a power cut of this one program would.</summary>
    public async Task KillAsync()
    {
        Life.Signal(Signals.Kill);
        await Life.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, and returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Life.Signal(Signals.Terminate);
        return await Life.WaitForExitAsync();
    }

    /// <summary>Ends its standard input, which is how a launcher asks it to stop; works through a tracer too.</summary>
    public async Task<int> EndInputAsync()
    {
        Life.EndInput();
        return await Life.WaitForExitAsync();
    }

    public async Task RestartAsync()
    {
        Start();
        await WaitReadyAsync();
    }

    /// <summary>Waits for the end of a life that was ended by a signal, and starts the next one.</summary>
    public async Task WaitEndAndRestartAsync()
    {
        await Life.WaitForExitAsync();
        await RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var life in _lives)
            await life.DisposeAsync();
    }
}

/// <summary>A node ended where it should have become ready.</summary>
internal sealed class NodeEndedException(string node, int exitCode, string text)
    : Exception($"{node} must become ready; it ended with exit code {exitCode}:\n{text}")
{
    public int ExitCode => exitCode;
}
