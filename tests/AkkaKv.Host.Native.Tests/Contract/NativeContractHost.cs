using AkkaKv.Contract;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Native.Node;
using AkkaKv.Host.Native.Tests.Support;
using AkkaKv.Storage;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Tests.Contract;

/// <summary>Nodes of the native host in this process: real threads, sockets, and log stores in a directory of their own.</summary>
internal sealed class NativeContractHost : IContractHost
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-contract-").FullName;
    private readonly TestNode[] _nodes;
    private readonly INodeStore[] _stores;

    public NativeContractHost(int nodes, int loops, int partitions)
    {
        string[] names = [.. Enumerable.Range(1, nodes).Select(number => $"node-{number}")];
        _stores = [.. names.Select(name => LogStore.Open(
            Path.Combine(_directory, name),
            new StoreOptions { Node = name, Cluster = "test", Time = TimeProvider.System, DrawId = NativeRuntime.DrawSeed },
            loops,
            hash => new Token(hash).PartitionIn(partitions) % loops))];
        _nodes = [.. names.Select((name, index) => new TestNode(
            name,
            names,
            options => options with { Loops = loops, RingPartitions = partitions },
            port => new StoreService(_stores[index], port),
            WireCodec.Instance))];
    }

    public long DroppedUnknownAddress => _nodes.Sum(node => node.Runtime.Counters().DroppedUnknownAddress);

    public NodeId Node(int node) => _nodes[node].Id;

    public void Add(Address address, Func<Actor> make) => Of(address).Runtime.Spawn(address.Role, address.Number, make);

    public Task StartAsync() => TestCluster.StartAsync(_nodes);

    public void Post(Address to, Message message) => Of(to).Runtime.TryPost(to, message).ShouldBeTrue();

    public async Task UntilAsync(Journal journal, Func<bool> holds)
    {
        while (true)
        {
            Task changed = journal.Changed;
            if (holds())
                return;
            Task<Task<NodeFailure?>> stopped = Task.WhenAny(_nodes.Select(node => node.Runtime.Stopped));
            if (await Task.WhenAny(changed, stopped).WaitAsync(Waiting.Max) == stopped)
                throw new TimeoutException($"A node stopped itself: {await await stopped}");
        }
    }

    public async Task<string> FailureAsync(int node)
    {
        NodeFailure? failure = await _nodes[node].Runtime.Stopped.WaitAsync(Waiting.Max);
        await _nodes[node].DisposeAsync();
        return failure.ShouldNotBeNull().ToString();
    }

    public long Counted(Counter counter) => _nodes.Sum(node => node.Runtime.Counters().OfActors[(int)counter]);

    public async ValueTask DisposeAsync()
    {
        foreach (TestNode node in _nodes)
            await node.DisposeAsync();
        foreach (INodeStore store in _stores)
            store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private TestNode Of(Address address) => _nodes.First(node => node.Id == address.Node);
}
