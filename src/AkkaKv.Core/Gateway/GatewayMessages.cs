using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Gateway;

/// <summary>A client's read, from a facade of this node. Answered by <see cref="GetDone"/>.</summary>
public sealed record GatewayGet(EntryKey Key, RequestOptions Options, Address ReplyTo) : Message;

/// <summary>A client's write, from a facade of this node. Answered by <see cref="PutDone"/>.</summary>
public sealed record GatewayPut(EntryKey Key, PutRequest Put, RequestOptions Options, Address ReplyTo) : Message;

/// <summary>A client's delete, from a facade of this node. Answered by <see cref="PutDone"/>.</summary>
public sealed record GatewayDelete(EntryKey Key, CausalContext? Context, RequestOptions Options, Address ReplyTo) : Message;

/// <summary>
/// Asks an owner whether it would coordinate a write, before the write is sent: a node that sleeps or hangs says nothing,
/// and another can be asked without the write being made twice. Answered by <see cref="GatewayOfferAccepted"/>.
/// </summary>
/// <param name="Ticket">Echoed in the answer: the owner's rank.</param>
public sealed record GatewayOffer(ulong Ticket, Address ReplyTo) : Message;

public sealed record GatewayOfferAccepted(ulong Ticket) : Message;

/// <summary>
/// A write that reached a node that does not own its key, sent on once to one that does. It was checked where it came
/// in. Answered by <see cref="PutDone"/>.
/// </summary>
/// <param name="N">Replicas of the key.</param>
/// <param name="W">Acknowledgements needed.</param>
/// <param name="R">The read quorum of the request, only for telling whether quorums overlap.</param>
/// <param name="Strict">Only owners count.</param>
/// <param name="TimeLeftMillis">What is left of the deadline.</param>
/// <param name="Ticket">Echoed in the answer.</param>
/// <param name="Epoch">Of the ring by which the receiver was chosen; 0 when unknown.</param>
public sealed record GatewayForwardedPut(
    StoreKey Key,
    VersionVector Context,
    ValueContent Content,
    bool LastWriteWins,
    int N,
    int R,
    int W,
    bool Strict,
    int TimeLeftMillis,
    ulong Ticket,
    Address ReplyTo,
    long Epoch = 0) : Message;

/// <summary>Asks what this node believes of the members. Answered by <see cref="GatewayMembersDone"/>.</summary>
public sealed record GatewayMembers(Address ReplyTo) : Message;

public sealed record GatewayMembersDone(IReadOnlyList<MemberInfo> Members) : Message;

/// <summary>Asks for the ring. Answered by <see cref="GatewayRingDone"/>.</summary>
public sealed record GatewayRing(Address ReplyTo) : Message;

public sealed record GatewayRingDone(RingInfo Ring) : Message;

/// <summary>Asks where a key lives. Answered by <see cref="GatewayPlacementDone"/>.</summary>
public sealed record GatewayPlacement(EntryKey Key, RequestOptions Options, Address ReplyTo) : Message;

public sealed record GatewayPlacementDone(PlacementInfo? Placement, KvError? Error) : Message;

/// <summary>Asks every part of this node how it is. Answered by <see cref="GatewayReportDone"/>.</summary>
/// <param name="StartsRepair">Starts a repair as well, or joins the one that is under way.</param>
public sealed record GatewayReport(bool StartsRepair, Address ReplyTo) : Message;

public sealed record GatewayReportDone(NodeReport Report) : Message;
