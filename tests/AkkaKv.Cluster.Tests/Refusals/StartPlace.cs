using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Refusals;

/// <summary>Ports and a directory for a cluster of one node that is expected not to start.</summary>
internal sealed class StartPlace : IDisposable
{
    private static readonly string[] OneReplica = ["--Cluster:N=1", "--Cluster:R=1", "--Cluster:W=1"];

    private readonly int[] _ports = FreePorts.Take(2);

    public StartPlace() => Data = Work.Of("data");

    public TempDirectory Work { get; } = new();

    public int HttpPort => _ports[0];

    public int PeerPort => _ports[1];

    public string Data { get; init; }

    public Task<(int ExitCode, string Text)> StartAsync(string node, params string[] flags) => StartAsync(node, flags, new Dictionary<string, string>());

    /// <summary>Starts the node and waits for its end. A flag replaces one of the defaults that has its name.</summary>
    public Task<(int ExitCode, string Text)> StartAsync(string node, string[] flags, IReadOnlyDictionary<string, string> variables) => ChildProcess.RunAsync(
        [
            Programs.Dotnet, "exec", Programs.Server, "--node", node, "--data", Data, "--exit-with-parent",
            "--member", $"name={node},endpoint=127.0.0.1:{PeerPort},http=http://127.0.0.1:{HttpPort}",
            .. OneReplica.Where(given => !flags.Any(flag => NameOf(flag) == NameOf(given))), .. flags,
        ],
        Work.Path,
        variables);

    public void Dispose() => Work.Dispose();

    private static string NameOf(string flag) => flag.Split('=')[0];
}
