using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Tests.Topology;

/// <summary>
/// Some nodes with real topologies, acceptors and proposals over a network that loses and delays by a seed; rings,
/// transfers, memberships and disks answer as they should. It holds what every node writes to what must be true of all.
/// </summary>
internal sealed class TopologyWorld
{
    private readonly PriorityQueue<(NodeLife? Life, Action Deliver), (TimeSpan, ulong)> _events = new();
    private readonly SortedDictionary<NodeId, NodeLife> _lives = [];
    private readonly SortedDictionary<NodeId, NodeDisk> _disks = [];
    private readonly List<(NodeId, NodeId)> _cuts = [];
    private readonly Dictionary<ulong, Message> _answers = [];
    private readonly TopologyOptions _options;
    private ulong _next = 1;

    /// <param name="workers">How many worker numbers of ids there are; 0 where nobody makes any.</param>
    public TopologyWorld(ulong seed, int nodes = 3, double losses = 0, int workers = 0)
    {
        _options = new TopologyOptions { WorkerLease = TimeSpan.FromMinutes(1), Workers = workers > 0 ? new WorkerSettings(workers, "bits", null) : null };
        Random = new RandomSource(seed);
        Losses = losses;
        Settings = new RingTopology(1, 16, 3, [.. Enumerable.Range(1, nodes).Select(i => new RingMember(new NodeId($"node-{i}")))]);
        foreach (RingMember member in Settings.Members)
            Start(member.Node);
    }

    public RandomSource Random { get; }

    public double Losses { get; set; }

    public TimeSpan Now { get; private set; }

    public RingTopology Settings { get; }

    /// <summary>Every configuration that any node has adopted, by epoch.</summary>
    public SortedDictionary<long, ClusterConfiguration> Line { get; } = [];

    /// <summary>The newest epoch that each node's transfer was told of, over all its lives.</summary>
    public SortedDictionary<NodeId, long> Entered { get; } = [];

    /// <summary>Epochs whose work a node has done.</summary>
    public HashSet<(NodeId, long)> Done { get; } = [];

    /// <summary>What each node's connections were told last.</summary>
    public SortedDictionary<NodeId, PeersWanted> Wanted { get; } = [];

    /// <summary>Nodes whose requests never end: they do not confirm rings.</summary>
    public HashSet<NodeId> Busy { get; } = [];

    /// <summary>Nodes whose work never ends.</summary>
    public HashSet<NodeId> Idle { get; } = [];

    /// <summary>Whom each node's membership was told to know.</summary>
    public SortedDictionary<NodeId, IReadOnlyList<NodeId>> Members { get; } = [];

    /// <summary>How far the wall clocks of nodes are ahead.</summary>
    public SortedDictionary<NodeId, TimeSpan> Clocks { get; } = [];

    /// <summary>What nodes are told of worker numbers when they start, where it is not the usual.</summary>
    public SortedDictionary<NodeId, WorkerSettings?> Settled { get; } = [];

    /// <summary>Every lease of a worker number that was ever decided.</summary>
    public LeaseHistory Leases { get; } = new();

    public IEnumerable<NodeId> Alive => _lives.Keys;

    public NodeDisk DiskOf(NodeId node) => _disks[node];

    public static NodeId Named(int number) => new($"node-{number}");

    public static RingMember Joiner(int number) => new(Named(number)) { Endpoint = $"host-{number}:7000" };

    /// <summary>Starts a process of the node, with what is on its disk.</summary>
    public void Start(NodeId node, ClusterConfiguration? joining = null)
    {
        if (!_disks.ContainsKey(node))
            _disks[node] = new NodeDisk { StoreId = Random.NextUInt64() | 1 };
        NodeDisk disk = _disks[node];
        ClusterConfiguration? known = joining;
        if (disk.Facts.TryGetValue(ConfigurationKeeperFact, out ReadOnlyMemory<byte> bytes))
            ConfigurationCodec.TryDecode(bytes, out known).ShouldBeTrue();
        ClusterConfiguration first = known ?? TopologyActor.FirstOf(Settings);
        if (known is null)
            Line.TryAdd(1, first);
        var life = new NodeLife(node, RingSnapshot.Of(first.Ring));
        _lives[node] = life;
        Add(life, new Address(node, ActorRole.Agreement, 0), new AcceptorActor(disk.StoreId));
        Add(life, new Address(node, ActorRole.Topology, 0), new TopologyActor(_options with { Workers = Settled.GetValueOrDefault(node, _options.Workers) }, first, known is null, disk.StoreId));
        PushReachable();
    }

    public void Crash(NodeId node)
    {
        _lives[node].IsOver = true;
        _lives.Remove(node);
        PushReachable();
    }

    public void Wipe(NodeId node) => _disks.Remove(node);

    public void Cut(NodeId a, NodeId b)
    {
        _cuts.AddRange([(a, b), (b, a)]);
        PushReachable();
    }

    public void Heal()
    {
        _cuts.Clear();
        PushReachable();
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan until = Now + by;
        while (_events.TryPeek(out var next, out (TimeSpan Due, ulong) key) && key.Due <= until)
        {
            _events.Dequeue();
            Now = key.Due;
            if (next.Life is not { IsOver: true })
                next.Deliver();
        }

        Now = until;
    }

    /// <summary>Runs until it is so; fails after ten minutes.</summary>
    public void Until(Func<bool> isSo, string what)
    {
        for (int i = 0; i < 6_000 && !isSo(); i++)
            Advance(TimeSpan.FromMilliseconds(100));
        isSo().ShouldBeTrue($"{what}; {string.Join("; ", _lives.Keys.Select(node => $"{node}: {Told(node).Configuration.Epoch} {Told(node).Configuration.Phase} {Told(node).Waiting}"))}");
    }

    public bool IsSettled(long beyond = 0)
    {
        ClusterConfiguration newest = Line.Values.Last();
        return newest is { ClusterId: not 0, Phase: TopologyPhase.Settled } && newest.Epoch > beyond
            && newest.Everyone.All(member => Entered.GetValueOrDefault(member.Node) >= newest.Epoch || !_lives.ContainsKey(member.Node));
    }

    public DateTimeOffset WallOf(NodeId node) => DateTimeOffset.UnixEpoch.AddYears(56) + Now + Clocks.GetValueOrDefault(node);

    public ulong Ask(NodeId node, Func<Address, Message> ask)
    {
        ulong call = _next++;
        Deliver(new Address(node, ActorRole.Topology, 0), ask(new Address(node, ActorRole.Caller, call)), TimeSpan.Zero);
        return call;
    }

    public TAnswer? Answer<TAnswer>(ulong call)
        where TAnswer : Message => (TAnswer?)_answers.GetValueOrDefault(call);

    /// <summary>Asks and runs until the answer is there, which must be within the bound.</summary>
    public TAnswer AskNow<TAnswer>(NodeId node, Func<Address, Message> ask)
        where TAnswer : Message
    {
        ulong call = Ask(node, ask);
        for (int i = 0; i < 60 && !_answers.ContainsKey(call); i++)
            Advance(TimeSpan.FromMilliseconds(100));
        return Answer<TAnswer>(call).ShouldNotBeNull("every question is answered in time");
    }

    public TopologyTold Told(NodeId node) => AskNow<TopologyTold>(node, to => new TopologyAsk(to));

    public TopologyAnswer Stage(NodeId at, StagedChange change) => AskNow<TopologyAnswer>(at, to => new TopologyStage(change, false, to));

    public TopologyAnswer Commit(NodeId at)
    {
        TopologyPlanTold told = AskNow<TopologyPlanTold>(at, to => new TopologyPlanAsk(to));
        return told.Plan is { } plan ? AskNow<TopologyAnswer>(at, to => new TopologyCommit(plan.Epoch, to)) : new TopologyAnswer(false, told.Problem, 0);
    }

    public TopologyAnswer Abort(NodeId at, params NodeId[] dead) => AskNow<TopologyAnswer>(at, to => new TopologyAbort(dead, to));

    private const string ConfigurationKeeperFact = "topology";

    internal void Send(NodeLife life, Address to, Message message)
    {
        NodeId from = life.Node;
        if (to.Node == from)
        {
            Deliver(to, message, TimeSpan.FromTicks(10));
            return;
        }

        if (IsCut(from, to.Node) || Random.NextDouble() < Losses)
            return;
        Deliver(to, message, TimeSpan.FromMilliseconds(0.2 + (Random.NextDouble() * 20)));
    }

    internal TimerId StartTimer(NodeLife life, Address self, TimeSpan delay, Message message)
    {
        var timer = new TimerId(_next++);
        Enqueue(life, delay, () =>
        {
            if (life.Cancelled.Remove(timer) || !life.Cells.TryGetValue(self, out TopologyCell? cell))
                return;
            cell.Deliver(message);
        });
        return timer;
    }

    internal Address Spawn(NodeLife life, ActorRole role, Actor actor) => Add(life, new Address(life.Node, role, _next++), actor);

    private Address Add(NodeLife life, Address address, Actor actor)
    {
        var cell = new TopologyCell(this, life, address, actor);
        life.Cells.Add(address, cell);
        actor.Start(cell);
        return address;
    }

    private void Deliver(Address to, Message message, TimeSpan delay) => Enqueue(_lives.GetValueOrDefault(to.Node), delay, () =>
    {
        if (to.Role == ActorRole.Caller)
            _answers[to.Number] = message;
        else if (_lives.TryGetValue(to.Node, out NodeLife? life))
            Take(life, to, message);
    });

    private void Enqueue(NodeLife? life, TimeSpan delay, Action deliver) => _events.Enqueue((life, deliver), (Now + delay, _next++));

    private bool IsCut(NodeId a, NodeId b) => _cuts.Contains((a, b)) || !_lives.ContainsKey(b);

    private void PushReachable()
    {
        foreach (NodeLife life in _lives.Values)
            Deliver(TopologyOf(life.Node), ReachableFrom(life.Node), TimeSpan.FromMilliseconds(1));
    }

    private ReachabilityChanged ReachableFrom(NodeId node) =>
        new(new ReachabilitySnapshot((long)_next++, new HashSet<NodeId>(_lives.Keys.Where(other => other == node || !IsCut(node, other)))));

    private static Address TopologyOf(NodeId node) => new(node, ActorRole.Topology, 0);

    private void Take(NodeLife life, Address to, Message message)
    {
        Address topology = TopologyOf(life.Node);
        switch (to.Role)
        {
            case ActorRole.Store: OnStore(life, message); break;
            case ActorRole.Network: Wanted[life.Node] = (PeersWanted)message; break;
            case ActorRole.RingManager: OnRing(life, message); break;
            case ActorRole.Membership when message is SubscribeReachability: Deliver(topology, ReachableFrom(life.Node), TimeSpan.Zero); break;
            case ActorRole.Membership: Members[life.Node] = ((MembersChanged)message).Members; break;
            case ActorRole.Transfer: OnTransfer(life, message); break;
            default:
                if (life.Cells.TryGetValue(to, out TopologyCell? cell))
                    cell.Deliver(message);
                break;
        }
    }

    private void OnStore(NodeLife life, Message message)
    {
        NodeDisk disk = _disks[life.Node];
        if (message is FactRead read)
        {
            Deliver(read.ReplyTo, new FactReadDone(read.Ticket, disk.Facts.GetValueOrDefault(read.Name)), TimeSpan.FromMilliseconds(0.1));
            return;
        }

        var write = (FactWrite)message;
        bool isDone = !disk.Fails;
        Enqueue(life, TimeSpan.FromMilliseconds(0.5 + (Random.NextDouble() * 5)), () =>
        {
            if (isDone)
                disk.Facts[write.Name] = write.Value.ToArray();
            if (isDone && write.Name == ConfigurationKeeperFact)
                OnAdopted(write.Value);
            Deliver(write.ReplyTo, new FactWriteDone(write.Ticket, isDone), TimeSpan.Zero);
        });
    }

    // One configuration for each epoch, and each may follow the one before.
    private void OnAdopted(ReadOnlyMemory<byte> bytes)
    {
        ConfigurationCodec.TryDecode(bytes, out ClusterConfiguration? adopted).ShouldBeTrue();
        if (Line.TryGetValue(adopted!.Epoch, out ClusterConfiguration? known))
        {
            ConfigurationRules.AreEqual(known, adopted).ShouldBeTrue($"epoch {adopted.Epoch} is one configuration");
            return;
        }

        Line.Add(adopted.Epoch, adopted);
        Leases.Take(adopted);
        if (!Line.TryGetValue(adopted.Epoch - 1, out ClusterConfiguration? before))
            return;
        ConfigurationRules.WhyNot(before, adopted).ShouldBeNull();
        bool isThroughNeeded = adopted.Phase != before.Phase && before.Phase != TopologyPhase.Settled && (before.IsTakenBack || before.Phase == TopologyPhase.WriteNew || (adopted.Phase > before.Phase && !adopted.IsTakenBack));
        if (!isThroughNeeded)
            return;
        foreach (RingMember member in before.Everyone)
        {
            Entered.GetValueOrDefault(member.Node).ShouldBeGreaterThanOrEqualTo(before.WorkEpoch, $"{member.Node} had entered {before.WorkEpoch} before {adopted.Phase}");
            if (before.HasWork)
                Done.ShouldContain((member.Node, before.WorkEpoch));
        }
    }

    private void OnRing(NodeLife life, Message message)
    {
        if (message is RingTopologyAdopted adopted && adopted.Topology.Epoch > life.Ring.Epoch)
            life.Ring = RingSnapshot.Of(adopted.Topology);
        RingSnapshot ring = life.Ring;
        Deliver(TopologyOf(life.Node), new RingChanged(ring), TimeSpan.Zero);
        Enqueue(life, TimeSpan.FromMilliseconds(1 + (Random.NextDouble() * 50)), () => Confirm(life, ring.Epoch));
    }

    private void Confirm(NodeLife life, long epoch)
    {
        if (!Busy.Contains(life.Node))
            Deliver(TopologyOf(life.Node), new RingAdoptedByAll(epoch), TimeSpan.Zero);
        else
            Enqueue(life, TimeSpan.FromSeconds(1), () => Confirm(life, epoch));
    }

    private void OnTransfer(NodeLife life, Message message)
    {
        if (message is EpochEntered entered)
        {
            life.Told = entered;
            Entered[life.Node] = Math.Max(Entered.GetValueOrDefault(life.Node), entered.Configuration.Epoch);
        }

        if (life.Told is not { } told || Idle.Contains(life.Node))
            return;
        long epoch = told.Configuration.WorkEpoch;
        bool isDone = told.AllEntered || !told.Configuration.HasWork;
        if (isDone)
            Done.Add((life.Node, epoch));
        Deliver(TopologyOf(life.Node), new EpochWorkTold(new EpochWork(epoch, isDone, isDone ? 4 : 0, 4, 0, 0, 0, "")), TimeSpan.Zero);
    }
}

/// <summary>What of a node outlives its processes.</summary>
internal sealed class NodeDisk
{
    public ulong StoreId { get; init; }

    public bool Fails { get; set; }

    public SortedDictionary<string, ReadOnlyMemory<byte>> Facts { get; } = new(StringComparer.Ordinal);
}

/// <summary>One process of a node.</summary>
internal sealed class NodeLife(NodeId node, RingSnapshot ring)
{
    public NodeId Node => node;

    public bool IsOver { get; set; }

    public RingSnapshot Ring { get; set; } = ring;

    public EpochEntered? Told { get; set; }

    public Dictionary<Address, TopologyCell> Cells { get; } = [];

    public HashSet<TimerId> Cancelled { get; } = [];
}

/// <summary>One actor of a <see cref="TopologyWorld"/>, and its context.</summary>
internal sealed class TopologyCell(TopologyWorld world, NodeLife life, Address self, Actor actor) : IActorContext
{
    public Address Self => self;

    public TimeSpan Now => world.Now;

    public DateTimeOffset WallNow => world.WallOf(life.Node);

    public RandomSource Random => world.Random;

    public void Deliver(Message message) => actor.Receive(this, message);

    public void Send(Address to, Message message) => world.Send(life, to, message);

    public TimerId StartTimer(TimeSpan delay, Message message) => world.StartTimer(life, self, delay, message);

    public void CancelTimer(TimerId timer) => life.Cancelled.Add(timer);

    public Address Spawn(ActorRole role, Actor spawned) => world.Spawn(life, role, spawned);

    public void Stop() => life.Cells.Remove(self);

    public void Count(Counter counter, long amount = 1)
    {
    }
}
