using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Transfer;

/// <summary>Whether a source gave what it was asked for. The numbers travel between nodes.</summary>
public enum TransferOutcome : byte
{
    Done = 0,

    /// <summary>Too many others pull the partition: try later.</summary>
    Busy = 1,

    /// <summary>No such place in the partition: the asker's number of partitions is another.</summary>
    Refused = 2,
}

/// <summary>
/// Asks a node for the next objects of a partition; the asker has what came before durably. Answered by
/// <see cref="TransferBatch"/>. Of one asker only the newest is answered.
/// </summary>
/// <param name="Cursor">0 at first, then what the last batch said. Good with a restarted source, too: it is a place in the order of hashes.</param>
/// <param name="BytesMax">The batch ends before it has more; one object may be larger.</param>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record TransferPull(int Partition, long Cursor, int BytesMax, ulong Ticket, Address ReplyTo) : Message
{
    /// <summary>The largest batch that is asked for: with one object on top it fits a frame.</summary>
    public const int BytesMaxMost = 8 << 20;
}

/// <summary>What a source durably holds of a part of its partition.</summary>
/// <param name="NextCursor">Where to go on, greater than the cursor of the pull; −1 when this was the last.</param>
/// <param name="Objects">At most <see cref="KeysMax"/>; those of <paramref name="Damaged"/> and <paramref name="LeftOut"/> counted.</param>
/// <param name="Damaged">Keys of the part whose objects the source cannot read.</param>
/// <param name="LeftOut">Objects of the part whose keys have too much under one hash; the comparison brings them.</param>
public sealed record TransferBatch(
    ulong Ticket,
    TransferOutcome Outcome,
    long NextCursor,
    IReadOnlyList<TransferredObject> Objects,
    IReadOnlyList<StoreKey> Damaged,
    int LeftOut) : Message
{
    public const int KeysMax = 1024;
}

/// <summary>A key and its encoded object.</summary>
public readonly record struct TransferredObject(StoreKey Key, ReadOnlyMemory<byte> Object);

/// <summary>
/// Removes the next few keys of a partition that this node owns no longer; sent only within a node. Answered by
/// <see cref="ClearStepDone"/>.
/// </summary>
/// <param name="Cursor">0 at first, then what the last answer said.</param>
/// <param name="KeysMax">0 only looks whether there are any.</param>
/// <param name="Stamp">Of the <see cref="Replica.ReplicaClearBegun"/> before the comparison.</param>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record ClearStep(long Cursor, int KeysMax, long Stamp, ulong Ticket, Address ReplyTo) : Message;

/// <param name="Met">Keys that were there.</param>
/// <param name="Removed">Of them, those durably removed.</param>
/// <param name="Damaged">Of the others, those that cannot be read: they stay.</param>
/// <param name="NextCursor">−1 when the end of the partition was reached.</param>
public sealed record ClearStepDone(ulong Ticket, int Met, int Removed, int Damaged, long NextCursor) : Message
{
    /// <summary>Of the keys that were there, those that are not to be cleared: <see cref="Replica.ReplicaForgetDone.Stays"/>.</summary>
    public int Stay { get; init; }
}

/// <summary>Timer: something of a work is due.</summary>
internal sealed record WorkDue(uint Work, ulong Number) : Message;
