using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// Holds the topology and pushes the ring made from it to everyone who must adopt it or has subscribed, so that nobody asks
/// in mid-request. Tells the topology actor when all who must have adopted it.
/// </summary>
public sealed class RingManagerActor : Actor
{
    /// <summary>Bounds the subscribers: the long-lived actors of a node, some for each partition, never a request.</summary>
    public const int SubscribersMax = (4 * 65_536) + 1024;

    private readonly List<Address> _subscribers = [];
    private readonly HashSet<Address> _known = [];
    private readonly HashSet<Address> _confirmers = [];
    private readonly HashSet<Address> _confirmed = [];
    private RingSnapshot _ring;
    private bool _isHeldBack;

    /// <param name="confirmers">All who must have adopted a ring before the node has: its replicas and its gateways.</param>
    /// <param name="isHeldBack">Nobody is told of the ring before it, or a newer one, is adopted.</param>
    public RingManagerActor(RingTopology topology, IReadOnlyList<Address> confirmers, bool isHeldBack = false)
    {
        _ring = RingSnapshot.Of(topology);
        _isHeldBack = isHeldBack;
        foreach (Address confirmer in confirmers)
        {
            _confirmers.Add(confirmer);
            Add(confirmer);
        }
    }

    public override void Start(IActorContext context)
    {
        if (!_isHeldBack)
            Push(context);
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case RingSubscribe subscribe: OnSubscribe(context, subscribe.Subscriber); break;
            case RingTopologyAdopted adopted: OnAdopted(context, adopted.Topology); break;
            case RingConfirmed confirmed: OnConfirmed(context, confirmed); break;
            default: throw new InvariantException($"the ring manager takes no {message.GetType().Name}");
        }
    }

    private void OnSubscribe(IActorContext context, Address subscriber)
    {
        Add(subscriber);
        if (!_isHeldBack)
            context.Send(subscriber, new RingChanged(_ring));
    }

    private void OnAdopted(IActorContext context, RingTopology topology)
    {
        if (_isHeldBack && topology.Epoch == _ring.Epoch)
        {
            _isHeldBack = false;
            Push(context);
            return;
        }

        if (topology.Epoch == _ring.Epoch)
            TellIfAllConfirmed(context);
        if (topology.Epoch <= _ring.Epoch)
            return;
        Invariant.Require(topology.Partitions == _ring.Partitions, "the number of partitions never changes", topology.Partitions);
        _ring = RingSnapshot.Of(topology, _ring);
        _isHeldBack = false;
        _confirmed.Clear();
        Push(context);
    }

    // One of an older ring may arrive after the newer one was pushed: it says nothing about this one.
    private void OnConfirmed(IActorContext context, RingConfirmed confirmed)
    {
        if (confirmed.Epoch == _ring.Epoch && _confirmers.Contains(confirmed.Sender) && _confirmed.Add(confirmed.Sender))
            TellIfAllConfirmed(context);
    }

    private void TellIfAllConfirmed(IActorContext context)
    {
        if (_confirmed.Count == _confirmers.Count)
            context.Send(new Address(context.Self.Node, ActorRole.Topology, 0), new RingAdoptedByAll(_ring.Epoch));
    }

    private void Add(Address subscriber)
    {
        if (!_known.Add(subscriber))
            return;
        _subscribers.Add(subscriber);
        Invariant.Require(_subscribers.Count <= SubscribersMax, "the subscribers of the ring are bounded", _subscribers.Count);
    }

    private void Push(IActorContext context)
    {
        var changed = new RingChanged(_ring);
        foreach (Address subscriber in _subscribers)
            context.Send(subscriber, changed);
        if (_confirmers.Count == 0)
            TellIfAllConfirmed(context);
    }
}
