using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>
/// The right to make ids with a worker number, for timestamps after one moment and up to another. Whoever gives grants
/// gives the grants of one number disjoint ranges: then two holders can't make the same id, whatever their clocks do,
/// and no grant need ever be taken back.
/// </summary>
/// <param name="Worker">Datacenter and machine as one number.</param>
/// <param name="FromMillis">Milliseconds since 1970; itself not granted.</param>
/// <param name="UntilMillis">Milliseconds since 1970; itself granted.</param>
/// <param name="StoreId">The data directory that it was given to: its durable mark is the holder's memory.</param>
public sealed record WorkerGrant(int Worker, long FromMillis, long UntilMillis, ulong StoreId)
{
    /// <summary>
    /// A number that people have assigned, for ever. That no other node has it is in their hands; so is a node that
    /// lost its disk, whose successor doesn't know how far it got.
    /// </summary>
    public static WorkerGrant AssignedByHand(int worker, ulong storeId) => new(worker, -1, long.MaxValue, storeId);

    /// <summary>Why it is no use to a node with this layout and data directory; null when it is.</summary>
    public string? FaultFor(SnowflakeLayout layout, ulong storeId)
    {
        if (Worker < 0 || Worker > layout.WorkerMax)
            return $"the worker number must be 0 to {layout.WorkerMax} in this layout; found {Worker}";
        if (FromMillis >= UntilMillis)
            return $"a grant must end after it begins; found {FromMillis} to {UntilMillis}";
        return StoreId == storeId ? null : $"the grant must be for data directory {storeId:x16}; found {StoreId:x16}";
    }
}

/// <summary>
/// Asks for a grant, or for a renewed one. Answered by <see cref="WorkerGrantTold"/>, at once or once it is agreed; a
/// lost answer is asked for again.
/// </summary>
/// <param name="StoreId">The data directory that it is for.</param>
/// <param name="Ticket">Echoed in the answer.</param>
public sealed record WorkerGrantAsk(ulong StoreId, ulong Ticket, Address ReplyTo) : Message;

/// <param name="Grant">
/// Takes the place of the one before: the same worker with a later end, or another worker. Null when there is none.
/// </param>
/// <param name="Reason">Why there is none, for people.</param>
public sealed record WorkerGrantTold(ulong Ticket, WorkerGrant? Grant, string Reason = "") : Message;
