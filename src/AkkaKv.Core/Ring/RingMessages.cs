using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>Asks for every ring from now on, the current one first. Answered by <see cref="RingChanged"/>, again and again.</summary>
public sealed record RingSubscribe(Address Subscriber) : Message;

/// <summary>A newer topology was agreed on. Older epochs and the current one are ignored.</summary>
public sealed record RingTopologyAdopted(RingTopology Topology) : Message;

/// <summary>The ring to use from now on; its epoch is larger than that of any ring sent before, or the same one sent again.</summary>
public sealed record RingChanged(RingSnapshot Ring) : Message;
