using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage;

namespace AkkaKv.Simulation.Measuring;

/// <summary>One node of a <see cref="MeasuredCluster"/>: its replicas, its anti-entropy, and a store in memory.</summary>
internal sealed class MeasuredNode
{
    private readonly Dictionary<Address, MeasuredCell> _cells = [];
    private readonly Queue<StoreCompletion> _completions = new();
    private readonly MeasuredCluster _cluster;
    private readonly IStorePort _port;
    private readonly Action<Address, Message> _send;

    public MeasuredNode(MeasuredCluster cluster, NodeId id, TreeShape shape, AntiEntropyOptions options)
    {
        _cluster = cluster;
        Id = id;
        _send = (to, message) => cluster.Send(new Address(id, ActorRole.Store, 0), to, message);
        var store = new MemoryStore(
            new StoreOptions { Node = id.Name, Cluster = "measured", Time = TimeProvider.System, DrawId = () => StableHash.Of(System.Text.Encoding.ASCII.GetBytes(id.Name)), PendingBytesMax = 1L << 40 },
            1,
            static _ => 0);
        _port = store.OpenPort(0, _completions.Enqueue);
        for (int partition = 0; partition < shape.Partitions; partition++)
            Add(new Address(id, ActorRole.Replica, (ulong)partition), new ReplicaActor(new ReplicaOptions(), shape));
        Add(new Address(id, ActorRole.AntiEntropy, 0), new AntiEntropyActor(options, shape));
    }

    public NodeId Id { get; }

    public void Start()
    {
        foreach (MeasuredCell cell in _cells.Values)
            cell.Actor.Start(cell);
    }

    public void Deliver(Address to, Message message)
    {
        if (to.Role == ActorRole.Store)
            _port.Submit(message, _send);
        else if (_cells.TryGetValue(to, out MeasuredCell? cell))
            cell.Actor.Receive(cell, message);
    }

    /// <summary>Puts an object into the store, past the actors.</summary>
    public void Load(StoreKey key, ReadOnlyMemory<byte> value) =>
        _port.Submit(new StoreWrite(key, value, 0, new Address(Id, ActorRole.Caller, 0)), static (_, _) => { });

    public ReadOnlyMemory<byte> Look(StoreKey key)
    {
        ReadOnlyMemory<byte> found = default;
        _port.Submit(new StoreRead(key, 0, default), (_, message) => found = ((StoreReadDone)message).Object);
        return found;
    }

    public void EndTurn()
    {
        _port.EndTurn();
        while (_completions.TryDequeue(out StoreCompletion? completion))
            _port.Complete(completion, _send);
    }

    private void Add(Address address, Actor actor) => _cells.Add(address, new MeasuredCell(_cluster, address, actor));
}

/// <summary>One actor's context.</summary>
internal sealed class MeasuredCell(MeasuredCluster cluster, Address self, Actor actor) : IActorContext
{
    public Actor Actor => actor;

    public Address Self => self;

    public TimeSpan Now => cluster.Now;

    public DateTimeOffset WallNow => DateTimeOffset.UnixEpoch + cluster.Now;

    public RandomSource Random => cluster.Random;

    public void Send(Address to, Message message) => cluster.Send(self, to, message);

    public TimerId StartTimer(TimeSpan delay, Message message) => cluster.StartTimer(self, delay, message);

    public void CancelTimer(TimerId timer) => cluster.CancelTimer(timer);

    public Address Spawn(ActorRole role, Actor actor) => throw new InvariantException("nothing is spawned in a measurement");

    public void Stop() => throw new InvariantException("nothing stops in a measurement");

    public void Count(Counter counter, long amount = 1) => cluster.Counted[(int)counter] += amount;
}
