using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;

namespace AkkaKv.Simulation.World;

/// <summary>
/// One process of a node from start to death: its actors, its queue, its store. A turn takes one message from outside,
/// runs what it sets off within the node, and ends by handing the turn's writes to the store.
/// </summary>
internal sealed class NodeLife
{
    private readonly Dictionary<ulong, SimCell>?[] _cells = new Dictionary<ulong, SimCell>?[256];
    private readonly Queue<Delivery> _local = new();
    private readonly Queue<Action> _asleep = new();
    private readonly bool _hops;
    private ulong _nextNumber;
    private long _lastHop;
    private int _operation;

    public NodeLife(SimWorld world, SimNode node)
    {
        World = world;
        Node = node;
        Random = world.Streams.Of("node-" + node.Index, node.Boots);
        StartedAt = world.Now;
        _hops = world.Shape.LocalHops;

        // As in the native host: a late reply to a request of before a restart must not find a new one under its number.
        _nextNumber = Random.NextUInt64() >> 12;
        Store = new NodeStore(this);
    }

    public SimWorld World { get; }

    public SimNode Node { get; }

    public RandomSource Random { get; }

    public long StartedAt { get; }

    public NodeStore Store { get; }

    /// <summary>False once the process has died; what was scheduled for it then does nothing.</summary>
    public bool IsAlive => Node.Life == this;

    /// <summary>Requests that have not ended.</summary>
    public int Requests => _cells[(byte)ActorRole.Request]?.Count ?? 0;

    public void Start(NodeOptions options)
    {
        foreach (ActorPlan plan in World.Seams.Recipe(options))
            StartCell(new Address(Node.Id, plan.Role, plan.Number), plan.Make(), 0);
        EndTurn();
    }

    public ulong NextNumber() => _nextNumber++;

    /// <summary>A message from outside: a peer, a client, the host itself.</summary>
    public void Post(Address to, Message message, int operation, ulong content = 0) =>
        When(() =>
        {
            _local.Enqueue(new Delivery(to, message, operation, content));
            EndTurn();
        });

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

    public void Fire(SimCell cell, Message message)
    {
        _local.Enqueue(new Delivery(cell.Self, message, cell.Operation, 0));
        EndTurn();
    }

    public void Send(SimCell from, Address to, Message message)
    {
        int operation = from.Operation != 0 ? from.Operation : _operation;
        World.Dots.Sent(to, message, operation);
        World.Reachability.Sent(this, message);
        if (Node.SendsUntilDeath > 0 && --Node.SendsUntilDeath == 0)
            throw new ProcessDiedException();
        if (to.Node != Node.Id)
            World.Network.Send(this, to, message, operation);
        else if (to.Role == ActorRole.Store)
            Store.Submit(message);
        else if (to.Role == ActorRole.Caller)
            World.Reply((int)to.Number, message);
        else
            Enqueue(new Delivery(to, message, operation, 0));
    }

    /// <summary>What the store sends: never through the store again.</summary>
    public void SendFromStore(Address to, Message message) => Enqueue(new Delivery(to, message, 0, 0));

    public Address Spawn(ActorRole role, Actor actor)
    {
        var address = new Address(Node.Id, role, NextNumber());
        StartCell(address, actor, _operation);
        return address;
    }

    /// <summary>Runs all that is queued within the node, then hands the turn's writes to the store.</summary>
    public void EndTurn()
    {
        while (_local.TryDequeue(out Delivery next))
            Dispatch(next);
        Store.EndTurn();
    }

    // With hops every message within the node is an event of its own, as between the loops of a real one: more orders.
    private void Enqueue(Delivery delivery)
    {
        if (!_hops)
        {
            _local.Enqueue(delivery);
            return;
        }

        _lastHop = Math.Max(_lastHop, World.Now + World.HopDelay());
        World.At(_lastHop, () => When(() =>
        {
            _local.Enqueue(delivery);
            EndTurn();
        }));
    }

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
            return;
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
