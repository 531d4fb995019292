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

/// <summary>Asks for the newest durable object of a key. Answered by <see cref="StoreReadDone"/>.</summary>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record StoreRead(StoreKey Key, ulong Ticket, Address ReplyTo) : Message;

/// <param name="Object">The encoded object; empty when there is none or when the outcome is not <see cref="StoreOutcome.Done"/>.</param>
public sealed record StoreReadDone(ulong Ticket, StoreOutcome Outcome, ReadOnlyMemory<byte> Object) : Message;

/// <summary>
/// Replaces a key's object. Answered by <see cref="StoreWriteDone"/> once it is as durable as the store's setting
/// promises; reads see it only from then on. Writes of one key complete in the order they were sent.
/// </summary>
public sealed record StoreWrite(StoreKey Key, ReadOnlyMemory<byte> Object, ulong Ticket, Address ReplyTo) : Message;

public sealed record StoreWriteDone(ulong Ticket, StoreOutcome Outcome) : Message;

/// <summary>Asks for a block of dot counters that this store never hands out again, whatever happens. Answered by <see cref="DotsReserved"/>.</summary>
public sealed record StoreReserveDots(Address ReplyTo) : Message;

/// <param name="ActorId">The store's identity, the actor of every dot made from the block.</param>
/// <param name="First">The first counter of the block; greater than every counter handed out before.</param>
/// <param name="Count">How many there are; 0 when the outcome is not <see cref="StoreOutcome.Done"/>.</param>
public sealed record DotsReserved(StoreOutcome Outcome, ulong ActorId, ulong First, int Count) : Message;
