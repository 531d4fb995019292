using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Host;
using AkkaKv.Host.AkkaNet;
using AkkaKv.Host.AkkaNet.Node;
using AkkaKv.Host.Native;
using AkkaKv.Host.Native.Node;
using AkkaKv.Storage;

namespace AkkaKv.AkkaNet.Benchmarks;

/// <summary>What the hosts of AkkaKv have in common here: N = 3, R = W = 2, 64 partitions, one loop each.</summary>
internal abstract class AkkaKvContender(string? directory) : IContender
{
    protected const int Partitions = 64;

    protected static readonly NodeId[] Names = [new("node-1"), new("node-2"), new("node-3")];

    private IAkkaKv[] _doors = [];

    public abstract string Name { get; }

    public async Task StartAsync()
    {
        _doors = await StartNodesAsync();
        foreach (IAkkaKv door in _doors)
        {
            while ((await door.MembersAsync(default)).Count(member => member.Reachable) < 3)
                await Task.Delay(50);
        }
    }

    public async Task WriteAsync(int node, int key, byte[] value)
    {
        PutReply reply = await _doors[node].PutAsync(KeyOf(key), new PutRequest(value, LastWriteWins: true), RequestOptions.Default, default);
        if (reply.Error is { } error)
            throw new InvalidOperationException(error.Detail);
    }

    public async Task ReadAsync(int node, int key)
    {
        GetReply reply = await _doors[node].GetAsync(KeyOf(key), RequestOptions.Default, default);
        if (reply.Error is { } error || !reply.Found)
            throw new InvalidOperationException(reply.Error?.Detail ?? "nothing there");
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<IAkkaKv[]> StartNodesAsync();

    protected NodePlan PlanOf(NodeId self, int[] ports)
    {
        RingMember[] members = [.. Names.Select((name, index) => new RingMember(name) { Endpoint = $"127.0.0.1:{ports[index]}" })];
        var gateway = new GatewayOptions
        {
            ContextSecret = "bench"u8.ToArray(),
            Places = [],
            Quorum = new QuorumDefaults(3, 2, 2),
            Timeout = TimeSpan.FromSeconds(10),
            Gateways = 1,
        };
        var store = new StoreOptions { Node = self.Name, Cluster = "bench", Time = TimeProvider.System, DrawId = NativeRuntime.DrawSeed };
        return new NodePlan(
            new NodeOptions(self, new RingTopology(1, Partitions, 3, members), gateway, new ReplicaOptions()),
            1,
            store,
            directory is null ? null : Path.Combine(directory, Name.Replace(' ', '-'), self.Name),
            25,
            happened => Console.Error.WriteLine(happened.Text));
    }

    protected static PeerEndpoint[] PeersOf(NodeId self, int[] ports) =>
        [.. Names.Select((name, index) => new PeerEndpoint(name, "127.0.0.1", ports[index])).Where(peer => peer.Node != self)];

    private static EntryKey KeyOf(int key) => EntryKey.FromText("bench", "key-" + key.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Event loops and TCP.</summary>
internal sealed class NativeContender(string? directory) : AkkaKvContender(directory)
{
    private readonly List<NativeNode> _nodes = [];

    public override string Name => "AkkaKv native";

    public override async ValueTask DisposeAsync()
    {
        foreach (NativeNode node in _nodes)
            await node.DisposeAsync();
    }

    protected override Task<IAkkaKv[]> StartNodesAsync()
    {
        foreach (NodeId self in Names)
        {
            NodePlan plan = PlanOf(self, [0, 0, 0]);
            var host = new NativeNodeOptions
            {
                Self = self,
                Cluster = "bench",
                RingPartitions = Partitions,
                Peers = [.. PeersOf(self, [0, 0, 0])],
            };
            _nodes.Add(NativeNode.Open(new NativeNodePlan(WithoutPlaces(plan.Actors), host, plan.Store, plan.DataDirectory, 25, plan.Log), TimeProvider.System));
        }

        int[] ports = [.. _nodes.Select(node => node.Bind().Port)];
        for (int index = 0; index < _nodes.Count; index++)
        {
            foreach (PeerEndpoint peer in PeersOf(Names[index], ports))
                _nodes[index].SetPeerEndpoint(peer.Node, peer.Host, peer.Port);
        }

        _nodes.ForEach(node => node.Start());
        return Task.FromResult<IAkkaKv[]>([.. _nodes]);
    }

    // The ports are known only when the nodes have them.
    private static NodeOptions WithoutPlaces(NodeOptions actors) =>
        actors with { Topology = actors.Topology with { Members = [.. Names.Select(name => new RingMember(name))] } };
}

/// <summary>Actor systems, with the replicas reached directly or through their shards.</summary>
internal sealed class AkkaContender(string? directory, bool isSharded) : AkkaKvContender(directory)
{
    private readonly ActorSystem[] _systems = [.. Enumerable.Range(0, 3).Select(_ => Systems.Start(Config.Empty))];
    private readonly List<AkkaNode> _nodes = [];

    public override string Name => isSharded ? "AkkaKv on Akka.NET, sharded" : "AkkaKv on Akka.NET, direct";

    public override async ValueTask DisposeAsync()
    {
        foreach (AkkaNode node in _nodes)
            await node.DisposeAsync();
        foreach (ActorSystem system in _systems)
            await system.Terminate();
    }

    protected override async Task<IAkkaKv[]> StartNodesAsync()
    {
        await Systems.JoinAsync(_systems);
        int[] ports = [.. _systems.Select(Systems.PortOf)];
        for (int index = 0; index < 3; index++)
        {
            var host = new AkkaNodeOptions { Self = Names[index], Cluster = "bench", RingPartitions = Partitions, Peers = PeersOf(Names[index], ports) };
            AkkaNode node = AkkaNode.Open(_systems[index], new AkkaNodePlan(PlanOf(Names[index], ports), host), TimeProvider.System);
            _nodes.Add(node);
            await node.StartAsync();
        }

        if (!isSharded)
            return [.. _nodes];
        foreach (AkkaNode node in _nodes)
            await node.Runtime.UseShardingAsync();
        while (!_nodes.TrueForAll(node => node.Runtime.IsSharded))
            await Task.Delay(50);
        return [.. _nodes];
    }
}
