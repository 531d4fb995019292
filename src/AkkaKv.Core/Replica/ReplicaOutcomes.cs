using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Replica;

/// <summary>What a store's answer means to whoever asked for the change.</summary>
internal static class ReplicaOutcomes
{
    public static ReplicaOutcome Of(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Done => ReplicaOutcome.Done,
        StoreOutcome.ReadOnly => ReplicaOutcome.ReadOnly,
        StoreOutcome.Failed => ReplicaOutcome.StoreFailed,
        StoreOutcome.Corrupt => ReplicaOutcome.Corrupt,
        StoreOutcome.Busy => ReplicaOutcome.Busy,
        _ => throw new InvariantException($"Every store outcome has a replica outcome; {outcome} has none"),
    };

    /// <summary>What a reservation of dots that failed means to the writes that wait for it: nothing of theirs was staged.</summary>
    public static ReplicaOutcome OfReservation(StoreOutcome outcome) =>
        outcome == StoreOutcome.Busy ? ReplicaOutcome.Busy : ReplicaOutcome.ReadOnly;
}
