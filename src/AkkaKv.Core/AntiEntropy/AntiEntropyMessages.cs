using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>How fast clients are served: what anti-entropy gives way to. Sent now and then by whoever measures it.</summary>
/// <param name="Recent">The latency of late.</param>
/// <param name="Usual">The latency over a long time.</param>
public sealed record ForegroundLatency(TimeSpan Recent, TimeSpan Usual) : Message;

/// <summary>
/// Compares all that this node owns with every other owner, now: outside of window and interval, but throttled as ever.
/// Joins a repair that is under way. Answered by <see cref="RepairTold"/> at once.
/// </summary>
public sealed record RepairStart(Address ReplyTo) : Message;

/// <summary>Asks how the last repair on command goes, or went. Answered by <see cref="RepairTold"/>.</summary>
public sealed record RepairAsk(Address ReplyTo) : Message;

/// <param name="Repair">Null when none was ever started on this node since it runs.</param>
public sealed record RepairTold(RepairProgress? Repair) : Message;

/// <summary>A repair on command.</summary>
/// <param name="StartedAt">By this node's wall clock.</param>
/// <param name="FinishedAt">Null while it is under way.</param>
/// <param name="PartitionsDone">Partitions that were compared with all of their other owners.</param>
/// <param name="DifferingKeys">Keys found to differ.</param>
/// <param name="KeysMoved">Objects that it moved, in either direction.</param>
/// <param name="BytesMoved">Bytes of those objects.</param>
/// <param name="DamagedKeys">Keys found that a replica cannot read; they are not repaired.</param>
/// <param name="WaitingFor">What it waits for just now, in words; empty when it works or is done.</param>
public sealed record RepairProgress(
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    int PartitionsDone,
    int Partitions,
    long DifferingKeys,
    long KeysMoved,
    long BytesMoved,
    long DamagedKeys,
    string WaitingFor);

/// <summary>Asks how far the replicas are compared. Answered by <see cref="AntiEntropyTold"/>.</summary>
public sealed record AntiEntropyAsk(Address ReplyTo) : Message;

/// <param name="Peers">One for each node that this one shares a partition with, by name.</param>
/// <param name="TreeBytes">Memory of this node's trees that are known to be built.</param>
/// <param name="Pause">The present pause between two steps.</param>
/// <param name="WaitingFor">What it waits for just now, in words; empty when it works.</param>
public sealed record AntiEntropyTold(IReadOnlyList<PeerComparison> Peers, long TreeBytes, TimeSpan Pause, string WaitingFor) : Message;

/// <summary>How far this node has compared itself with another.</summary>
/// <param name="SinceFinished">Since an exchange with it last came to its end; null for never.</param>
/// <param name="DifferingKeys">Keys that differed when its partitions were last compared, together.</param>
/// <param name="DamagedKeys">Of those, keys that one of the two cannot read.</param>
/// <param name="KeysMoved">Objects moved so far, in either direction.</param>
/// <param name="BytesMoved">Bytes of those objects.</param>
/// <param name="PartitionsShared">Partitions that both own.</param>
/// <param name="PartitionsNeverCompared">Of those, how many were never compared to the end since this node runs.</param>
public sealed record PeerComparison(
    NodeId Peer,
    TimeSpan? SinceFinished,
    long DifferingKeys,
    long DamagedKeys,
    long KeysMoved,
    long BytesMoved,
    int PartitionsShared,
    int PartitionsNeverCompared);
