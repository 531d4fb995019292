using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Which configuration may follow which, from the design and not from the product: its dumb twin.</summary>
internal static class LineRules
{
    /// <returns>Null when it may follow; else why not.</returns>
    public static string? WhyNot(ClusterConfiguration before, ClusterConfiguration after)
    {
        if (after.Partitions != before.Partitions || after.ReplicaCount != before.ReplicaCount)
            return "Q and N never change";
        if (before.ClusterId != 0 && after.ClusterId != before.ClusterId)
            return "a cluster keeps its id";
        if (before.ClusterId == 0 && (after.ClusterId == 0 || !IsSameRing(before, after)))
            return "the first step founds the cluster and changes nothing else";
        bool movesRing = !IsSameRing(before, after);
        if (after.RingEpoch != (movesRing ? after.Epoch : before.RingEpoch))
            return "the ring's epoch changes exactly when the ring does";
        if (after.WorkEpoch != (IsOnlyOfLeases(before, after) ? before.WorkEpoch : after.Epoch))
            return "the epoch of the work stays exactly when nothing but leases changes";
        return IsStep(before, after) ? null : $"{after.Phase} does not follow {before.Phase} like this";
    }

    /// <summary>Whether everyone must have entered the first before the second: where a change goes on, or ends on the way back.</summary>
    public static bool WaitsForAll(ClusterConfiguration before, ClusterConfiguration after) => (before.Phase, after.Phase) switch
    {
        (TopologyPhase.WriteBothReadOld, TopologyPhase.WriteBothReadNew) => true,
        (TopologyPhase.WriteBothReadNew, TopologyPhase.WriteNew) => true,
        (TopologyPhase.WriteNew, TopologyPhase.Settled) => true,
        (TopologyPhase.WriteBothReadOld, TopologyPhase.WriteNew) => before.IsTakenBack,
        _ => false,
    };

    private static bool IsStep(ClusterConfiguration before, ClusterConfiguration after)
    {
        bool staysMembers = AreAlike(before.Members, after.Members);
        bool staysNext = AreAlike(before.Next, after.Next);
        return (before.Phase, after.Phase) switch
        {
            (TopologyPhase.WriteNew, TopologyPhase.Settled) =>
                after.Next is null && !after.IsTakenBack && AreAlike(before.IsTakenBack ? before.Members : before.Next, after.Members),
            (TopologyPhase.Settled, TopologyPhase.Settled) => staysMembers,
            (TopologyPhase.Settled, TopologyPhase.WriteBothReadOld) => staysMembers && after.Next is not null,
            (TopologyPhase.WriteBothReadOld, TopologyPhase.WriteBothReadNew) => staysMembers && staysNext && !before.IsTakenBack,
            (TopologyPhase.WriteBothReadNew, TopologyPhase.WriteNew) => staysMembers && staysNext,
            (TopologyPhase.WriteBothReadNew, TopologyPhase.WriteBothReadOld) => staysMembers && staysNext && after.IsTakenBack,
            (TopologyPhase.WriteBothReadOld, TopologyPhase.WriteNew) => staysMembers && staysNext && after.IsTakenBack,
            _ => before.Phase == after.Phase && staysMembers && staysNext && after.IsTakenBack == before.IsTakenBack,
        };
    }

    private static bool IsOnlyOfLeases(ClusterConfiguration before, ClusterConfiguration after) =>
        ConfigurationText.Of(before) != ConfigurationText.Of(after with { Epoch = before.Epoch, LeaseEpochs = before.LeaseEpochs })
        && ConfigurationText.Of(Bare(before)) == ConfigurationText.Of(Bare(after));

    private static ClusterConfiguration Bare(ClusterConfiguration configuration) => configuration with { Epoch = 1, LeaseEpochs = 0, Workers = null };

    private static bool IsSameRing(ClusterConfiguration before, ClusterConfiguration after)
    {
        RingTopology old = before.Ring;
        RingTopology now = after.Ring;
        return AreAlike(old.Members, now.Members) && AreAlike(old.AlsoMembers, now.AlsoMembers);
    }

    private static bool AreAlike(IReadOnlyList<RingMember>? left, IReadOnlyList<RingMember>? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        if (left.Count != right.Count)
            return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (left[i].Node != right[i].Node || left[i].Weight != right[i].Weight || left[i].Zone != right[i].Zone)
                return false;
        }

        return true;
    }
}
