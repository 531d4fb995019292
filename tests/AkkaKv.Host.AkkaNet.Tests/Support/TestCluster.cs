using Akka.Configuration;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Node;
using AkkaKv.Storage;

namespace AkkaKv.Host.AkkaNet.Tests.Support;

/// <summary>Whole nodes, each in an actor system of its own in this process, with log stores in a directory of their own.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const int Partitions = 64;

    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-nodes-").FullName;
    private readonly TestSystem[] _systems;
    private readonly AkkaNode?[] _nodes;
    private readonly int[] _ports;
    private readonly int _loops;
    private readonly Func<AkkaNodePlan, AkkaNodePlan> _change;
    private readonly string _settings;

    private TestCluster(int nodes, int loops, string settings, Func<AkkaNodePlan, AkkaNodePlan>? change)
    {
        _loops = loops;
        _settings = settings;
        _change = change ?? (static plan => plan);
        _systems = [.. Enumerable.Range(0, nodes).Select(index => TestSystem.Start(SettingsOf(index)))];
        _ports = [.. _systems.Select(system => system.Port)];
        _nodes = new AkkaNode?[nodes];
    }

    public AkkaNode this[int index] => _nodes[index]!;

    public int PortOf(NodeId node) => _ports[Enumerable.Range(0, _ports.Length).First(index => NameOf(index) == node)];

    public TestSystem SystemOf(int index) => _systems[index];

    public static async Task<TestCluster> StartAsync(
        int nodes, int loops = 1, string settings = "akka.actor.provider = remote", Func<AkkaNodePlan, AkkaNodePlan>? change = null)
    {
        var cluster = new TestCluster(nodes, loops, settings, change);
        for (int index = 0; index < nodes; index++)
            await cluster.StartNodeAsync(index);
        for (int index = 0; index < nodes; index++)
            await cluster.UntilReachedAsync(index, nodes);
        return cluster;
    }

    public static NodeId NameOf(int index) => new($"node-{index + 1}");

    /// <summary>Ends a node's actor system with all its actors and connections; nobody is told.</summary>
    public async Task KillAsync(int index)
    {
        AkkaNode node = _nodes[index]!;
        _nodes[index] = null;
        await node.DisposeAsync();
        await _systems[index].DisposeAsync();
    }

    /// <summary>Brings a node back, on its data and at its port.</summary>
    public async Task RestartAsync(int index)
    {
        _systems[index] = TestSystem.Start($"akka.remote.dot-netty.tcp.port = {_ports[index]}\n{SettingsOf(index)}");
        await StartNodeAsync(index);
    }

    /// <summary>Ends when the node counts so many members as reachable.</summary>
    public async Task UntilReachedAsync(int index, int members)
    {
        using var over = new CancellationTokenSource(Waiting.Max);
        while ((await _nodes[index]!.MembersAsync(over.Token)).Count(member => member.Reachable) != members)
        {
            over.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (AkkaNode? node in _nodes)
        {
            if (node is not null)
                await node.DisposeAsync();
        }

        foreach (TestSystem system in _systems)
            await system.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private string SettingsOf(int index) => $"{_settings}\n{NodeRoles.Hocon(NameOf(index), Config.Empty)}";

    private async Task StartNodeAsync(int index)
    {
        AkkaNode node = AkkaNode.Open(_systems[index].System, _change(PlanOf(index)), TimeProvider.System);
        _nodes[index] = node;
        await node.StartAsync();
    }

    private AkkaNodePlan PlanOf(int index)
    {
        NodeId self = NameOf(index);
        RingMember[] members = [.. Enumerable.Range(0, _nodes.Length).Select(other => new RingMember(NameOf(other)) { Endpoint = $"127.0.0.1:{_ports[other]}" })];
        int copies = Math.Min(3, members.Length);
        int quorum = (copies / 2) + 1;
        var gateway = new GatewayOptions
        {
            ContextSecret = "s"u8.ToArray(),
            Places = [],
            Quorum = new QuorumDefaults(copies, quorum, quorum),
            Timeout = TimeSpan.FromSeconds(20),
            Gateways = _loops,
        };
        var actors = new NodeOptions(self, new RingTopology(1, Partitions, copies, members), gateway, new ReplicaOptions())
        {
            Membership = new MembershipOptions { Tick = TimeSpan.FromMilliseconds(200) },
        };
        var store = new StoreOptions { Node = self.Name, Cluster = "test", Time = TimeProvider.System, DrawId = DrawId };
        var node = new NodePlan(actors, _loops, store, Path.Combine(_directory, self.Name), 25, _ => { });
        return new AkkaNodePlan(node, new AkkaNodeOptions
        {
            Self = self,
            Cluster = "test",
            RingPartitions = Partitions,
            Loops = _loops,
            GreetInterval = TimeSpan.FromMilliseconds(50),
            Peers = [.. Enumerable.Range(0, _nodes.Length).Where(other => other != index).Select(other => new PeerEndpoint(NameOf(other), "127.0.0.1", _ports[other]))],
        });
    }

    private static ulong DrawId() => BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
