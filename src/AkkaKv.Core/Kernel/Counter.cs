namespace AkkaKv.Core.Kernel;

/// <summary>
/// What actors count: events that an operator wants to see as rates. A host sums them per node; see
/// <see cref="IActorContext.Count"/>. The names become the names of metrics.
/// </summary>
public enum Counter : byte
{
    /// <summary>A replica was sent a merge because a read saw it behind.</summary>
    ReadRepairs = 0,

    /// <summary>A read or write did not gather its quorum in time.</summary>
    QuorumFailures,

    /// <summary>A request was refused because too few replicas were reachable.</summary>
    Shortages,

    /// <summary>A request was refused at once because too much was under way.</summary>
    ShedRequests,

    /// <summary>A replica or fallback was asked because another was late.</summary>
    SpeculativeReads,

    /// <summary>A hint was sent because an owner was late, not because it was known to be down.</summary>
    SpeculativeHints,

    /// <summary>Values that a last-write-wins write replaced without its writer having seen them.</summary>
    SiblingsDiscarded,

    /// <summary>Hints made durable.</summary>
    HintsStored,

    /// <summary>Hints that their target has acknowledged.</summary>
    HintsDelivered,

    /// <summary>Hints refused because the bound was reached.</summary>
    HintsDropped,

    /// <summary>Hints given up because of their age.</summary>
    HintsExpired,

    /// <summary>Gossip messages sent.</summary>
    GossipSent,

    /// <summary>Comparisons of a partition with a peer that came to an end.</summary>
    ExchangesDone,

    /// <summary>Comparisons that were given up.</summary>
    ExchangesFailed,

    /// <summary>Objects that anti-entropy moved.</summary>
    ExchangeKeysMoved,

    /// <summary>Bytes of those objects.</summary>
    ExchangeBytesMoved,

    /// <summary>Deleted or expired keys forgotten for good.</summary>
    TombstonesReaped,

    /// <summary>Writes that left concurrent values beside their own.</summary>
    ConflictingWrites,

    /// <summary>Objects that were fetched because this node is to own them.</summary>
    TransferKeys,

    /// <summary>Bytes of those objects.</summary>
    TransferBytes,

    /// <summary>Batches of them.</summary>
    TransferBatches,

    /// <summary>Keys removed because this node owns them no longer.</summary>
    KeysCleared,

    /// <summary>Unique ids given: Snowflake ids, tickets and increments.</summary>
    IdsIssued,

    /// <summary>Questions for ids that were refused: a clock that is behind, a worker number that is missing, a disk that is slow.</summary>
    IdsRefused,
}
