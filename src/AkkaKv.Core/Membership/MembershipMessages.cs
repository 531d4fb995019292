using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>The host reached a member: both sides agreed on the protocol.</summary>
public sealed record PeerConnected(NodeId Peer) : Message;

/// <summary>The host lost a member.</summary>
public sealed record PeerDisconnected(NodeId Peer) : Message;

/// <summary>
/// Who belongs from now on; this node counts among them in any case. New ones start as unknown, unless the host holds
/// connections to them already; those not named are forgotten.
/// </summary>
public sealed record MembersChanged(IReadOnlyList<NodeId> Members) : Message;

/// <summary>Pushed to whoever needs it whenever an opinion changes.</summary>
public sealed record ReachabilityChanged(ReachabilitySnapshot Snapshot) : Message;

/// <summary>Asks to be told of every <see cref="ReachabilityChanged"/> from now on; the present one is sent at once.</summary>
public sealed record SubscribeReachability(Address Subscriber) : Message;

/// <summary>
/// Opens an exchange: the newest heartbeats that the sender knows, as many as fit. The receiver takes what is newer and
/// answers with a <see cref="GossipDelta"/>.
/// </summary>
/// <param name="From">Who sends; the connection says so, not the message.</param>
/// <param name="SentAtMicros">The sender's monotonic clock, which the answer repeats.</param>
/// <param name="Entries">In the order of their worth; each member at most once.</param>
public sealed record GossipDigest(NodeId From, long SentAtMicros, IReadOnlyList<GossipEntry> Entries) : Message;

/// <summary>Answers a <see cref="GossipDigest"/>: where the answering node knew better, and what the digest did not name.</summary>
/// <param name="From">Who sends; the connection says so, not the message.</param>
/// <param name="SentAtMicros">That of the digest.</param>
/// <param name="WallMillis">The answering node's wall clock, Unix milliseconds.</param>
/// <param name="Entries">As in the digest.</param>
public sealed record GossipDelta(NodeId From, long SentAtMicros, long WallMillis, IReadOnlyList<GossipEntry> Entries) : Message;

/// <summary>Asks for all that this node thinks of the members, for people; answered with <see cref="MembershipTold"/>.</summary>
public sealed record MembershipAsk(Address ReplyTo) : Message;

/// <summary>What this node thinks of each member, by name.</summary>
public sealed record MembershipTold(IReadOnlyList<MemberStatus> Members) : Message;

/// <summary>One member in the eyes of one node.</summary>
/// <param name="Phi">How suspicious its silence is; 0 for this node itself.</param>
/// <param name="HeartbeatAge">Since a new heartbeat was heard, by whatever path; null before the first.</param>
/// <param name="SuspectAfter">The silence after which it is suspected, as its heartbeats came so far; zero for this node itself.</param>
/// <param name="Incarnation">Which of its processes: 1, and one more for each restart that a living node remembers; 0 before the first word.</param>
/// <param name="SkewMillis">Its wall clock ahead of this node's, estimated when it last answered; null before.</param>
/// <param name="Since">When it came into this state, by this node's wall clock.</param>
public sealed record MemberStatus(
    NodeId Node,
    MemberState State,
    double Phi,
    TimeSpan? HeartbeatAge,
    TimeSpan SuspectAfter,
    ulong Incarnation,
    double? SkewMillis,
    DateTimeOffset Since);

/// <summary>Whether a member can be asked, and why not.</summary>
public enum MemberState
{
    /// <summary>Never reached since this node started.</summary>
    Unknown,

    Reachable,

    /// <summary>Its connections stand, but it has been silent for too long.</summary>
    Suspected,

    /// <summary>No connection stands.</summary>
    Disconnected,
}
