using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Peers;

/// <summary>What one loop sends to peers in one turn: for each peer and class one batch, or some where they are many.</summary>
internal sealed class PeerTurn(PeerTable peers)
{
    /// <summary>Messages in one batch. With objects up to 64 KiB in its class a batch stays within 4 MiB and a little.</summary>
    public const int BatchMessagesMax = 64;

    private readonly Dictionary<(NodeId Node, MessageClass Class), List<Received>> _gathered = [];
    private readonly List<(NodeId Node, MessageClass Class)> _touched = [];

    /// <summary>Adds a message to its batch.</summary>
    /// <returns>False when the node is no member.</returns>
    public bool TryAdd(Address to, Message message)
    {
        if (!peers.IsWanted(to.Node))
            return false;
        var place = (to.Node, WireCodec.Instance.ClassOf(message));
        if (!_gathered.TryGetValue(place, out List<Received>? batch))
            _gathered.Add(place, batch = []);
        if (batch.Count == 0)
            _touched.Add(place);
        batch.Add(new Received(to.Role, to.Number, message));
        return true;
    }

    /// <summary>Sends everything. What is for a peer that is not connected is lost, as on a broken connection.</summary>
    public void Flush(IActorRef sender)
    {
        foreach ((NodeId Node, MessageClass Class) place in _touched)
        {
            List<Received> batch = _gathered[place];
            if (peers.RouteOf(place.Node) is { } route)
                Send(route, place.Class, batch, peers, sender);
            else
                peers.CountDropped(batch.Count);
            batch.Clear();
        }

        _touched.Clear();
    }

    private static void Send(PeerRoute route, MessageClass group, List<Received> batch, PeerTable peers, IActorRef sender)
    {
        NodeId from = peers.Self;
        int known = batch.RemoveAll(sent => WireCodec.Instance.VersionOf(sent.Message) > route.Version);
        peers.CountDropped(known);

        // Bulk goes one by one: each may be as large as a value may be.
        int size = group == MessageClass.Bulk ? 1 : BatchMessagesMax;
        for (int at = 0; at < batch.Count; at += size)
            route.Doors[(int)group].Tell(new PeerBatch(from, route.Incarnation, batch.GetRange(at, Math.Min(size, batch.Count - at))), sender);
    }
}
