using System.Text.Json;
using AkkaKv.Cluster.Tests.Http;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>What a cluster is started with.</summary>
internal sealed record ClusterShape
{
    public int Nodes { get; init; } = 3;

    /// <summary>Flags of every node. Small segments by default: a test is not a disk benchmark.</summary>
    public IReadOnlyList<string> Settings { get; init; } = ["--Store:SegmentBytes=4194304"];

    /// <summary>A command before the program, by the node's number from 0.</summary>
    public Func<int, TempDirectory, IReadOnlyList<string>> Wrapper { get; init; } = static (_, _) => [];

    /// <summary>The address that a node listens on, by its number from 0.</summary>
    public Func<int, string> HostOf { get; init; } = static _ => "127.0.0.1";

    /// <summary>How a node, the first, is told of a member, the second.</summary>
    public Func<NodeProcess, NodeProcess, string> MemberFor { get; init; } = static (_, member) => member.Member;

    /// <summary>What is done to each node before its first start.</summary>
    public Action<NodeProcess> Prepare { get; init; } = static _ => { };
}

/// <summary>Nodes as processes on free loopback ports, with data in a temporary directory.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private const int PortInUse = 3;
    private const int PortAttempts = 5;

    private readonly HttpClient _http = KvHttp.NewClient();
    private readonly ClusterShape _shape;
    private readonly List<NodeProcess> _nodes = [];

    private ProcessCluster(ClusterShape shape)
    {
        _shape = shape;
        int[] ports = FreePorts.Take(2 * shape.Nodes);
        for (int index = 0; index < shape.Nodes; index++)
            Add(ports[2 * index], ports[(2 * index) + 1]);
        foreach (NodeProcess node in _nodes)
            Prepare(node, [.. _nodes.SelectMany(member => new[] { "--member", shape.MemberFor(node, member) })]);
    }

    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    public TempDirectory Work { get; } = new();

    /// <summary>Starts a cluster, runs the test, and ends every process; a failure carries what the nodes had printed.</summary>
    public static async Task RunAsync(ITestOutputHelper output, ClusterShape shape, Func<ProcessCluster, Task> test)
    {
        await using var cluster = await StartAsync(shape);
        try
        {
            await test(cluster);
        }
        catch (Exception failure)
        {
            string lines = string.Join('\n', cluster.Nodes.Select(node => $"=== {node.Name} ===\n{node.Text}"));
            output.WriteLine(lines);
            throw new ClusterTestException($"{failure.Message}\n\nThe nodes' last lines:\n{Tail(lines, 4000)}", failure);
        }
    }

    /// <summary>Starts one node more, which asks another to be taken in: it becomes ready when its join is committed.</summary>
    public NodeProcess Join(NodeProcess at)
    {
        int[] ports = FreePorts.Take(2);
        NodeProcess joiner = Add(ports[0], ports[1]);
        Prepare(joiner, ["--member", joiner.Member, "--join", at.Url.ToString()]);
        joiner.Start();
        return joiner;
    }

    /// <summary>Waits until every node is ready and reaches every other.</summary>
    public async Task WaitWholeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.WaitReadyAsync();
            await WaitReachableAsync(node, Nodes.Count);
        }
    }

    /// <summary>Waits until a node reaches exactly so many members, itself included.</summary>
    public static Task WaitReachableAsync(NodeProcess node, int count) =>
        Wait.UntilAsync($"{node.Name} reaches {count} members", async () => (await ReachableAsync(node))?.Count == count);

    /// <summary>The members that a node says it reaches, or null when it does not answer.</summary>
    public static async Task<IReadOnlyList<string>?> ReachableAsync(NodeProcess node)
    {
        if (await node.Http.TryGetAsync("/cluster/members") is not { Status: 200 } answer)
            return null;
        return [.. answer.Json.GetProperty("members").EnumerateArray().Where(IsReachable).Select(member => member.GetProperty("name").GetString()!)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
        _http.Dispose();
        Work.Dispose();
    }

    private static async Task<ProcessCluster> StartAsync(ClusterShape shape)
    {
        for (int attempt = 1; ; attempt++)
        {
            var cluster = new ProcessCluster(shape);
            try
            {
                foreach (var node in cluster.Nodes)
                    node.Start();
                await cluster.WaitWholeAsync();
                return cluster;
            }
            catch (NodeEndedException ended) when (ended.ExitCode == PortInUse && attempt < PortAttempts)
            {
                // Somebody took a port between the choice and the start: choose again.
                await cluster.DisposeAsync();
            }
            catch
            {
                await cluster.DisposeAsync();
                throw;
            }
        }
    }

    private NodeProcess Add(int httpPort, int peerPort)
    {
        var node = new NodeProcess($"node-{_nodes.Count + 1}", _shape.HostOf(_nodes.Count), httpPort, peerPort, Work.Path, _http);
        _nodes.Add(node);
        return node;
    }

    private void Prepare(NodeProcess node, IReadOnlyList<string> members)
    {
        node.Arguments = [.. members, .. _shape.Settings];
        node.Wrapper = _shape.Wrapper(_nodes.IndexOf(node), Work);
        _shape.Prepare(node);
    }

    private static bool IsReachable(JsonElement member) => member.GetProperty("reachable").GetBoolean();

    private static string Tail(string text, int length) => text.Length <= length ? text : "…" + text[^length..];
}

/// <summary>A test on processes failed; the message holds what the nodes printed.</summary>
internal sealed class ClusterTestException(string message, Exception cause) : Exception(message, cause);
