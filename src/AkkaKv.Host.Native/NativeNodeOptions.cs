using System.Net;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Callers;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native;

/// <summary>How one node runs. Each bound stands with its default and its reason.</summary>
public sealed record NativeNodeOptions
{
    /// <summary>This node's name.</summary>
    public required NodeId Self { get; init; }

    /// <summary>The cluster's name; nodes of different clusters refuse each other.</summary>
    public required string Cluster { get; init; }

    /// <summary>Q of the ring; nodes that disagree refuse each other.</summary>
    public required int RingPartitions { get; init; }

    /// <summary>Where other nodes reach this one. Port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Drawn when the cluster was founded; 0 as long as it is not known. The topology's actor tells a newer one.</summary>
    public ulong ClusterId { get; init; }

    /// <summary>The other members, at the start.</summary>
    public IReadOnlyList<PeerEndpoint> Peers { get; init; } = [];

    /// <summary>
    /// Members that this node's own settings say how to reach: that comes before what the cluster's configuration says, which is
    /// one for all, while nodes may see each other at different addresses.
    /// </summary>
    public IReadOnlyList<PeerEndpoint> NamedPeers { get; init; } = [];

    /// <summary>Event loops. Default 1: one loop fills a core, and the right number is the cores that the node may use.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>Messages waiting in a loop's inbox. Default 65,536: a tenth of a second of a full loop; more would only be late.</summary>
    public int InboxMessagesMax { get; init; } = 65_536;

    /// <summary>Messages of each kind (posted, timers, local) in one turn. Default 1,024: batches well, and a turn stays about a millisecond.</summary>
    public int TurnMessagesMax { get; init; } = 1_024;

    /// <summary>Looks for mail before a loop sleeps. Default 20, some microseconds: more would take the core from others.</summary>
    public int SpinRoundsMax { get; init; } = 20;

    /// <summary>Callers waiting for a reply. Default 65,536: past it the answer is "busy".</summary>
    public int CallsMax { get; init; } = 65_536;

    /// <summary>Run a caller's continuation on the thread pool. Default true: a slow caller must not hold up a loop.</summary>
    public bool RunCallersAsynchronously { get; init; } = true;

    /// <summary>Largest message between nodes. Default 64 MiB: several siblings of the largest value.</summary>
    public int FrameBytesMax { get; init; } = 64 << 20;

    /// <summary>Bytes for one connection of a peer that the network has not taken. Default 128 MiB: two of the largest frames.</summary>
    public long PeerBytesOutstandingMax { get; init; } = 128 << 20;

    /// <summary>What each send and receive buffer keeps when idle. Default 64 KiB: a busy turn's batch, and 300 members cost some 60 MB.</summary>
    public int BufferBytesKept { get; init; } = 64 << 10;

    /// <summary>Connections accepted from peers. Default 1,024: three for each of 300 members, and some that reconnect.</summary>
    public int InboundConnectionsMax { get; init; } = 1_024;

    /// <summary>Time to connect and agree. Default 2 s: a peer that needs longer is no use to a request.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The first wait before dialling again; doubles. Default 50 ms: a restart is noticed at once.</summary>
    public TimeSpan BackoffFirst { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before dialling again. Default 2 s: a returning peer is not kept waiting.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a connection shows a sign of life. Default 500 ms.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A connection without a sign of life for so long is closed. Default 3 s: six pings.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What this node says first on a connection.</summary>
    internal Hello HelloTo(string peer, MessageClass group, ulong clusterId) =>
        new(Hello.ProtocolVersionMin, Hello.ProtocolVersion, Cluster, Self.Name, peer, RingPartitions, group, clusterId);

    /// <summary>Fails on options that cannot work.</summary>
    /// <exception cref="InvariantException">Names the option.</exception>
    public void Validate()
    {
        Invariant.Require(!string.IsNullOrEmpty(Self.Name), "a node has a name");
        Invariant.Require(Self.Name.Length <= 255, "a node's name has at most 255 characters", Self.Name.Length);
        Invariant.Require(Loops is >= 1 and <= 256, "Loops is 1 to 256", Loops);
        Invariant.Require(InboxMessagesMax > 0, "InboxMessagesMax is positive", InboxMessagesMax);
        Invariant.Require(TurnMessagesMax > 0, "TurnMessagesMax is positive", TurnMessagesMax);
        Invariant.Require(CallsMax is > 0 and <= CallTable.SlotsMax, "CallsMax is 1 to 16777216", CallsMax);
        Invariant.Require(FrameBytesMax is >= 1024 and <= 512 << 20, "FrameBytesMax is 1 KiB to 512 MiB", FrameBytesMax);
        Invariant.Require(PeerBytesOutstandingMax is > 0 and <= 512 << 20, "PeerBytesOutstandingMax is 1 byte to 512 MiB", PeerBytesOutstandingMax);
        Invariant.Require(SilenceMax > PingInterval, "SilenceMax is longer than PingInterval", SilenceMax);
        Invariant.Require(PingInterval > TimeSpan.Zero, "PingInterval is positive", PingInterval);
        Invariant.Require(BufferBytesKept >= HandshakeCodec.BodyBytesMax, "BufferBytesKept is at least 4 KiB", BufferBytesKept);
        foreach (PeerEndpoint peer in Peers)
        {
            Invariant.Require(peer.Node != Self, "a node is not its own peer", peer.Node);
            Invariant.Require(peer.Port is >= 0 and <= 65_535, "a peer's port is 0 to 65535", peer);
        }
    }
}
