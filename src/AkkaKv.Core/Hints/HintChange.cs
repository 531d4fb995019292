using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Hints;

/// <summary>Something that is done to one key's record, in its turn.</summary>
internal abstract class HintChange(StoreKey key)
{
    public StoreKey Key { get; } = key;

    /// <summary>Where it changes nothing: whether it ends only when the record that it found is durable.</summary>
    public virtual bool AwaitsDurable => false;

    /// <summary>Whether it may take more room than the partition has.</summary>
    public virtual bool PassesBound => false;

    /// <returns>The record as it shall be; the same one for no change.</returns>
    public abstract HintRecord Apply(HintRecord record);

    /// <summary>It is done and durable, or why it is not.</summary>
    public abstract void Finish(IActorContext context, ReplicaOutcome outcome);
}

/// <summary>Keeps an object.</summary>
internal sealed class HintKeeping(HintStore store, SiblingSet set, long nowMillis, Action<IActorContext, HintKeeping, ReplicaOutcome> finish)
    : HintChange(store.Key)
{
    public HintStore Store { get; } = store;

    /// <summary>False when all of it was there already.</summary>
    public bool IsNews { get; private set; }

    /// <summary>Together with what is kept nobody could read it.</summary>
    private bool IsUnreadable { get; set; }

    public override bool AwaitsDurable => !IsUnreadable;

    public override bool PassesBound => Store.IsHandedOver;

    public override HintRecord Apply(HintRecord record)
    {
        IsUnreadable = !record.Set.Seen.Join(set.Seen).IsReadable;
        if (IsUnreadable)
            return record;
        HintRecord kept = record.With(Store.Target, set, Store.Object, nowMillis);
        IsNews = !ReferenceEquals(kept, record);
        return kept;
    }

    public override void Finish(IActorContext context, ReplicaOutcome outcome) =>
        finish(context, this, IsUnreadable ? ReplicaOutcome.TooManyActors : outcome);
}

/// <summary>Looks at a record without changing it.</summary>
internal sealed class HintLook(StoreKey key, Action<IActorContext, HintRecord, ReplicaOutcome> finish) : HintChange(key)
{
    private HintRecord _found = HintRecord.Empty;

    public override HintRecord Apply(HintRecord record) => _found = record;

    public override void Finish(IActorContext context, ReplicaOutcome outcome) => finish(context, _found, outcome);
}

/// <summary>Takes a target away that has acknowledged all that the record holds.</summary>
internal sealed class HintDelivered(HintDelivery delivery, Action<IActorContext, HintDelivery, ReplicaOutcome> finish)
    : HintChange(delivery.Mark.Entry.Key)
{
    // What came while it was under way must be sent, too.
    public override HintRecord Apply(HintRecord record) =>
        delivery.Sent!.Includes(record.Set) ? record.Without(delivery.Mark.Lane.Target) : record;

    public override void Finish(IActorContext context, ReplicaOutcome outcome) => finish(context, delivery, outcome);
}

/// <summary>Takes a target away because of the age of what is kept for it.</summary>
internal sealed class HintExpiring(HintMark mark, Action<IActorContext, HintMark, ReplicaOutcome> finish) : HintChange(mark.Entry.Key)
{
    private readonly long _keptAtMillis = mark.KeptAtMillis;

    // Replaced meanwhile: it is young again.
    public override HintRecord Apply(HintRecord record) =>
        record.KeptAtMillisOf(mark.Lane.Target) == _keptAtMillis ? record.Without(mark.Lane.Target) : record;

    public override void Finish(IActorContext context, ReplicaOutcome outcome) => finish(context, mark, outcome);
}
