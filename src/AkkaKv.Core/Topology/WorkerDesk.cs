using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Topology;

/// <summary>Tells the others which worker number this node needs, and the node itself which one it has.</summary>
internal sealed class WorkerDesk(WorkerSettings? settings, ulong storeId)
{
    /// <summary>What its status says.</summary>
    public WorkerNeed Need(IActorContext context) => settings is null
        ? new WorkerNeed(0, "", null, 0)
        : new WorkerNeed(settings.Count, settings.Layout, settings.ByHand, Math.Clamp(context.WallNow.ToUnixTimeMilliseconds(), 0, WorkerLeases.MillisMax));

    /// <param name="current">On the disk, or that which the node began with.</param>
    public void Answer(IActorContext context, WorkerLeaseAsk ask, ClusterConfiguration current, MemberStatuses statuses)
    {
        NodeId self = context.Self.Node;
        WorkerLease? lease = LeaseOf(self, current);
        long now = context.WallNow.ToUnixTimeMilliseconds();
        string reason = lease is not null && now <= lease.UntilMillis ? "" : LeaseWords.OfMissing(self, storeId, settings, current, statuses, context.Now);
        context.Send(ask.ReplyTo, new WorkerLeaseTold(ask.Ticket, lease, reason));
    }

    // As long as nothing is agreed nobody is leased anything: then whoever was given a number by hand is in the hands of who did.
    private WorkerLease? LeaseOf(NodeId self, ClusterConfiguration current)
    {
        if (settings is null)
            return null;
        if (current.Workers is not { } workers)
            return settings.ByHand is { } assigned && StagedChanges.Has(current.Everyone, self) ? new WorkerLease(assigned, self, storeId, 0, long.MaxValue) : null;
        if (workers.Count != settings.Count || workers.Layout != settings.Layout)
            return null;
        return settings.ByHand is { } worker
            ? workers.Of(worker) is { IsByHand: true } own && own.IsOf(self, storeId) ? own : null
            : workers.Of(self, storeId);
    }
}
