using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Hints;

/// <summary>Nodes of which the first keeps hints for the others.</summary>
internal sealed class HintWorld(HintOptions? options = null, int partitions = 8, int nodes = 3)
{
    private ulong _nextCaller = 1UL << 40;

    public TestWorld World { get; } = new(nodes: nodes, partitions: partitions, hints: options);

    public NodeId Keeper => World.Nodes[0];

    public NodeId Target => World.Nodes[1];

    public NodeId Other => World.Nodes[2];

    public TestStore Store => World.Stores[Keeper];

    public static StoreKey Key(string name) => StoreKey.Of("b", System.Text.Encoding.UTF8.GetBytes(name));

    /// <summary>A set with the writes of these counters, all concurrent.</summary>
    public static SiblingSet Set(params int[] counters)
    {
        SiblingSet set = SiblingSet.Empty;
        foreach (int counter in counters)
            set = set.Put(VersionVector.Empty, new Dot((ulong)(100 + counter), 1), new ValueContent(new byte[] { (byte)counter }, null, counter));
        return set;
    }

    /// <summary>What replaces the set by one more write.</summary>
    public static SiblingSet Over(SiblingSet set, int counter, int bytes = 1) =>
        set.Put(set.Seen, new Dot(9, (ulong)counter), new ValueContent(new byte[bytes], null, counter));

    public Address HintsOf(NodeId node, StoreKey key) => new(node, ActorRole.Hints, (ulong)World.Ring.PartitionOf(key));

    /// <summary>Asks the keeper to keep; the call's outcome is known when it has one.</summary>
    public ulong Keep(string key, SiblingSet set, NodeId? target = null, NodeId? keeper = null) =>
        Keep(Key(key), SiblingSetCodec.Encode(set), target ?? Target, keeper ?? Keeper);

    public ulong Keep(StoreKey key, ReadOnlyMemory<byte> encoded, NodeId target, NodeId keeper)
    {
        ulong call = _nextCaller++;
        World.Post(HintsOf(keeper, key), new HintStore(target, key, encoded, call, new Address(keeper, ActorRole.Caller, call)));
        World.Run();
        return call;
    }

    public ReplicaOutcome? OutcomeOf(ulong call) => World.Reply<ReplicaMergeDone>(call)?.Outcome;

    public ReplicaReadDone Read(string key)
    {
        ulong call = _nextCaller++;
        World.Post(HintsOf(Keeper, Key(key)), new HintRead(Key(key), call, new Address(Keeper, ActorRole.Caller, call)));
        World.Run();
        return World.Reply<ReplicaReadDone>(call)!;
    }

    public HintBacklog[] Backlogs(NodeId? keeper = null) =>
        [.. Enumerable.Range(0, World.Ring.Partitions).SelectMany(partition => Told(keeper ?? Keeper, partition).Backlogs)];

    public HintsTold Told(NodeId keeper, int partition)
    {
        ulong call = _nextCaller++;
        World.Post(new Address(keeper, ActorRole.Hints, (ulong)partition), new HintsAsk(new Address(keeper, ActorRole.Caller, call)));
        World.Run();
        HintsTold told = World.Reply<HintsTold>(call)!;
        told.Partition.ShouldBe(partition);
        return told;
    }

    public HintRecord Kept(string key, NodeId? keeper = null)
    {
        HintCodec.TryDecode(World.Stores[keeper ?? Keeper].Object(Key(key), StoreSpace.Hints), out HintRecord record).ShouldBeTrue();
        return record;
    }

    /// <summary>What a node holds as a replica.</summary>
    public SiblingSet Held(NodeId node, string key) => Held(node, Key(key));

    public SiblingSet Held(NodeId node, StoreKey key)
    {
        SiblingSetCodec.TryDecode(World.Stores[node].Object(key), out SiblingSet set).ShouldBeTrue();
        return set;
    }

    public void Cut() => World.Disconnect(Keeper, Target);

    public void Mend() => World.Connect(Keeper, Target);

    public long Counted(Counter counter) => World.Counted.GetValueOrDefault(counter);

    /// <summary>Deliveries that were sent, lost ones not among them.</summary>
    public int Merges(NodeId target) => World.Trace.Count(sent =>
        sent is { Message: ReplicaMerge, From.Role: ActorRole.Hints } && sent.To.Node == target);

}
