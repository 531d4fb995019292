using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Replica;

/// <summary>
/// Begins to clear a partition that this node owns no longer; sent only within a node, before what it holds is compared with
/// the owners. Answered by <see cref="ReplicaClearBegun"/>.
/// </summary>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record ReplicaClearBegin(ulong Ticket, Address ReplyTo) : Message;

/// <param name="Stamp">To be named by <see cref="ReplicaForget.ClearStamp"/>; void once anything is written to the partition.</param>
public sealed record ReplicaClearBegun(ulong Ticket, long Stamp) : Message;

/// <summary>
/// Whether a partition still holds nothing but what the owners were compared with. Something may arrive late: a hint, a
/// repair. It may be the only copy, so after it nothing is removed until they are compared once more.
/// </summary>
internal sealed class ReplicaClearing
{
    // Every write since the node started, those that may or may not have reached the disk too.
    private long _writes;

    public void Begin(IActorContext context, ReplicaClearBegin begin) =>
        context.Send(begin.ReplyTo, new ReplicaClearBegun(begin.Ticket, _writes));

    /// <summary>Whether a key may go. What is under way for it was written after the comparison, or may have been.</summary>
    public bool Allows(KeyWork work, long stamp) => stamp == _writes && work.WritesUnderWay == 0;

    /// <summary>A write, or a removal, of the store ended.</summary>
    public void Note(StagedWrite write) => _writes += write.Forget is null ? 1 : 0;
}
