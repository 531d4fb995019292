using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Native.Peers;

/// <summary>How a node stands with one peer.</summary>
/// <param name="Endpoint">Where it dials, <c>host:port</c>.</param>
/// <param name="Connected">True when all connections stand: those it dialled, and those that the peer dialled.</param>
/// <param name="Trouble">Why the last attempt failed, or that the peer has not dialled back; null while all is well.</param>
/// <param name="Sent">What has gone to the peer since the start.</param>
/// <param name="ConnectionsFailed">Attempts to dial it that failed, and dialled connections that broke.</param>
public sealed record PeerStatus(NodeId Node, string Endpoint, bool Connected, string? Trouble, PeerTraffic Sent, long ConnectionsFailed);

/// <summary>What has gone to one peer.</summary>
/// <param name="Messages">Messages handed to a connection.</param>
/// <param name="Writes">Socket writes they took, signs of life included.</param>
/// <param name="Bytes">Bytes written.</param>
/// <param name="DroppedNotConnected">Messages dropped because there was no connection.</param>
/// <param name="DroppedFull">Messages dropped because too much was outstanding.</param>
/// <param name="DroppedTooLarge">Messages dropped because they exceed the frame limit.</param>
/// <param name="DroppedOlderPeer">Messages dropped because the peer runs a release that does not know their kind.</param>
public sealed record PeerTraffic(
    long Messages,
    long Writes,
    long Bytes,
    long DroppedNotConnected,
    long DroppedFull,
    long DroppedTooLarge,
    long DroppedOlderPeer);

/// <summary>The traffic to one peer as it is counted, from several threads.</summary>
internal sealed class PeerCounters
{
    public long Messages;
    public long Writes;
    public long Bytes;
    public long DroppedNotConnected;
    public long DroppedFull;
    public long DroppedTooLarge;
    public long DroppedOlderPeer;
    public long ConnectionsFailed;

    public PeerTraffic Snapshot() => new(
        Interlocked.Read(ref Messages),
        Interlocked.Read(ref Writes),
        Interlocked.Read(ref Bytes),
        Interlocked.Read(ref DroppedNotConnected),
        Interlocked.Read(ref DroppedFull),
        Interlocked.Read(ref DroppedTooLarge),
        Interlocked.Read(ref DroppedOlderPeer));
}

/// <summary>What came in from all peers, counted from several threads.</summary>
internal sealed class InboundCounters
{
    public long Messages;
    public long Reads;
    public long DroppedInboxFull;
    public long DroppedUnknownAddress;
    public long UnknownKinds;
    public long Unfit;
    public long AcceptsFailed;
    public long Broken;
    public long RefusedConnections;
}
