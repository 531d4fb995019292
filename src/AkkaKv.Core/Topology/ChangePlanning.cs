using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>What a commit would do, from the two rings.</summary>
public static class ChangePlanning
{
    /// <param name="isReachable">Whether the node is believed alive; members to be too.</param>
    /// <returns>The plan, or the problem.</returns>
    public static TopologyPlanTold Of(ClusterConfiguration configuration, Func<NodeId, bool> isReachable)
    {
        ConfigurationStep step = ConfigurationSteps.Commit(configuration);
        if (step.Configuration is not { } committed)
            return new TopologyPlanTold(null, step.Problem);
        RingSnapshot after = RingSnapshot.Of(committed.Ring with { Members = committed.Next!, AlsoMembers = null });
        RingSnapshot before = RingSnapshot.Of(configuration.Ring);
        var warnings = new List<string>();
        AddWarnings(configuration, committed, isReachable, warnings);
        SortedDictionary<(NodeId From, NodeId To), int> moves = MovesOf(before, after, committed.Gone, out int moved, out int lost);
        if (lost > 0)
            warnings.Add($"{lost} partitions have no living owner to fetch from: what they hold is lost.");
        return new TopologyPlanTold(
            new ChangePlan(
                configuration.Epoch,
                configuration.Staged,
                moved,
                MinMoved(before, after),
                [.. moves.Select(move => new PlannedMove(move.Key.From, move.Key.To, move.Value))],
                LoadsOf(before),
                LoadsOf(after),
                warnings),
            "");
    }

    /// <summary>
    /// Replicas of partitions that any scheme must move to get from the loads of one ring to those of the other: what each
    /// member gains. For one join that is what the new member owns, for one leave what the lost one owned (docs/ring.md).
    /// </summary>
    public static int MinMoved(RingSnapshot before, RingSnapshot after) =>
        after.MembersInOrder.Sum(member => Math.Max(0, after.ReplicasOf(member.Node) - before.ReplicasOf(member.Node)));

    // First source: the old owner that leaves the list, one for each that comes; else the first that is not dead.
    private static SortedDictionary<(NodeId From, NodeId To), int> MovesOf(
        RingSnapshot before, RingSnapshot after, IReadOnlyList<NodeId> gone, out int moved, out int lost)
    {
        var moves = new SortedDictionary<(NodeId From, NodeId To), int>();
        moved = lost = 0;
        for (int partition = 0; partition < before.Partitions; partition++)
        {
            NodeId[] alive = [.. before.OwnersOf(partition).Where(owner => !gone.Contains(owner))];
            NodeId[] gained = [.. after.OwnersOf(partition).Where(owner => !before.Owns(owner, partition))];
            var leaving = new Queue<NodeId>(alive.Where(owner => !after.Owns(owner, partition)));
            moved += gained.Length;
            lost += alive.Length == 0 ? 1 : 0;
            foreach (NodeId to in gained)
            {
                if (alive.Length == 0)
                    continue;
                NodeId from = leaving.TryDequeue(out NodeId left) ? left : alive[0];
                moves[(from, to)] = moves.GetValueOrDefault((from, to)) + 1;
            }
        }

        return moves;
    }

    private static PlannedLoad[] LoadsOf(RingSnapshot ring)
    {
        double replicas = (double)ring.Partitions * ring.OwnersPerPartition;
        double weights = ring.MembersInOrder.Sum(member => member.Weight);
        return [.. ring.MembersInOrder.Select(member => new PlannedLoad(
            member.Node, member.Zone, member.Weight, ring.ReplicasOf(member.Node), ring.ReplicasOf(member.Node) / (replicas * member.Weight / weights)))];
    }

    private static void AddWarnings(ClusterConfiguration before, ClusterConfiguration committed, Func<NodeId, bool> isReachable, List<string> warnings)
    {
        IReadOnlyList<RingMember> next = committed.Next!;
        if (next.Count < before.ReplicaCount)
            warnings.Add($"There will be {next.Count} members for {before.ReplicaCount} replicas: each partition has only {next.Count}.");
        int zones = next.Select(member => member.Zone).Distinct(StringComparer.Ordinal).Count();
        if (zones < before.ReplicaCount && next.Any(member => member.Zone.Length > 0))
            warnings.Add($"There will be {zones} zones for {before.ReplicaCount} replicas: some replicas of a partition share a zone.");
        foreach (RingMember member in before.Members)
        {
            if (isReachable(member.Node) || committed.Gone.Contains(member.Node))
                continue;
            warnings.Add(StagedChanges.Has(next, member.Node)
                ? $"{member.Node} can't be reached: the change will wait for it."
                : $"{member.Node} is to leave and can't be reached: the change will wait for it, unless it is declared dead.");
        }

        foreach (RingMember member in next)
        {
            if (!isReachable(member.Node) && !StagedChanges.Has(before.Members, member.Node))
                warnings.Add($"{member.Node} is to join and has not been heard of: the change will wait for it. Is it running?");
        }
    }
}
