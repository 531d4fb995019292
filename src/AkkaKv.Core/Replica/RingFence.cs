using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>
/// Turns away what was planned by a ring older than this replica's: after the replica has confirmed a ring, nothing of an
/// older one counts it among the owners any more. What names a newer ring is taken: it is only the news that is late.
/// </summary>
internal sealed class RingFence
{
    private long _epoch;
    private bool _hasRing;

    public void Adopt(IActorContext context, RingSnapshot ring)
    {
        _hasRing = true;
        _epoch = Math.Max(_epoch, ring.Epoch);
        context.Send(new Address(context.Self.Node, ActorRole.RingManager, 0), new RingConfirmed(_epoch, context.Self));
    }

    public bool Refuses(IActorContext context, ReplicaRead read)
    {
        if (Takes(read.Epoch))
            return false;
        context.Send(read.ReplyTo, new ReplicaReadDone(read.Ticket, Refusal, default));
        return true;
    }

    public bool Refuses(IActorContext context, ReplicaPut put)
    {
        if (Takes(put.Epoch))
            return false;
        context.Send(put.ReplyTo, new ReplicaPutDone(put.Ticket, Refusal, default, default, VersionVector.Empty, 0));
        return true;
    }

    public bool Refuses(IActorContext context, ReplicaMerge merge)
    {
        if (Takes(merge.Epoch))
            return false;
        context.Send(merge.ReplyTo, new ReplicaMergeDone(merge.Ticket, Refusal));
        return true;
    }

    // Without a ring nobody can say whether it is older.
    private ReplicaOutcome Refusal => _hasRing ? ReplicaOutcome.OlderRing : ReplicaOutcome.Busy;

    private bool Takes(long epoch) => epoch == 0 || (_hasRing && epoch >= _epoch);
}
