using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.AntiEntropy;

/// <summary>Some nodes that own everything, whose stores a test makes differ behind the actors' backs.</summary>
internal sealed class ExchangeWorld
{
    public ExchangeWorld(AntiEntropyOptions options, int nodes = 2, int partitions = 4, ReplicaOptions? replica = null)
    {
        World = new TestWorld(nodes, nodes, partitions: partitions, antiEntropy: options, replica: replica);
        foreach (TestStore store in World.Stores.Values)
            store.KeysPerScan = 1000;
    }

    /// <summary>On schedule only when told.</summary>
    public static AntiEntropyOptions OnCommand { get; } = new() { Interval = TimeSpan.FromDays(30) };

    public TestWorld World { get; }

    public NodeId Node(int number) => World.Nodes[number - 1];

    public TestStore Store(int number) => World.Stores[Node(number)];

    public static StoreKey Key(int number) => StoreKey.Of("b", System.Text.Encoding.ASCII.GetBytes($"key-{number}"));

    public int PartitionOf(int key) => World.Ring.PartitionOf(Key(key));

    public static SiblingSet SetOf(ulong actor, ulong counter, string value = "v") =>
        SiblingSet.Empty.Put(VersionVector.Empty, new Dot(actor, counter), new ValueContent(System.Text.Encoding.ASCII.GetBytes(value), null, 0));

    /// <summary>Puts an object on some nodes.</summary>
    public void Set(int key, SiblingSet set, params int[] nodes)
    {
        foreach (int node in nodes)
            Store(node).Set(Key(key), SiblingSetCodec.Encode(set));
    }

    public RepairProgress? StartRepair(int node) => Ask<RepairTold>(node, caller => new RepairStart(caller)).Repair;

    public RepairProgress? Repair(int node) => Ask<RepairTold>(node, caller => new RepairAsk(caller)).Repair;

    public AntiEntropyTold State(int node) => Ask<AntiEntropyTold>(node, caller => new AntiEntropyAsk(caller));

    public void Tell(int node, Message message)
    {
        World.Post(Actor(node), message);
        World.Run();
    }

    /// <summary>Lets time pass until the repair is over.</summary>
    public RepairProgress Repaired(int node)
    {
        StartRepair(node);
        for (int i = 0; i < 600 && Repair(node)!.FinishedAt is null; i++)
            World.Advance(TimeSpan.FromSeconds(1));
        Repair(node)!.FinishedAt.ShouldNotBeNull(Repair(node)!.WaitingFor);
        return Repair(node)!;
    }

    public void Reconnect(int a, int b)
    {
        World.Post(new Address(Node(a), ActorRole.Membership, 0), new PeerConnected(Node(b)));
        World.Post(new Address(Node(b), ActorRole.Membership, 0), new PeerConnected(Node(a)));
        World.Run();
    }

    public string Content(int node, int key)
    {
        SiblingSetCodec.TryDecode(Store(node).Object(Key(key)), out SiblingSet set).ShouldBeTrue();
        return set.ToString();
    }

    public List<TMessage> Sent<TMessage>(bool between = true)
        where TMessage : Message =>
        [.. World.Trace.Where(entry => !between || entry.From.Node != entry.To.Node).Select(entry => entry.Message).OfType<TMessage>()];

    private Address Actor(int node) => new(Node(node), ActorRole.AntiEntropy, 0);

    private TReply Ask<TReply>(int node, Func<Address, Message> request)
        where TReply : Message
    {
        var caller = new Address(Node(node), ActorRole.Caller, 900_000);
        World.Post(Actor(node), request(caller));
        World.Run();
        return World.TakeReply<TReply>(caller.Number);
    }
}
