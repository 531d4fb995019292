using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Replica;

/// <summary>
/// Begins to clear a partition that this node owns no longer; sent only within a node, before what it holds is compared with
/// the owners. Answered by <see cref="ReplicaClearBegun"/>.
/// </summary>
/// <param name="RingEpoch">Of the ring by which the node is no owner.</param>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record ReplicaClearBegin(long RingEpoch, ulong Ticket, Address ReplyTo) : Message;

/// <param name="Stamp">
/// To be named by <see cref="ReplicaForget.ClearStamp"/>; void once anything is written to the partition or a newer ring is
/// known, and from the beginning when one was known already.
/// </param>
public sealed record ReplicaClearBegun(ulong Ticket, long Stamp) : Message;

/// <summary>
/// Whether a partition still holds nothing but what the owners were compared with. Something may arrive late: a hint, a
/// repair. It may be the only copy, so after it nothing is removed until they are compared once more.
/// </summary>
/// <remarks>
/// By a newer ring the node may own the partition again, and a step of a clearing may still be on its way:
/// 1. a member clears late, while nothing changes; a scan for it waits for the disk;
/// 2. a change is committed in which the node is to own the partition, and what it fetches, it holds already;
/// 3. the scan ends, and what was fetched and compared would be removed.
/// </remarks>
internal sealed class ReplicaClearing
{
    private const long Void = -1;

    // Every write since the node started, those that may or may not have reached the disk too; and every newer ring.
    private long _changes;
    private long _ringEpoch;

    public void Adopt(RingSnapshot ring)
    {
        _changes += ring.Epoch > _ringEpoch ? 1 : 0;
        _ringEpoch = Math.Max(_ringEpoch, ring.Epoch);
    }

    public void Begin(IActorContext context, ReplicaClearBegin begin) =>
        context.Send(begin.ReplyTo, new ReplicaClearBegun(begin.Ticket, begin.RingEpoch < _ringEpoch ? Void : _changes));

    /// <summary>Nothing may go: that it was cleared could not be written down.</summary>
    public static void Refuse(IActorContext context, ReplicaClearBegin begin) =>
        context.Send(begin.ReplyTo, new ReplicaClearBegun(begin.Ticket, Void));

    /// <summary>Whether a key may go. What is under way for it was written after the comparison, or may have been.</summary>
    public bool Allows(KeyWork work, long stamp) => stamp == _changes && work.WritesUnderWay == 0;

    /// <summary>A write, or a removal, of the store ended.</summary>
    public void Note(StagedWrite write) => _changes += write.Forget is null ? 1 : 0;
}
