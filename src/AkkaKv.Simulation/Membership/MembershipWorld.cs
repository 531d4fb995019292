using System.Buffers;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Simulation.World;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;

namespace AkkaKv.Simulation.Membership;

/// <summary>How the network and the nodes of a membership world behave.</summary>
/// <param name="Seed">Decides everything random.</param>
/// <param name="Nodes">All know each other from the start.</param>
/// <param name="Loss">Of each message, 0 to 1.</param>
internal sealed record MembershipShape(ulong Seed, int Nodes, double Loss)
{
    /// <summary>A message's least time on the way; each takes from this to three times as long.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Messages go through the real codec and are counted as bytes.</summary>
    public bool CountsBytes { get; init; }

    /// <summary>Behind each node when it begins: counters of old processes take more bytes.</summary>
    public int AgeTicks { get; init; }

    public MembershipOptions Options { get; init; } = new();

    /// <summary>The actor that runs on each node.</summary>
    public Func<IReadOnlyList<NodeId>, MembershipOptions, Actor> Make { get; init; } = (members, options) => new MembershipActor(members, options);
}

/// <summary>
/// Many nodes on virtual time with nothing but their real membership actors. No connection ever breaks: what is found
/// out here is found out by gossip alone.
/// </summary>
internal sealed class MembershipWorld
{
    private readonly EventHeap _events = new();
    private readonly RandomSource _network;
    private readonly MembershipCell[] _cells;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public MembershipWorld(MembershipShape shape)
    {
        Shape = shape;
        var streams = new SeedStreams(shape.Seed);
        _network = streams.Of("network");
        Draws = streams.Of("measurement");
        Members = [.. Enumerable.Range(1, shape.Nodes).Select(i => new NodeId($"node-{i}")).Order()];
        _cells = new MembershipCell[shape.Nodes];
        for (int i = 0; i < _cells.Length; i++)
            _cells[i] = new MembershipCell(this, i, Members[i], shape.Make(Members, shape.Options), streams.Of("node", i));
        for (int i = 0; i < _cells.Length; i++)
        {
            MembershipCell cell = _cells[i];
            At((long)(shape.Options.Tick.Ticks * Draws.NextDouble()), () => Start(cell));
        }
    }

    public MembershipShape Shape { get; }

    public NodeId[] Members { get; }

    /// <summary>For whoever measures.</summary>
    public RandomSource Draws { get; }

    public long Now { get; private set; }

    /// <summary>Sent by all nodes, frame headers included.</summary>
    public long Bytes { get; set; }

    public long Messages { get; set; }

    /// <summary>Told of each change of opinion: who thinks, and what.</summary>
    public Action<int, ReachabilitySnapshot> OpinionChanged { get; set; } = static (_, _) => { };

    public void At(long due, Action run) => _events.Add(due, run);

    public void Run(TimeSpan length)
    {
        long until = Now + length.Ticks;
        while (_events.Count > 0 && _events.NextDue <= until)
        {
            Now = _events.NextDue;
            _events.Take()();
        }

        Now = until;
    }

    public void Kill(int node) => _cells[node].IsAlive = false;

    public bool IsAlive(int node) => _cells[node].IsAlive;

    public void Post(int node, Message message) => _cells[node].Deliver(message);

    public IReadOnlyList<MemberStatus> Ask(int node)
    {
        MembershipCell cell = _cells[node];
        cell.Told = null;
        cell.Deliver(new MembershipAsk(new Address(Members[node], ActorRole.Caller, 0)));
        return cell.Told!.Members;
    }

    internal void Send(MembershipCell from, Address to, Message message)
    {
        Messages++;
        NodeId sender = Members[from.Index];
        if (Shape.CountsBytes)
        {
            _buffer.ResetWrittenCount();
            WireCodec.Instance.Encode(sender, to.Role, to.Number, message, _buffer);
            Bytes += FrameCodec.HeaderBytes + _buffer.WrittenCount;
        }

        if (from.IsConnecting || _network.Chance(Shape.Loss))
            return;
        if (Shape.CountsBytes)
        {
            WireCodec.Instance.TryDecode(sender, _buffer.WrittenSpan, out Received received);
            message = received.Message;
        }

        MembershipCell target = _cells[Array.BinarySearch(Members, to.Node)];
        At(Now + (long)(Shape.Latency.Ticks * (1 + (2 * _network.NextDouble()))), () => target.Deliver(message));
    }

    // Everyone greeting everyone at once is a matter of the start, which is not what is measured: it gets lost.
    private void Start(MembershipCell cell)
    {
        cell.IsConnecting = true;
        cell.Start(Shape.AgeTicks);
        foreach (NodeId peer in Members)
        {
            if (peer != Members[cell.Index])
                cell.Deliver(new PeerConnected(peer));
        }

        cell.IsConnecting = false;
        cell.Deliver(new SubscribeReachability(new Address(Members[cell.Index], ActorRole.Caller, 0)));
        Messages = Bytes = 0;
    }
}
