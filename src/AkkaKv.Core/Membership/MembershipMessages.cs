using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>The host reached a member: both sides agreed on the protocol.</summary>
public sealed record PeerConnected(NodeId Peer) : Message;

/// <summary>The host lost a member.</summary>
public sealed record PeerDisconnected(NodeId Peer) : Message;

/// <summary>Pushed to whoever needs it whenever an opinion changes.</summary>
public sealed record ReachabilityChanged(ReachabilitySnapshot Snapshot) : Message;

/// <summary>Asks to be told of every <see cref="ReachabilityChanged"/> from now on; the present one is sent at once.</summary>
public sealed record SubscribeReachability(Address Subscriber) : Message;
