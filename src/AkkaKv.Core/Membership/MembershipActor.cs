using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// Who this node believes alive. The members are fixed by the configuration; the evidence is whether the host holds a
/// connection. Whoever subscribes is told of every change, so that nobody asks in mid-request.
/// </summary>
public sealed class MembershipActor(IReadOnlyList<NodeId> members) : Actor
{
    private readonly SortedSet<NodeId> _reachable = [];
    private readonly List<Address> _subscribers = [];
    private long _version;

    public override void Start(IActorContext context) => _reachable.Add(context.Self.Node);

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case PeerConnected connected: OnConnected(context, connected.Peer); break;
            case PeerDisconnected disconnected: OnDisconnected(context, disconnected.Peer); break;
            case SubscribeReachability subscribe: OnSubscribe(context, subscribe.Subscriber); break;
            default: throw new InvariantException($"Membership has no use for {message.GetType().Name}");
        }
    }

    private void OnConnected(IActorContext context, NodeId peer)
    {
        Invariant.Require(members.Contains(peer), "only a member is reached", peer);
        if (_reachable.Add(peer))
            Push(context);
    }

    private void OnDisconnected(IActorContext context, NodeId peer)
    {
        Invariant.Require(peer != context.Self.Node, "a node always reaches itself", peer);
        if (_reachable.Remove(peer))
            Push(context);
    }

    private void OnSubscribe(IActorContext context, Address subscriber)
    {
        if (!_subscribers.Contains(subscriber))
            _subscribers.Add(subscriber);
        context.Send(subscriber, new ReachabilityChanged(Snapshot()));
    }

    private void Push(IActorContext context)
    {
        _version++;
        var changed = new ReachabilityChanged(Snapshot());
        foreach (Address subscriber in _subscribers)
            context.Send(subscriber, changed);
    }

    private ReachabilitySnapshot Snapshot() => new(_version, new HashSet<NodeId>(_reachable));
}
