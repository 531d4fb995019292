using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Replica;

/// <summary>How a store request ended.</summary>
public enum StoreOutcome : byte
{
    /// <summary>Done; for a write: as durable as the store's setting promises.</summary>
    Done = 0,

    /// <summary>Refused before anything was staged: the store takes no writes.</summary>
    ReadOnly = 1,

    /// <summary>A write was staged and its sync failed: after a restart the record may or may not be there.</summary>
    Failed = 2,

    /// <summary>The record that the index points at does not check out.</summary>
    Corrupt = 3,

    /// <summary>Refused before anything was staged: too many bytes wait for the disk. Try again.</summary>
    Busy = 4,
}

/// <summary>Keys of different spaces have nothing to do with each other. The numbers are on disks.</summary>
public enum StoreSpace : byte
{
    /// <summary>What the node holds as a replica.</summary>
    Objects = 0,

    /// <summary>What it keeps for others while they are down.</summary>
    Hints = 1,
}

/// <summary>Asks for the newest durable object of a key. Answered by <see cref="StoreReadDone"/>.</summary>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record StoreRead(StoreKey Key, ulong Ticket, Address ReplyTo, StoreSpace Space = StoreSpace.Objects) : Message;

/// <param name="Object">The encoded object; empty when there is none or when the outcome is not <see cref="StoreOutcome.Done"/>.</param>
public sealed record StoreReadDone(ulong Ticket, StoreOutcome Outcome, ReadOnlyMemory<byte> Object) : Message;

/// <summary>
/// Replaces a key's object. Answered by <see cref="StoreWriteDone"/> once it is as durable as the store's setting
/// promises; reads see it only from then on. Writes of one key complete in the order they were sent.
/// </summary>
public sealed record StoreWrite(
    StoreKey Key, ReadOnlyMemory<byte> Object, ulong Ticket, Address ReplyTo, StoreSpace Space = StoreSpace.Objects) : Message;

public sealed record StoreWriteDone(ulong Ticket, StoreOutcome Outcome) : Message;

/// <summary>
/// Forgets a key, in order with the writes of that key. Answered by <see cref="StoreWriteDone"/> once it is durable; to
/// forget what is not there is done, too.
/// </summary>
public sealed record StoreRemove(StoreKey Key, ulong Ticket, Address ReplyTo, StoreSpace Space = StoreSpace.Objects) : Message;

/// <summary>
/// Asks for the keys of a range of hashes, a bounded part at a time. Answered by <see cref="StoreScanDone"/>. A key that
/// is there from the first part to the last is told exactly once; one that comes or goes meanwhile, at most once.
/// </summary>
/// <param name="Cursor">0 at first, then what the last answer said.</param>
public sealed record StoreScan(
    ulong FirstHash, ulong LastHash, long Cursor, ulong Ticket, Address ReplyTo, StoreSpace Space = StoreSpace.Objects) : Message;

/// <param name="Keys">Some keys of the range, in no order; none of them has a larger hash than one of a later answer.</param>
/// <param name="NextCursor">Where to go on; −1 when all were told.</param>
public sealed record StoreScanDone(ulong Ticket, IReadOnlyList<StoreKey> Keys, long NextCursor) : Message;

/// <summary>Asks for a block of dot counters that this store never hands out again, whatever happens. Answered by <see cref="DotsReserved"/>.</summary>
public sealed record StoreReserveDots(Address ReplyTo) : Message;

/// <param name="ActorId">The store's identity, the actor of every dot made from the block.</param>
/// <param name="First">The first counter of the block; greater than every counter handed out before.</param>
/// <param name="Count">How many there are; 0 when the outcome is not <see cref="StoreOutcome.Done"/>.</param>
public sealed record DotsReserved(StoreOutcome Outcome, ulong ActorId, ulong First, int Count) : Message;
