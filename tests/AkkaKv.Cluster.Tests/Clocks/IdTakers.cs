using System.Collections.Concurrent;
using System.Globalization;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Clocks;

/// <summary>
/// One client for each node, asking it for a block of Snowflake ids all the time, whatever becomes of it. What is written
/// down: every id, in the order in which the node gave them, and what was refused.
/// </summary>
internal sealed class IdTakers : IAsyncDisposable
{
    private const int Block = 200;

    private readonly ConcurrentDictionary<string, NodeIds> _nodes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _work;

    public IdTakers(IEnumerable<NodeProcess> nodes) => _work = Task.WhenAll(nodes.Select(node => TakeAsync(node, _nodes.GetOrAdd(node.Name, static _ => new NodeIds()))));

    /// <summary>Blocks that a node gave so far.</summary>
    public int BlocksOf(NodeProcess node) => _nodes[node.Name].Blocks;

    /// <summary>The newest refusal of a node; null when its newest answer was none.</summary>
    public string? RefusalOf(NodeProcess node) => _nodes[node.Name].Refusal;

    /// <summary>Waits until the node has given ids from now on.</summary>
    public Task WaitForIdsAsync(NodeProcess node)
    {
        int before = BlocksOf(node);
        return Wait.UntilAsync($"ids of {node.Name}; its last refusal: {RefusalOf(node)}", () => BlocksOf(node) > before + 1);
    }

    /// <summary>Ends, and tells all ids of each node in their order.</summary>
    public async Task<IReadOnlyDictionary<string, List<long>>> EndAsync()
    {
        await _ending.CancelAsync();
        await _work;
        return _nodes.ToDictionary(static pair => pair.Key, static pair => pair.Value.Ids);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _ending.Dispose();
    }

    private async Task TakeAsync(NodeProcess node, NodeIds found)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!_ending.IsCancellationRequested)
        {
            if (await node.Http.TryGetAsync($"/ids/snowflake?count={Block}") is { } answer)
                found.Take(answer);
            await ticks.WaitForNextTickAsync();
        }
    }

    private sealed class NodeIds
    {
        private int _blocks;
        private volatile string? _refusal;

        public List<long> Ids { get; } = [];

        public int Blocks => Volatile.Read(ref _blocks);

        public string? Refusal => _refusal;

        public void Take(KvAnswer answer)
        {
            if (answer.Status != 200)
            {
                _refusal = answer.Detail;
                return;
            }

            foreach (var id in answer.Json.GetProperty("ids").EnumerateArray())
                Ids.Add(long.Parse(id.GetString()!, CultureInfo.InvariantCulture));
            _refusal = null;
            Volatile.Write(ref _blocks, _blocks + 1);
        }
    }
}
