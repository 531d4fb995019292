using System.Collections.Concurrent;
using AkkaKv.Contract;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Tests.Contract;

/// <summary>Nodes in actor systems of their own in this process: real remoting, and log stores in a directory of their own.</summary>
internal sealed class AkkaContractHost : IContractHost
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-contract-").FullName;
    private readonly TestSystem[] _systems;
    private readonly AkkaRuntime[] _nodes;
    private readonly INodeStore[] _stores;
    private readonly ConcurrentDictionary<(int, NodeId), TaskCompletionSource> _connected = new();

    public AkkaContractHost(int nodes, int loops, int partitions)
    {
        _systems = [.. Enumerable.Range(0, nodes).Select(_ => TestSystem.Start())];
        _stores = [.. Enumerable.Range(0, nodes).Select(index => LogStore.Open(
            Path.Combine(_directory, Node(index).Name),
            new StoreOptions { Node = Node(index).Name, Cluster = "test", Time = TimeProvider.System, DrawId = DrawId },
            loops,
            hash => new Token(hash).PartitionIn(partitions) % loops))];
        _nodes = [.. Enumerable.Range(0, nodes).Select(index => new AkkaRuntime(
            _systems[index].System,
            OptionsOf(index, loops, partitions),
            new AkkaNodeHooks { PeerConnected = peer => Connection(index, peer).TrySetResult() },
            _stores[index].OpenPort,
            TimeProvider.System))];
    }

    public long DroppedUnknownAddress => _nodes.Sum(node => node.DroppedUnknownAddress);

    public NodeId Node(int node) => new($"node-{node + 1}");

    public void Add(Address address, Func<Actor> make) => Of(address).Spawn(address.Role, address.Number, make);

    public async Task StartAsync()
    {
        foreach (AkkaRuntime node in _nodes)
            await node.StartAsync();
        for (int node = 0; node < _nodes.Length; node++)
        {
            for (int other = 0; other < _nodes.Length; other++)
            {
                if (node != other)
                    await Connection(node, Node(other)).Task.WaitAsync(Waiting.Max);
            }
        }
    }

    public void Post(Address to, Message message) => Of(to).TryPost(to, message).ShouldBeTrue();

    public async Task UntilAsync(Journal journal, Func<bool> holds)
    {
        while (true)
        {
            Task changed = journal.Changed;
            if (holds())
                return;
            Task<Task<NodeFailure?>> stopped = Task.WhenAny(_nodes.Select(node => node.Stopped));
            if (await Task.WhenAny(changed, stopped).WaitAsync(Waiting.Max) == stopped)
                throw new TimeoutException($"A node stopped itself: {await await stopped}");
        }
    }

    public async Task<string> FailureAsync(int node)
    {
        NodeFailure? failure = await _nodes[node].Stopped.WaitAsync(Waiting.Max);
        await _nodes[node].DisposeAsync();
        return failure.ShouldNotBeNull().ToString();
    }

    public long Counted(Counter counter) => _nodes.Sum(node => node.CountedByActors[(int)counter]);

    public async ValueTask DisposeAsync()
    {
        foreach (AkkaRuntime node in _nodes)
            await node.DisposeAsync();
        foreach (INodeStore store in _stores)
            store.Dispose();
        foreach (TestSystem system in _systems)
            await system.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private AkkaNodeOptions OptionsOf(int index, int loops, int partitions) => new()
    {
        Self = Node(index),
        Cluster = "test",
        RingPartitions = partitions,
        Loops = loops,
        GreetInterval = TimeSpan.FromMilliseconds(50),
        Peers = [.. Enumerable.Range(0, _systems.Length).Where(other => other != index).Select(other => new PeerEndpoint(Node(other), "127.0.0.1", _systems[other].Port))],
    };

    private TaskCompletionSource Connection(int node, NodeId peer) =>
        _connected.GetOrAdd((node, peer), static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private AkkaRuntime Of(Address address) => _nodes[Enumerable.Range(0, _nodes.Length).First(index => Node(index) == address.Node)];

    private static ulong DrawId() => BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
