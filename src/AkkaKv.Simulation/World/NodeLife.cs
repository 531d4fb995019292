using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.World;

/// <summary>
/// One process of a node from start to death: its actors, its event loops, its store. A turn of a loop takes one message
/// from outside, runs what it sets off within the loop, and ends by handing the turn's writes to the store.
/// </summary>
internal sealed class NodeLife
{
    private readonly Dictionary<ulong, SimCell>?[] _cells = new Dictionary<ulong, SimCell>?[256];
    private readonly Queue<Delivery>[] _local;
    private readonly Queue<Action> _asleep = new();
    private readonly bool _hops;

    // When the newest message between two loops arrives, by sender and receiver; the last sender is the store's writer.
    private readonly long[,] _lastHops;
    private ulong _nextNumber;
    private int _loop;
    private int _operation;

    public NodeLife(SimWorld world, SimNode node)
    {
        World = world;
        Node = node;
        Random = world.Streams.Of("node-" + node.Index, node.Boots);
        StartedAt = world.Now;
        _hops = world.Shape.LocalHops;
        Loops = world.Shape.LoopsMax == 1 ? 1 : world.Streams.Of("loops-" + node.Index, node.Boots).Between(1, world.Shape.LoopsMax);
        _lastHops = new long[Loops + 1, Loops];
        _local = new Queue<Delivery>[Loops];
        for (int loop = 0; loop < Loops; loop++)
            _local[loop] = new Queue<Delivery>();

        // As in the native host: a late reply to a request of before a restart must not find a new one under its number.
        _nextNumber = Random.NextUInt64() >> 12;
        Store = new NodeStore(this);
    }

    public SimWorld World { get; }

    public SimNode Node { get; }

    public RandomSource Random { get; }

    public long StartedAt { get; }

    public NodeStore Store { get; }

    /// <summary>Event loops: a partition belongs to one, an actor stays on one, messages between two take time.</summary>
    public int Loops { get; }

    /// <summary>False once the process has died; what was scheduled for it then does nothing.</summary>
    public bool IsAlive => Node.Life == this;

    /// <summary>Requests that have not ended.</summary>
    public int Requests => _cells[(byte)ActorRole.Request]?.Count ?? 0;

    public void Start(NodeOptions options)
    {
        foreach (ActorPlan plan in World.Seams.Recipe(options))
        {
            _loop = LoopOf(plan.Role, plan.Number);
            StartCell(new Address(Node.Id, plan.Role, plan.Number), plan.Make(), 0);
        }

        for (int loop = 0; loop < Loops; loop++)
            EndTurn(loop);
    }

    public ulong NextNumber() => _nextNumber++;

    /// <summary>The loop of the keys of a hash.</summary>
    public int LoopOfHash(ulong hash) => new Token(hash).PartitionIn(World.Shape.Partitions) % Loops;

    /// <summary>The gateway that a facade of this node takes for a key: the one on the loop of its partition.</summary>
    public Address GatewayOf(StoreKey key) => new(Node.Id, ActorRole.Gateway, (ulong)LoopOfHash(key.Hash));

    /// <summary>A message from outside: a peer, a client, the host itself.</summary>
    public void Post(Address to, Message message, int operation, ulong content = 0) =>
        When(() => Receive(new Delivery(to, message, operation, content)));

    /// <summary>Runs work of this process now, or, in its order, when it wakes up.</summary>
    public void When(Action work)
    {
        if (!IsAlive)
            return;
        if (World.Now >= Node.PausedUntil)
        {
            Wake();
            if (IsAlive)
                World.Guard(Node, work);
            return;
        }

        _asleep.Enqueue(work);
        if (_asleep.Count == 1)
            World.At(Node.PausedUntil, Wake);
    }

    /// <summary>Does what waited while the process slept, unless it sleeps on.</summary>
    public void Wake()
    {
        if (_asleep.Count > 0 && World.Now < Node.PausedUntil)
            World.At(Node.PausedUntil, Wake);
        while (World.Now >= Node.PausedUntil && IsAlive && _asleep.TryDequeue(out Action? work))
            World.Guard(Node, work);
    }

    public void StartTimer(long delay, Action fire) => World.After(delay, () => When(fire));

    public void Fire(SimCell cell, Message message) => Receive(new Delivery(cell.Self, message, cell.Operation, 0));

    public void Send(SimCell from, Address to, Message message)
    {
        int operation = from.Operation != 0 ? from.Operation : _operation;
        World.Dots.Sent(to, message, operation);
        World.HintKeeping.Sent(from.Self, to, message);
        World.Reachability.Sent(this, message);
        World.Line.Sent(this, message);
        World.Ids.Sent(this, from.Self, message);
        if (Node.SendsUntilDeath > 0 && --Node.SendsUntilDeath == 0)
            throw new ProcessDiedException();
        if (to.Node != Node.Id)
            World.Network.Send(this, to, message, operation);
        else if (to.Role == ActorRole.Store)
            Store.Submit(_loop, message);
        else if (to.Role == ActorRole.Caller)
            World.Reply(unchecked((int)to.Number), message);
        else if (to.Role == ActorRole.Network)
            World.Network.Want(Node, (PeersWanted)message);
        else
            Enqueue(new Delivery(to, message, operation, 0));
    }

    /// <summary>What the store sends: never through the store again.</summary>
    public void SendFromStore(Address to, Message message) => Enqueue(new Delivery(to, message, 0, 0));

    public Address Spawn(ActorRole role, Actor actor)
    {
        var address = new Address(Node.Id, role, (NextNumber() * (ulong)Loops) + (ulong)_loop);
        StartCell(address, actor, _operation);
        return address;
    }

    /// <summary>Runs all that is queued within a loop, then hands the turn's writes to the store.</summary>
    public void EndTurn(int loop)
    {
        _loop = loop;
        while (_local[loop].TryDequeue(out Delivery next))
            Dispatch(next);
        Store.EndTurn(loop);
    }

    /// <summary>The store's writer tells a loop that something is done: at once where there is one loop, else a little later.</summary>
    public void TellLoop(int loop, Action work)
    {
        void Run()
        {
            _loop = loop;
            work();
            EndTurn(loop);
        }

        if (Loops == 1)
            Run();
        else
            World.At(NextHop(Loops, loop), () => When(Run));
    }

    // Which loop owns an address; as in the native host. −1 for none: there can be no such actor.
    private int LoopOf(ActorRole role, ulong number) => role switch
    {
        ActorRole.Store or ActorRole.Caller or ActorRole.Network => -1,
        ActorRole.Membership or ActorRole.RingManager or ActorRole.AntiEntropy => 0,
        ActorRole.Agreement or ActorRole.Topology or ActorRole.Transfer => 0,
        ActorRole.Gateway => number < (ulong)Loops ? (int)number : -1,
        _ => (int)(number % (ulong)Loops),
    };

    private void Receive(in Delivery delivery)
    {
        int loop = LoopOf(delivery.To.Role, delivery.To.Number);
        if (loop < 0)
            return;
        _local[loop].Enqueue(delivery);
        EndTurn(loop);
    }

    // Between two loops every message is an event of its own; with hops also within one: more orders.
    private void Enqueue(Delivery delivery)
    {
        int loop = LoopOf(delivery.To.Role, delivery.To.Number);
        if (loop == _loop && !_hops)
            _local[loop].Enqueue(delivery);
        else if (loop >= 0)
            World.At(NextHop(_loop, loop), () => When(() => Receive(delivery)));
    }

    private long NextHop(int from, int to) => _lastHops[from, to] = Math.Max(_lastHops[from, to], World.Now + World.HopDelay());

    private void StartCell(Address address, Actor actor, int operation)
    {
        var cell = new SimCell(this, address, actor, operation);
        (_cells[(byte)address.Role] ??= []).Add(address.Number, cell);
        actor.Start(cell);
        RemoveStopped(cell);
    }

    private void Dispatch(in Delivery next)
    {
        Dictionary<ulong, SimCell>? cells = _cells[(byte)next.To.Role];
        if (cells is null || !cells.TryGetValue(next.To.Number, out SimCell? cell))
        {
            World.DroppedUnknownAddress++;
            return;
        }

        int operation = next.Operation != 0 ? next.Operation : cell.Operation;
        World.Trace.Message(World.Now, Node.Index, next.To, next.Message, next.Content, operation);
        _operation = operation;
        cell.Actor.Receive(cell, next.Message);
        _operation = 0;
        RemoveStopped(cell);
    }

    private void RemoveStopped(SimCell cell)
    {
        if (cell.IsStopped)
            _cells[(byte)cell.Self.Role]!.Remove(cell.Self.Number);
    }

    private readonly record struct Delivery(Address To, Message Message, int Operation, ulong Content);
}
