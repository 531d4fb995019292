using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.AntiEntropy;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Transfer;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Transfer;

/// <summary>Four nodes of which three belong at first, and whose epochs a test enters; two replicas of everything.</summary>
internal sealed class TransferWorld
{
    public const int Partitions = 4;
    private readonly RingMember[] _members;

    public TransferWorld(TransferOptions? options = null)
    {
        World = new TestWorld(4, 2, partitions: Partitions, antiEntropy: ExchangeWorld.OnCommand, transfer: options ?? Small);
        _members = [.. World.Nodes.Select(node => new RingMember(node))];
        Old = RingSnapshot.Of(Configuration(TopologyPhase.Settled, 1).Ring);
        New = RingSnapshot.Of(Configuration(TopologyPhase.WriteNew, 1).Ring);
    }

    /// <summary>Batches of a few keys.</summary>
    public static TransferOptions Small { get; } = new() { BatchBytes = 1024, PullTimeout = TimeSpan.FromSeconds(1), ClearKeys = 4 };

    public TestWorld World { get; }

    /// <summary>The ring of node-1 to node-3.</summary>
    public RingSnapshot Old { get; }

    /// <summary>The ring of node-2 to node-4.</summary>
    public RingSnapshot New { get; }

    public static StoreKey Key(int number) => ExchangeWorld.Key(number);

    public NodeId Node(int number) => World.Nodes[number - 1];

    public TestStore Store(int number) => World.Stores[Node(number)];

    public ClusterConfiguration Configuration(TopologyPhase phase, long epoch) =>
        new(epoch, 7, Partitions, 2, _members[..3])
        {
            Phase = phase,
            Next = phase == TopologyPhase.Settled ? null : _members[1..],
            RingEpoch = epoch,
        };

    /// <summary>Puts so many objects where the old ring wants them.</summary>
    public void Fill(int keys)
    {
        for (int key = 0; key < keys; key++)
        {
            foreach (NodeId owner in Old.OwnersOf(Old.PartitionOf(Key(key))))
                World.Stores[owner].Set(Key(key), Object(key));
        }
    }

    public static ReadOnlyMemory<byte> Object(int key, string value = "value") =>
        SiblingSetCodec.Encode(ExchangeWorld.SetOf(1, (ulong)key + 1, value + new string('.', 100)));

    public void Enter(int node, TopologyPhase phase, long epoch, bool allEntered = true)
    {
        ClusterConfiguration configuration = Configuration(phase, epoch);
        World.Post(Transfer(node), new EpochEntered(configuration, RingSnapshot.Of(configuration.Ring), allEntered));
        World.Run();
    }

    /// <summary>Enters an epoch that only concerns leases.</summary>
    public void EnterLease(int node, TopologyPhase phase, long workEpoch, long epoch)
    {
        ClusterConfiguration configuration = Configuration(phase, workEpoch) with { Epoch = epoch, LeaseEpochs = epoch - workEpoch, Workers = new WorkerLeases(8, "bits", 0, []) };
        World.Post(Transfer(node), new EpochEntered(configuration, RingSnapshot.Of(configuration.Ring), AllEntered: false));
        World.Run();
    }

    public void EnterAll(TopologyPhase phase, long epoch, bool allEntered = true)
    {
        for (int node = 1; node <= 4; node++)
            Enter(node, phase, epoch, allEntered);
    }

    public EpochWork Work(int node) =>
        World.Reply<EpochWorkTold>(World.Ask(Transfer(node), caller => new EpochWorkAsk(caller)))!.Work;

    /// <summary>Lets time pass until the node's work is done.</summary>
    public void Finish(int node, int seconds = 120)
    {
        for (int i = 0; i < seconds * 10 && !Work(node).IsDone; i++)
            World.Advance(TimeSpan.FromMilliseconds(100));
        Work(node).IsDone.ShouldBeTrue(Work(node).ToString());
    }

    public bool HasTold(int node, long epoch) =>
        Sent<EpochWorkTold>(node).Exists(told => told.Work.Epoch == epoch && told.Work.IsDone);

    /// <summary>What a node has sent, of a kind, to its actors or others.</summary>
    public List<TMessage> Sent<TMessage>(int node)
        where TMessage : Message =>
        [.. World.Trace.Where(entry => entry.From.Node == Node(node) && entry.To.Role != ActorRole.Caller).Select(entry => entry.Message).OfType<TMessage>()];

    /// <summary>Every one of so many keys is where a ring wants it, whole.</summary>
    public void ShouldHold(RingSnapshot ring, int keys)
    {
        for (int key = 0; key < keys; key++)
        {
            foreach (NodeId owner in ring.OwnersOf(ring.PartitionOf(Key(key))))
                World.Stores[owner].Object(Key(key)).ToArray().ShouldBe(Object(key).ToArray(), $"{Key(key)} at {owner}");
        }
    }

    private Address Transfer(int node) => new(Node(node), ActorRole.Transfer, 0);
}
