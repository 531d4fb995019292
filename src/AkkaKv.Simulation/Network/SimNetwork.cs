using System.Buffers;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Simulation.Network;

/// <summary>
/// The connections between all nodes. Messages are really encoded and decoded. A link that stays blocked is noticed and
/// reset by its sender, as a host does; a short block only delays.
/// </summary>
internal sealed class SimNetwork
{
    private readonly SimWorld _world;
    private readonly SimLink[] _links;
    private readonly RandomSource _random;
    private readonly PeersWanted?[] _wanted;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public SimNetwork(SimWorld world)
    {
        _world = world;
        _random = world.Streams.Of("network");
        int nodes = world.Nodes.Length;
        _wanted = new PeersWanted?[nodes];
        _links = new SimLink[nodes * nodes];
        for (int i = 0; i < _links.Length; i++)
            _links[i] = new SimLink(i / nodes, i % nodes);
    }

    public IReadOnlyList<SimLink> Links => _links;

    /// <summary>Messages on their way on behalf of a client; nodes never cease to talk among themselves.</summary>
    public int UnderWay { get; private set; }

    /// <summary>All who run and want each other are connected.</summary>
    public bool IsWhole
    {
        get
        {
            foreach (SimLink link in _links)
            {
                if (link.From != link.To && !link.IsConnected && IsWanted(link))
                    return false;
            }

            return true;
        }
    }

    public SimLink Link(int from, int to) => _links[(from * _world.Nodes.Length) + to];

    public void Send(NodeLife from, Address to, Message message, int operation)
    {
        if (Array.Find(_world.Nodes, node => node.Id == to.Node) is not { } target)
        {
            _world.DroppedUnknownAddress++;
            return;
        }

        SimLink link = Link(from.Node.Index, target.Index);
        if (!link.IsConnected || target.Life is not { } life || _random.Chance(link.Loss))
            return;
        _buffer.ResetWrittenCount();
        WireCodec.Instance.Encode(from.Node.Id, to.Role, to.Number, message, _buffer);
        byte[] bytes = _buffer.WrittenSpan.ToArray();
        var frame = new Frame(bytes, StableHash.Of(bytes), (int)WireCodec.Instance.ClassOf(message), operation, link.Connection, life);
        Carry(link, frame);

        // A second copy of a forwarded write would be a second write: the host's contract says "at most once", and this
        // is the one message that relies on it.
        if (_random.Chance(link.Duplicates) && message is not GatewayForwardedPut)
            Carry(link, frame);
    }

    /// <summary>A process is about to start: what its host is told of the others before its actors say more.</summary>
    public void NodeStarts(SimNode node, ClusterConfiguration? configuration)
    {
        IReadOnlyList<RingMember> members = configuration?.Everyone ?? _world.Founding.Members;
        _wanted[node.Index] = new PeersWanted(configuration?.ClusterId ?? 0, [.. members.Where(member => member.Node != node.Id)]);
    }

    /// <summary>A node's actors say whom it must be connected to. Two nodes are connected as long as both want it.</summary>
    public void Want(SimNode node, PeersWanted wanted)
    {
        _wanted[node.Index] = wanted;
        foreach (SimNode peer in _world.Nodes)
        {
            if (peer == node)
                continue;
            Want(Link(node.Index, peer.Index));
            Want(Link(peer.Index, node.Index));
        }
    }

    private void Want(SimLink link)
    {
        if (!IsWanted(link))
            Reset(link, notify: true);
        else if (!link.IsConnected)
            Dial(link);
    }

    private bool IsWanted(SimLink link) => Wants(link.From, link.To) && Wants(link.To, link.From);

    private bool Wants(int from, int to)
    {
        if (!_world.Nodes[from].IsUp || _wanted[from] is not { } wanted)
            return false;
        ulong other = _wanted[to]?.ClusterId ?? 0;
        if (wanted.ClusterId != 0 && other != 0 && wanted.ClusterId != other)
            return false;
        foreach (RingMember member in wanted.Others)
        {
            if (member.Node == _world.Nodes[to].Id)
                return true;
        }

        return false;
    }

    public void NodeUp(SimNode node)
    {
        foreach (SimNode peer in _world.Nodes)
        {
            if (peer == node)
                continue;
            if (IsWantedOnceUp(Link(node.Index, peer.Index)))
                Dial(Link(node.Index, peer.Index));

            // Whoever still held a connection to the process before learns by the first answer that it is gone.
            SimLink back = Link(peer.Index, node.Index);
            if (back.IsConnected)
                Reset(back, notify: true);
            if (IsWantedOnceUp(back))
                Dial(back);
        }
    }

    public void NodeDown(SimNode node, bool silently)
    {
        foreach (SimNode peer in _world.Nodes)
        {
            if (peer == node)
                continue;
            Reset(Link(node.Index, peer.Index), notify: false);
            SimLink back = Link(peer.Index, node.Index);
            int connection = back.Connection;
            long delay = silently ? _random.Micros(100_000, 1_500_000) : _random.Micros(50, 2_000);
            _world.After(delay, () => ResetIfStill(back, connection));
        }
    }

    /// <summary>Nothing passes for so long. What is on the way waits; a long block ends the connection.</summary>
    public void Block(SimLink link, long duration)
    {
        link.BlockedUntil = Math.Max(link.BlockedUntil, _world.Now + duration);
        _world.At(link.BlockedUntil, () => Open(link));
        long patience = _random.Micros(100_000, 1_500_000);
        int connection = link.Connection;
        _world.After(patience, () =>
        {
            if (_world.Now < link.BlockedUntil)
                ResetIfStill(link, connection);
        });
    }

    /// <summary>Ends the connection; both sides know at once.</summary>
    public void Reset(SimLink link) => Reset(link, notify: true);

    public void Heal()
    {
        foreach (SimLink link in _links)
        {
            link.Heal();
            link.Dials = 0;
            Open(link);
        }
    }

    private void Carry(SimLink link, Frame frame)
    {
        long delay = _world.Shape.Latency * link.Slowness;
        long due = _world.Now + delay + (long)(2 * delay * _random.NextDouble());
        if (link.BytesPerMilli > 0)
        {
            // A host bounds what waits for a connection; past it a message is dropped.
            if (link.BusyUntil > _world.Now + (2 * TimeSpan.TicksPerSecond))
                return;
            link.BusyUntil = Math.Max(link.BusyUntil, _world.Now) + (frame.Bytes.Length * TimeSpan.TicksPerMillisecond / link.BytesPerMilli);
            due = Math.Max(due, link.BusyUntil);
        }

        if (_world.Now < _world.Nodes[link.From].SlowUntil || _world.Now < _world.Nodes[link.To].SlowUntil)
            due += 20 * TimeSpan.TicksPerMillisecond;
        if (!link.Reorders)
            link.LastDue[frame.Class] = due = Math.Max(due, link.LastDue[frame.Class]);
        UnderWay += frame.Operation == 0 ? 0 : 1;
        _world.At(due, () => Arrive(link, frame));
    }

    private void Arrive(SimLink link, Frame frame)
    {
        UnderWay -= frame.Operation == 0 ? 0 : 1;
        if (frame.Connection != link.Connection || !frame.Target.IsAlive)
            return;
        if (_world.Now < link.BlockedUntil || link.Held.Count > 0)
            link.Held.Enqueue(frame);
        else
            Deliver(link, frame);
    }

    private void Deliver(SimLink link, Frame frame)
    {
        SimNode sender = _world.Nodes[link.From];
        NodeLife target = frame.Target;
        if (!WireCodec.Instance.TryDecode(sender.Id, frame.Bytes, out Received received))
            _world.Fail("every message survives the wire", $"a message from {sender.Id} to {target.Node.Id} is of an unknown kind");
        else if (WireCodec.Instance.RefusalOf(received, _world.Shape.Partitions) is { } refusal)
            _world.Fail("nodes send each other only what the receiver takes", $"{sender.Id} to {target.Node.Id}: {refusal}");
        else
            target.Post(new Address(target.Node.Id, received.Role, received.Number), received.Message, frame.Operation, frame.Hash);
    }

    private void Open(SimLink link)
    {
        if (_world.Now < link.BlockedUntil)
            return;
        while (link.Held.TryDequeue(out Frame? frame))
        {
            if (frame.Connection == link.Connection && frame.Target.IsAlive)
                Deliver(link, frame);
        }
    }

    private void ResetIfStill(SimLink link, int connection)
    {
        if (link.IsConnected && link.Connection == connection)
            Reset(link, notify: true);
    }

    private void Reset(SimLink link, bool notify)
    {
        bool was = link.IsConnected;
        link.IsConnected = false;
        link.Connection++;
        link.Held.Clear();
        if (was && notify)
            Tell(link, new PeerDisconnected(_world.Nodes[link.To].Id));
        if (IsWantedOnceUp(link))
            Dial(link);
    }

    // Whoever is down may want it when it is up again.
    private bool IsWantedOnceUp(SimLink link) => Wants(link.From, link.To) && (!_world.Nodes[link.To].IsUp || Wants(link.To, link.From));

    private void Dial(SimLink link)
    {
        if (link.IsDialling)
            return;
        link.IsDialling = true;
        // A peer that stays away is asked less and less often, as a host does.
        int doublings = Math.Min(link.Dials++ / 8, 5);
        _world.After(_random.Micros(200, 50_000) << doublings, () => OnDialled(link));
    }

    private void OnDialled(SimLink link)
    {
        link.IsDialling = false;
        if (link.IsConnected || !IsWantedOnceUp(link))
            return;
        SimLink back = Link(link.To, link.From);
        if (!_world.Nodes[link.To].IsUp || _world.Now < link.BlockedUntil || _world.Now < back.BlockedUntil)
        {
            Dial(link);
            return;
        }

        link.IsConnected = true;
        link.Dials = 0;
        link.Connection++;
        Array.Clear(link.LastDue);
        link.BusyUntil = 0;
        Tell(link, new PeerConnected(_world.Nodes[link.To].Id));
    }

    private void Tell(SimLink link, Message message)
    {
        SimNode node = _world.Nodes[link.From];
        node.Life?.Post(new Address(node.Id, ActorRole.Membership, 0), message, 0);
    }
}
