using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Topology;

/// <summary>
/// The right of one data directory to a worker number, for timestamps after one moment and up to another. A lease only
/// grows; another directory gets the number from beyond its end. So two holders never share a timestamp, whatever their
/// clocks or those of the members who decided say.
/// </summary>
/// <param name="Worker">The number.</param>
/// <param name="Node">Whom it was given to.</param>
/// <param name="StoreId">The data directory that it was given to: a node that lost its disk is another holder.</param>
/// <param name="FromMillis">Milliseconds since 1970; itself not granted.</param>
/// <param name="UntilMillis">Milliseconds since 1970; itself granted.</param>
public sealed record WorkerLease(int Worker, NodeId Node, ulong StoreId, long FromMillis, long UntilMillis)
{
    /// <summary>A number that people assigned: theirs for ever.</summary>
    public bool IsByHand => UntilMillis == long.MaxValue;

    /// <summary>Whether it was given to this directory.</summary>
    public bool IsOf(NodeId node, ulong storeId) => Node == node && StoreId == storeId;

    /// <summary>Whether one of the members holds it: then nobody else gets the number.</summary>
    public bool IsHeldBy(IReadOnlyList<Ring.RingMember> everyone) =>
        StagedChanges.Find(everyone, Node) is { } member && (member.StoreId == 0 || member.StoreId == StoreId);
}

/// <summary>Who may use which worker number when, as agreed; a part of the configuration.</summary>
/// <param name="Count">How many numbers there are: 0 to this minus one.</param>
/// <param name="Layout">The layout of ids in words: nodes with another one get no number, since theirs would mean something else.</param>
/// <param name="FloorMillis">A number that is not listed is given from beyond this: what was forgotten ended before. 0 as long as nothing was.</param>
/// <param name="Leases">The newest of each number that was ever given, by number.</param>
public sealed record WorkerLeases(int Count, string Layout, long FloorMillis, IReadOnlyList<WorkerLease> Leases)
{
    /// <summary>The most numbers that a layout has: 20 bits.</summary>
    public const int CountMax = 1 << 20;

    /// <summary>The most leases that are listed: the members before and after the largest change. The one that ended first is forgotten.</summary>
    public const int LeasesMax = 2 * Ring.RingTopology.MembersMax;

    /// <summary>The last moment of the year 9999: no clock that is right shows more.</summary>
    public const long MillisMax = 253_402_300_799_999;

    /// <summary>The lease of a directory: by hand where it has one, else the one that ends last; null when there is none.</summary>
    public WorkerLease? Of(NodeId node, ulong storeId)
    {
        WorkerLease? found = null;
        foreach (WorkerLease lease in Leases)
        {
            if (lease.IsOf(node, storeId) && (found is null || lease.UntilMillis > found.UntilMillis))
                found = lease;
        }

        return found;
    }

    /// <summary>The newest lease of a number; null when it was never given, or was forgotten.</summary>
    public WorkerLease? Of(int worker)
    {
        foreach (WorkerLease lease in Leases)
        {
            if (lease.Worker == worker)
                return lease;
        }

        return null;
    }
}

/// <summary>What a node says of the worker number that it needs.</summary>
/// <param name="Count">How many numbers its layout has; 0 when it makes no such ids.</param>
/// <param name="Layout">Its layout in words.</param>
/// <param name="ByHand">The number that people assigned to it; null when it takes what is agreed.</param>
/// <param name="NowMillis">Its wall clock, in milliseconds since 1970: for what it shows the lease must be good.</param>
public sealed record WorkerNeed(int Count, string Layout, int? ByHand, long NowMillis);

/// <summary>What a node is told in its settings about worker numbers.</summary>
/// <param name="Count">How many numbers its layout has.</param>
/// <param name="Layout">Its layout in words: the same on two nodes exactly when the layouts are.</param>
/// <param name="ByHand">The number that people assigned to it; null when it takes what is agreed.</param>
public sealed record WorkerSettings(int Count, string Layout, int? ByHand);

/// <summary>Asks the node's own topology for its worker number. Answered by <see cref="WorkerLeaseTold"/>, at once.</summary>
/// <param name="Ticket">Echoed in the answer.</param>
public sealed record WorkerLeaseAsk(ulong Ticket, Address ReplyTo) : Message;

/// <param name="Lease">Of this node's data directory, agreed and on its disk; null when there is none.</param>
/// <param name="Reason">Why there is none, or why it is not renewed, for people.</param>
public sealed record WorkerLeaseTold(ulong Ticket, WorkerLease? Lease, string Reason) : Message;
