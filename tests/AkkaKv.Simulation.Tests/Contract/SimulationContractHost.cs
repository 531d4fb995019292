using AkkaKv.Contract;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Simulation.World;
using AkkaKv.Storage;

namespace AkkaKv.Simulation.Tests.Contract;

/// <summary>A simulated world without faults, whose nodes run a test's actors.</summary>
internal sealed class SimulationContractHost : IContractHost
{
    private const long Second = TimeSpan.TicksPerSecond;

    private readonly List<(Address Address, Func<Actor> Make)> _actors = [];
    private readonly SimWorld _world;

    public SimulationContractHost(int nodes, ulong seed, bool localHops, int partitions)
    {
        var shape = new WorldShape
        {
            Nodes = nodes,
            Partitions = partitions,
            Replicas = nodes,
            LocalHops = localHops,
            Durability = Durability.Always,
            SegmentBytes = 64 << 10,
            PendingBytesMax = 1 << 20,
            UnderWayMax = 16_384,
            SiblingsMax = 100,
            DotsPerBlock = 1024,
            Latency = 200 * TimeSpan.TicksPerMicrosecond,
            SyncDelay = 500 * TimeSpan.TicksPerMicrosecond,
            LostDisksMax = 0,
            CompareInterval = Second,
            TreeLeaves = 32,
            LoopsMax = 1,
            IsLong = false,
            RepairsItself = false,
            WaitsForReaping = false,
            Grace = 20 * Second,
            HintBytesMax = 1 << 20,
        };
        _world = new SimWorld(new SeedStreams(seed), shape, new WorldSeams { Recipe = PlansOf });
    }

    public long DroppedUnknownAddress => _world.DroppedUnknownAddress;

    public NodeId Node(int node) => _world.Nodes[node].Id;

    public void Add(Address address, Func<Actor> make) => _actors.Add((address, make));

    public Task StartAsync()
    {
        foreach (SimNode node in _world.Nodes)
            _world.Boot(node);
        return Until(() => _world.Network.IsWhole);
    }

    public void Post(Address to, Message message) => _world.Nodes.Single(node => node.Id == to.Node).Life!.Post(to, message, 0);

    public Task UntilAsync(Journal journal, Func<bool> holds) => Until(holds);

    public Task<string> FailureAsync(int node)
    {
        _world.RunUntil(static () => false, _world.Now + (60 * Second));
        _world.Violation.ShouldNotBeNull("a node that fails ends the run");
        _world.Violation.Promise.ShouldBe("a node stops only when it is stopped");
        _world.Violation.Story.ShouldContain(Node(node).Name);
        return Task.FromResult(_world.Violation.Story);
    }

    public long Counted(Counter counter) => _world.Counted[(int)counter];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task Until(Func<bool> holds) => _world.RunUntil(holds, _world.Now + (60 * Second))
        ? Task.CompletedTask
        : throw new TimeoutException(_world.Violation?.ToString() ?? "It did not come to hold within a minute of virtual time.");

    // The world tells each node's membership who comes and goes.
    private IReadOnlyList<ActorPlan> PlansOf(NodeOptions options) =>
    [
        new ActorPlan(ActorRole.Membership, 0, () => new ScriptedActor(static (_, _) => { })),
        .. _actors.Where(actor => actor.Address.Node == options.Self).Select(actor => new ActorPlan(actor.Address.Role, actor.Address.Number, actor.Make)),
    ];
}
