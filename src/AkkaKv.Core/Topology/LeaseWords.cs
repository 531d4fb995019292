using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>Says why a node has no worker number: what was required, what was found, what to do.</summary>
internal static class LeaseWords
{
    /// <summary>For the node itself.</summary>
    public static string OfMissing(NodeId self, ulong storeId, WorkerSettings? settings, ClusterConfiguration current, MemberStatuses statuses, TimeSpan now)
    {
        if (settings is null)
            return "it was started without ids";
        if (storeId == 0)
            return "it has no data directory, to which a number is given";
        if (current.ClusterId == 0)
            return $"numbers are leased once the cluster is founded. {WaitingWords.OfFounding(current, statuses, now)}".TrimEnd('.');
        if (!StagedChanges.Has(current.Everyone, self))
            return $"numbers are leased to members, and {self} is none";
        if (current.KnowsOther(self, storeId))
            return "numbers are leased to data directories, and the members have yet to agree on this one";
        if (current.Workers is not { } workers)
            return "the members have not agreed on a layout of ids yet: 'akkakv cluster status' says what is missing";
        if (workers.Layout != settings.Layout)
            return $"the layout of ids in this cluster is {workers.Layout}, for ever, and this node's is {settings.Layout}: set its Ids:* to what they are on the others";
        if (settings.ByHand is { } worker && ConflictOf(workers, worker, self, storeId, current.Everyone) is { } conflict)
            return conflict;
        return Exhausted(workers, current.Everyone)
            ?? (WaitingWords.MissingVotes(current, statuses, now) is { Length: > 0 } missing ? missing.TrimEnd('.') : "the members have yet to decide on it");
    }

    /// <summary>For whoever asks how the cluster is: what needs a hand.</summary>
    public static IReadOnlyList<string> Of(ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses)
    {
        var words = new List<string>();
        IReadOnlyList<(string Layout, IReadOnlyList<NodeId> Nodes)> layouts = LeasePlanning.LayoutsOf(configuration, everyone, statuses);
        if (layouts.Count == 0)
            return words;
        if (configuration.Workers is { } workers)
            AddOfMembers(configuration, workers, everyone, statuses, words);
        else if (layouts.Count > 1)
            words.Add($"No worker numbers are leased before all members have the same layout of ids; found {string.Join(" and ", layouts.Select(told => $"{told.Layout} on {string.Join(", ", told.Nodes)}"))}. Set the same Ids:* on all.");
        else if (everyone.Where(member => statuses.Of(member.Node) is { Workers: null }).Select(member => member.Node).ToArray() is { Length: > 0 } older)
            words.Add($"No worker numbers are leased before all members know of leases; {string.Join(", ", older)} must be upgraded.");
        else if (everyone.Where(member => !statuses.IsReachable(member.Node)).Select(member => member.Node).ToArray() is { Length: > 0 } silent)
            words.Add($"No worker numbers are leased before all members have told their layout of ids once; {string.Join(", ", silent)} can't be reached.");
        return words;
    }

    private static void AddOfMembers(ClusterConfiguration configuration, WorkerLeases workers, IReadOnlyList<RingMember> everyone, MemberStatuses statuses, List<string> words)
    {
        bool isAnyWithout = false;
        foreach (RingMember member in everyone)
        {
            if (statuses.Of(member.Node) is not { Workers: { Count: > 0 } need, StoreId: var storeId } status || status.Epoch != configuration.Epoch)
                continue;
            if (need.Layout != workers.Layout)
                words.Add($"{member.Node} makes no Snowflake ids: its layout of ids is {need.Layout}, and the cluster's {workers.Layout}. Set its Ids:* back.");
            else if (need.ByHand is { } worker && ConflictOf(workers, worker, member.Node, storeId, everyone) is { } conflict)
                words.Add($"{member.Node} makes no Snowflake ids: {conflict}.");
            else
                isAnyWithout |= need.ByHand is null && workers.Of(member.Node, storeId) is null;
        }

        if (isAnyWithout && Exhausted(workers, everyone) is { } exhausted)
            words.Add(exhausted + ".");
    }

    private static string? ConflictOf(WorkerLeases workers, int worker, NodeId self, ulong storeId, IReadOnlyList<RingMember> everyone)
    {
        const string Advice = "give it a number that nobody had, or leave Ids:Worker out";
        if (workers.Of(worker) is not { } found || found.IsOf(self, storeId))
            return null;
        if (found.IsByHand)
            return found.Node == self ? null : $"worker number {worker} was assigned by hand to {found.Node}, for ever: {Advice}";
        return found.IsHeldBy(everyone) ? $"worker number {worker}, which it was assigned by hand, is leased to {found.Node}: {Advice}" : null;
    }

    private static string? Exhausted(WorkerLeases workers, IReadOnlyList<RingMember> everyone)
    {
        int taken = workers.Leases.Count(lease => lease.IsByHand || lease.IsHeldBy(everyone));
        return taken < workers.Count
            ? null
            : $"all {workers.Count} worker numbers of the layout {workers.Layout} are held by members or were assigned by hand: a cluster of {everyone.Count} needs a layout with more";
    }
}
