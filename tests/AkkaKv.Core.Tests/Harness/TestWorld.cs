using AkkaKv.Api;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Transfer;

namespace AkkaKv.Core.Tests.Harness;

/// <summary>
/// Some nodes with their real actors, one queue and a clock that only moves when told. No faults of its own: a test
/// drops, holds and fails what it wants to.
/// </summary>
internal sealed class TestWorld
{
    private readonly Dictionary<Address, TestCell> _cells = [];
    private readonly Queue<(Address From, Address To, Message Message)> _queue = new();
    private readonly List<(TimeSpan Due, ulong Order, TestCell Cell, TimerId Timer, Message Message)> _timers = [];
    private readonly Dictionary<ulong, Message> _replies = [];
    private readonly HashSet<(NodeId, NodeId)> _apart = [];
    private readonly Func<NodeId, NodeOptions> _options;
    private ulong _nextNumber = 1;

    public TestWorld(
        int nodes = 3,
        int n = 3,
        GatewayOptions? gateway = null,
        ReplicaOptions? replica = null,
        int partitions = 8,
        HintOptions? hints = null,
        AntiEntropyOptions? antiEntropy = null,
        ReapOptions? reaping = null,
        TransferOptions? transfer = null)
    {
        Nodes = Enumerable.Range(1, nodes).Select(i => new NodeId($"node-{i}")).ToArray();
        Topology = new RingTopology(1, partitions, n, Nodes.Select(node => new RingMember(node)).ToArray());
        Ring = RingSnapshot.Of(Topology);
        GatewayOptions options = gateway ?? new GatewayOptions { ContextSecret = "test"u8.ToArray(), Places = [] };
        _options = node => new NodeOptions(node, Topology, options, replica ?? new ReplicaOptions())
        {
            Hints = hints ?? new HintOptions(),
            AntiEntropy = antiEntropy ?? OnCommand,
            Reaping = reaping ?? ReapOptions.Default,
            Transfer = transfer ?? new TransferOptions(),
        };
        foreach (NodeId node in Nodes)
        {
            Stores[node] = new TestStore(this, node, (ulong)(Array.IndexOf(Nodes, node) + 1));
            StartNode(node);
        }

        foreach (NodeId node in Nodes)
            Introduce(node);
        Run();
        Trace.Clear();
    }

    // Comparisons on schedule would mix into every story: the window is at noon, and these worlds begin at midnight.
    private static AntiEntropyOptions OnCommand { get; } = new() { Window = new DailyWindow(new TimeOnly(12, 0), new TimeOnly(13, 0)) };

    public NodeId[] Nodes { get; }

    public RingTopology Topology { get; }

    public RingSnapshot Ring { get; }

    public Dictionary<NodeId, TestStore> Stores { get; } = [];

    public TimeSpan Now { get; private set; }

    public DateTimeOffset WallNow { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

    public RandomSource Random { get; } = new(1);

    /// <summary>Of the memberships alone: that they tick between the requests changes no draw of theirs.</summary>
    public RandomSource GossipRandom { get; } = new(2);

    /// <summary>Every message that was delivered, in order.</summary>
    public List<(Address From, Address To, Message Message)> Trace { get; } = [];

    /// <summary>What the actors counted.</summary>
    public Dictionary<Counter, long> Counted { get; } = [];

    /// <summary>Messages that went to nobody.</summary>
    public int Unknown { get; private set; }

    /// <summary>Says which messages get lost.</summary>
    public Func<Address, Address, Message, bool> Loses { get; set; } = (_, _, _) => false;

    public int RequestsUnderWay => _cells.Keys.Count(address => address.Role == ActorRole.Request);

    /// <summary>Timers of requests; the long-lived actors always have some.</summary>
    public int TimersUnderWay => _timers.Count(timer => timer.Cell.Self.Role == ActorRole.Request);

    /// <summary>The owners of a key by preference.</summary>
    public NodeId[] OwnersOf(EntryKey key) =>
        [.. Ring.OwnersOf(Ring.PartitionOf(StoreKey.Of(key.Bucket, key.Name.Span)))];

    public void Post(Address to, Message message) => _queue.Enqueue((to, to, message));

    public void Disconnect(NodeId a, NodeId b)
    {
        Post(new Address(a, ActorRole.Membership, 0), new PeerDisconnected(b));
        Post(new Address(b, ActorRole.Membership, 0), new PeerDisconnected(a));
        _apart.UnionWith([(a, b), (b, a)]);
        Run();
    }

    public void Connect(NodeId a, NodeId b)
    {
        Post(new Address(a, ActorRole.Membership, 0), new PeerConnected(b));
        Post(new Address(b, ActorRole.Membership, 0), new PeerConnected(a));
        _apart.ExceptWith([(a, b), (b, a)]);
        Run();
    }

    /// <summary>Ends the process of a node, with all that was not durable, and starts another one.</summary>
    public void Restart(NodeId node)
    {
        foreach (TestCell cell in _cells.Values.Where(cell => cell.Self.Node == node).ToArray())
            Stop(cell);
        Stores[node].Crash();
        (Address From, Address To, Message Message)[] others = [.. _queue.Where(queued => queued.To.Node != node)];
        _queue.Clear();
        foreach (var queued in others)
            _queue.Enqueue(queued);
        StartNode(node);
        Introduce(node);
        Run();
    }

    /// <summary>A new process of the node, as far as its membership goes.</summary>
    public void RestartMembership(NodeId node)
    {
        Stop(_cells[MembershipOf(node)]);
        Start(MembershipOf(node), new MembershipActor(Nodes, new MembershipOptions()));
    }

    /// <summary>What a node thinks of the members, in their order.</summary>
    public IReadOnlyList<MemberStatus> AskMembers(NodeId node)
    {
        ulong call = _nextNumber++;
        Post(MembershipOf(node), new MembershipAsk(new Address(node, ActorRole.Caller, call)));
        Run();
        return Reply<MembershipTold>(call)!.Members;
    }

    /// <summary>Delivers until nothing is left to deliver.</summary>
    public void Run()
    {
        while (_queue.TryDequeue(out var next))
        {
            if (!Loses(next.From, next.To, next.Message))
                Deliver(next.From, next.To, next.Message);
        }
    }

    /// <summary>Moves the clock, firing what falls due.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan until = Now + by;
        while (_timers.Count > 0 && _timers.Min(timer => timer.Due) <= until)
        {
            var timer = _timers.MinBy(timer => (timer.Due, timer.Order));
            _timers.Remove(timer);
            Now = timer.Due;
            timer.Cell.Deliver(timer.Message);
            Run();
        }

        Now = until;
    }

    public ulong Ask(NodeId node, Func<Address, Message> request) => Ask(new Address(node, ActorRole.Gateway, 0), request);

    /// <summary>Asks an actor for a caller at its node.</summary>
    public ulong Ask(Address to, Func<Address, Message> request)
    {
        ulong call = _nextNumber++;
        Post(to, request(new Address(to.Node, ActorRole.Caller, call)));
        Run();
        return call;
    }

    public TReply? Reply<TReply>(ulong call)
        where TReply : Message => (TReply?)_replies.GetValueOrDefault(call);

    /// <summary>The reply, so that the same caller can ask again.</summary>
    public TReply TakeReply<TReply>(ulong call)
        where TReply : Message
    {
        _replies.Remove(call, out Message? reply).ShouldBeTrue();
        return (TReply)reply!;
    }

    public GetReply Get(NodeId node, EntryKey key, RequestOptions? options = null) =>
        Reply<GetDone>(Ask(node, caller => new GatewayGet(key, options ?? RequestOptions.Default, caller)))!.Reply;

    public PutReply Put(NodeId node, EntryKey key, string value, CausalContext? context = null, RequestOptions? options = null) =>
        Reply<PutDone>(StartPut(node, key, value, context, options))!.Reply;

    public ulong StartPut(NodeId node, EntryKey key, string value, CausalContext? context = null, RequestOptions? options = null) =>
        Ask(node, caller => new GatewayPut(key, new PutRequest(System.Text.Encoding.UTF8.GetBytes(value), Context: context), options ?? RequestOptions.Default, caller));

    private void StartNode(NodeId node)
    {
        // Tests tell by hand who belongs; the topology actors have a world of their own.
        foreach (ActorPlan plan in NodeRecipe.Of(_options(node)).Where(plan => plan.Role != ActorRole.Topology))
            Start(new Address(node, plan.Role, plan.Number), plan.Make());
    }

    private void Introduce(NodeId node)
    {
        foreach (NodeId peer in Nodes.Where(peer => peer != node && !_apart.Contains((node, peer))))
            Post(new Address(node, ActorRole.Membership, 0), new PeerConnected(peer));
    }

    /// <summary>Tells nodes of a topology, as if it had been agreed on; all of them where none is named.</summary>
    public void Adopt(RingTopology topology, params NodeId[] nodes)
    {
        foreach (NodeId node in nodes.Length == 0 ? Nodes : nodes)
            Post(new Address(node, ActorRole.RingManager, 0), new RingTopologyAdopted(topology));
        Run();
    }

    /// <summary>A topology of some of the nodes, by their numbers from 1.</summary>
    public RingTopology TopologyOf(long epoch, int[] members, int[]? also = null) => new(
        epoch, Topology.Partitions, Topology.ReplicaCount, [.. members.Select(number => new RingMember(Nodes[number - 1]))])
    {
        AlsoMembers = also?.Select(number => new RingMember(Nodes[number - 1])).ToArray(),
    };

    public static Address MembershipOf(NodeId node) => new(node, ActorRole.Membership, 0);

    internal void Send(Address from, Address to, Message message) => _queue.Enqueue((from, to, message));

    internal Address Start(Address address, Actor actor)
    {
        var cell = new TestCell(this, address, actor);
        _cells.Add(address, cell);
        actor.Start(cell);
        return address;
    }

    internal Address Spawn(NodeId node, ActorRole role, Actor actor) => Start(new Address(node, role, _nextNumber++), actor);

    internal TimerId StartTimer(TestCell cell, TimeSpan delay, Message message)
    {
        var timer = new TimerId(_nextNumber++);
        _timers.Add((Now + delay, timer.Number, cell, timer, message));
        return timer;
    }

    internal void CancelTimer(TimerId timer) => _timers.RemoveAll(candidate => candidate.Timer == timer);

    internal void Stop(TestCell cell)
    {
        _cells.Remove(cell.Self);
        _timers.RemoveAll(timer => timer.Cell == cell);
    }

    private void Deliver(Address from, Address to, Message message)
    {
        Trace.Add((from, to, message));
        if (to.Role == ActorRole.Caller)
            _replies.Add(to.Number, message);
        else if (to.Role == ActorRole.Store)
            Stores[to.Node].Receive(message);
        else if (_cells.TryGetValue(to, out TestCell? cell))
            cell.Deliver(message);
        else if (to.Role != ActorRole.Topology)
            Unknown++;
    }
}
