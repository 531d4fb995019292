using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>How a replica's work ended. The numbers travel between nodes.</summary>
public enum ReplicaOutcome : byte
{
    Done = 0,

    /// <summary>Refused before anything was staged: the node's store takes no writes.</summary>
    ReadOnly = 1,

    /// <summary>The write was staged and its sync failed: it may or may not be there after a restart.</summary>
    StoreFailed = 2,

    /// <summary>What the replica holds for the key, or what it was sent, does not check out.</summary>
    Corrupt = 3,

    /// <summary>Refused before anything was staged: too much waits already.</summary>
    Busy = 4,

    /// <summary>Refused: the key holds as many siblings as allowed. Only client writes are refused so.</summary>
    TooManySiblings = 5,

    /// <summary>Refused: the context names writes of this replica that it never made.</summary>
    ContextAhead = 6,

    /// <summary>The store took no more, but a later write of the key, built on this one, may carry it.</summary>
    BusyUnsure = 7,

    /// <summary>Refused before anything was staged: the request was planned by a ring older than the replica's.</summary>
    OlderRing = 8,

    /// <summary>
    /// Refused before anything was staged: the version vector would have more actors than anybody could read, or, by a write,
    /// more than <see cref="VersionVector.ActorsOfWritesMax"/>. A replica whose actor is among them may take the write.
    /// </summary>
    TooManyActors = 9,
}

/// <summary>Asks a replica for what it durably holds of a key. Answered by <see cref="ReplicaReadDone"/>.</summary>
/// <param name="Ticket">Chosen by the asker, echoed in the answer: the place in the preference list.</param>
/// <param name="Epoch">Of the ring by which the asker chose this replica: where it is older than the replica's, the answer is <see cref="ReplicaOutcome.OlderRing"/>. 0 for whichever.</param>
public sealed record ReplicaRead(StoreKey Key, ulong Ticket, Address ReplyTo, long Epoch = 0) : Message;

/// <param name="Object">The encoded <see cref="SiblingSet"/>; empty when the key was never written here.</param>
public sealed record ReplicaReadDone(ulong Ticket, ReplicaOutcome Outcome, ReadOnlyMemory<byte> Object) : Message;

/// <summary>
/// A client's write at the replica that makes its dot; sent only within a node, by the write coordinator. Answered by
/// <see cref="ReplicaPutDone"/> when it is durable.
/// </summary>
/// <param name="Context">What the client had seen; empty for none.</param>
/// <param name="LastWriteWins">Replaces all that this replica holds.</param>
/// <param name="Epoch">As in <see cref="ReplicaRead"/>.</param>
public sealed record ReplicaPut(
    StoreKey Key, VersionVector Context, ValueContent Content, bool LastWriteWins, ulong Ticket, Address ReplyTo, long Epoch = 0) : Message;

/// <param name="Dot">The dot that was made; default when refused before one was.</param>
/// <param name="Object">The encoded set after the write, to be sent to the other replicas; empty when refused.</param>
/// <param name="Context">The version vector of that set.</param>
/// <param name="Siblings">How many values it holds, this one included; when refused for too many: how many there are.</param>
public sealed record ReplicaPutDone(
    ulong Ticket,
    ReplicaOutcome Outcome,
    Dot Dot,
    ReadOnlyMemory<byte> Object,
    VersionVector Context,
    int Siblings) : Message;

/// <summary>
/// Merges an object into what the replica holds: the one way in for replication, read repair, hints and anti-entropy.
/// Answered by <see cref="ReplicaMergeDone"/> when the merge is durable, or at once when it changes nothing.
/// </summary>
/// <param name="Epoch">As in <see cref="ReplicaRead"/>; 0 for what is right under any ring: hints, transfers.</param>
public sealed record ReplicaMerge(StoreKey Key, ReadOnlyMemory<byte> Object, ulong Ticket, Address ReplyTo, long Epoch = 0) : Message
{
    /// <summary>
    /// Only where the replica holds something of the key: a node that is no owner gets what is newer than its copy, but no
    /// copy. Else nothing is to be done, which is answered as done.
    /// </summary>
    public bool IfHeld { get; init; }
}

public sealed record ReplicaMergeDone(ulong Ticket, ReplicaOutcome Outcome) : Message;

/// <summary>
/// Forgets a key whose object is still the one that was agreed to be dead; sent only within a node. Answered by
/// <see cref="ReplicaForgetDone"/>.
/// </summary>
/// <param name="Version">Hash of the encoded object, <see cref="StableHash"/>.</param>
public sealed record ReplicaForget(StoreKey Key, ulong Version, Address ReplyTo) : Message
{
    /// <summary>
    /// Of <see cref="ReplicaClearBegun"/>: the node owns the partition no longer, and the key goes whatever it holds, unless
    /// it was written to or a newer ring became known since. Null where members agreed on a version.
    /// </summary>
    public long? ClearStamp { get; init; }
}

/// <param name="IsForgotten">False when the replica held something else, or something was under way for the key, or the store refused.</param>
public sealed record ReplicaForgetDone(bool IsForgotten) : Message
{
    /// <summary>It is not to be cleared: requests that name a larger N have written it since the clearing began.</summary>
    public bool Stays { get; init; }
}
