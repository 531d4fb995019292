using System.Diagnostics;
using AkkaKv.Cluster.Tests.Processes;
using AkkaKv.Cluster.Tests.Http;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Changes;

/// <summary>Nodes as processes, some of them members, and what an operator does with the command line.</summary>
internal sealed class ChangingCluster : IAsyncDisposable
{
    private static readonly TimeSpan ChangeMax = TimeSpan.FromMinutes(15);

    private readonly HttpClient _http = KvHttp.NewClient();
    private readonly ITestOutputHelper _output;

    public ChangingCluster(ITestOutputHelper output, int nodes)
    {
        _output = output;
        int[] ports = FreePorts.Take(2 * nodes);
        All = [.. Enumerable.Range(0, nodes).Select(index =>
            new NodeProcess($"node-{index + 1}", "127.0.0.1", ports[2 * index], ports[(2 * index) + 1], Work.Path, _http))];
    }

    public TempDirectory Work { get; } = new();

    /// <summary>Every node, started or not.</summary>
    public IReadOnlyList<NodeProcess> All { get; }

    /// <summary>Starts a cluster of the first nodes, named by the settings of each.</summary>
    public async Task StartAsync(int members)
    {
        NodeProcess[] first = [.. All.Take(members)];
        foreach (NodeProcess node in first)
        {
            node.Arguments = [.. first.SelectMany(member => new[] { "--member", member.Member })];
            node.Start();
        }

        foreach (NodeProcess node in first)
        {
            await node.WaitReadyAsync();
            await ProcessCluster.WaitReachableAsync(node, members);
        }
    }

    /// <summary>Starts a node that asks to join, and waits until it is staged.</summary>
    public async Task JoinAsync(NodeProcess node, NodeProcess at)
    {
        node.Arguments = ["--member", node.Member, "--join", at.Url.ToString()];
        node.Start();
        await Wait.UntilAsync($"{node.Name} is staged", async () => (await CommandAsync(at, "cluster", "status")).Text.Contains(node.Name, StringComparison.Ordinal));
    }

    /// <summary>Commits what is staged and waits until it is done.</summary>
    public async Task<TimeSpan> CommitAsync(NodeProcess at)
    {
        ChildProcess plan = await CommandAsync(at, "cluster", "plan");
        _output.WriteLine(plan.Text);
        var watch = Stopwatch.StartNew();
        (int code, string text) = await RunAsync(at, ChangeMax, "cluster", "commit", "--wait");
        _output.WriteLine(text);
        code.ShouldBe(0, text);
        return watch.Elapsed;
    }

    public async Task<ChildProcess> CommandAsync(NodeProcess at, params string[] arguments)
    {
        ChildProcess command = Start(at, arguments);
        int code = await command.WaitForExitAsync(TimeSpan.FromMinutes(1));
        code.ShouldBe(0, $"akkakv {string.Join(' ', arguments)}: {command.Text}");
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NodeProcess node in All)
            await node.DisposeAsync();
        _http.Dispose();
        Work.Dispose();
    }

    private async Task<(int Code, string Text)> RunAsync(NodeProcess at, TimeSpan limit, params string[] arguments)
    {
        await using ChildProcess command = Start(at, arguments);
        int code = await command.WaitForExitAsync(limit);
        return (code, command.Text);
    }

    private ChildProcess Start(NodeProcess at, string[] arguments) => ChildProcess.Start(
        [Programs.Dotnet, "exec", Programs.CommandLineTool, .. arguments, "--endpoint", at.Url.ToString()], Work.Path);
}
