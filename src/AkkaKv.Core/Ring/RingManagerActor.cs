using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// Holds the topology and pushes the ring made from it to everyone who subscribed, so that nobody asks in mid-request.
/// </summary>
public sealed class RingManagerActor : Actor
{
    /// <summary>Bounds the subscribers: the long-lived actors of a node, never a request.</summary>
    public const int SubscribersMax = 65_536 + 1024;

    private readonly List<Address> _subscribers = [];
    private readonly HashSet<Address> _known = [];
    private RingSnapshot _ring;

    public RingManagerActor(RingTopology topology, IReadOnlyList<Address> subscribers)
    {
        _ring = RingSnapshot.Of(topology);
        foreach (Address subscriber in subscribers)
            Add(subscriber);
    }

    public override void Start(IActorContext context) => Push(context);

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case RingSubscribe subscribe: OnSubscribe(context, subscribe.Subscriber); break;
            case RingTopologyAdopted adopted: OnAdopted(context, adopted.Topology); break;
            default: throw new InvariantException($"the ring manager takes no {message.GetType().Name}");
        }
    }

    private void OnSubscribe(IActorContext context, Address subscriber)
    {
        Add(subscriber);
        context.Send(subscriber, new RingChanged(_ring));
    }

    private void OnAdopted(IActorContext context, RingTopology topology)
    {
        if (topology.Epoch <= _ring.Epoch)
            return;
        Invariant.Require(topology.Partitions == _ring.Partitions, "the number of partitions never changes", topology.Partitions);
        _ring = RingSnapshot.Of(topology);
        Push(context);
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
    }
}
