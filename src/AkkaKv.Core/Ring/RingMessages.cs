using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>Asks for every ring from now on, the current one first. Answered by <see cref="RingChanged"/>, again and again.</summary>
public sealed record RingSubscribe(Address Subscriber) : Message;

/// <summary>
/// A newer topology was agreed on. Older epochs are ignored; the current one is only answered again by
/// <see cref="RingAdoptedByAll"/>, if it is adopted.
/// </summary>
public sealed record RingTopologyAdopted(RingTopology Topology) : Message;

/// <summary>The ring to use from now on; its epoch is larger than that of any ring sent before, or the same one sent again.</summary>
public sealed record RingChanged(RingSnapshot Ring) : Message;

/// <summary>
/// The sender, one of those that the ring manager was made with, has adopted the ring: no request that it began under an
/// older one is under way any more, and it refuses those of others.
/// </summary>
public sealed record RingConfirmed(long Epoch, Address Sender) : Message;

/// <summary>Everyone on this node who must has confirmed the ring of this epoch. Sent by the ring manager to the topology actor.</summary>
public sealed record RingAdoptedByAll(long Epoch) : Message;
