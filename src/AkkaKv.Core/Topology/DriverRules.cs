using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>What the member that drives does next, from what it knows; pure.</summary>
internal static class DriverRules
{
    /// <summary>The lowest-named reachable one of the members that are not declared dead; null when there is none.</summary>
    public static NodeId? DriverOf(ClusterConfiguration configuration, Func<NodeId, bool> isReachable)
    {
        foreach (RingMember member in configuration.Members)
        {
            if (!configuration.Gone.Contains(member.Node) && isReachable(member.Node))
                return member.Node;
        }

        return null;
    }

    /// <summary>The configuration to propose now; null when there is nothing to do but wait.</summary>
    /// <param name="lease">How long a worker number is leased.</param>
    public static ClusterConfiguration? NextOf(
        ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses, TimeSpan lease, RandomSource random)
    {
        if (configuration.ClusterId == 0)
            return CanFound(configuration, statuses) ? ConfigurationSteps.Found(configuration, Math.Max(1, random.NextUInt64()), node => statuses.StoreIdOf(node, configuration.Epoch)) : null;
        if (configuration.Members.Any(member => IsOther(configuration, member, statuses)) || configuration.Next?.Any(member => member.StoreId != 0 && IsOther(configuration, member, statuses)) == true)
            return ConfigurationSteps.Reidentify(configuration, node => statuses.StoreIdOf(node, configuration.Epoch));

        // A change that waits for somebody must not cost the others their worker numbers.
        if (configuration.Phase == TopologyPhase.Settled || !everyone.All(member => IsThrough(configuration, statuses.Of(member.Node))))
            return LeasePlanning.NextOf(configuration, everyone, statuses, lease);
        return ConfigurationSteps.Advance(configuration, node => statuses.StoreIdOf(node, configuration.Epoch));
    }

    /// <summary>Whether everyone who belongs has entered the epoch, as far as more than leases is concerned. Once true it stays true.</summary>
    public static bool HaveAllEntered(ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses) =>
        everyone.All(member => statuses.Of(member.Node)?.EnteredEpoch >= configuration.WorkEpoch);

    /// <summary>Whether the node has entered the epoch and has done what it asks for. It must know the newest, so that its directory is known with it.</summary>
    public static bool IsThrough(ClusterConfiguration configuration, TopologyStatus? status) =>
        status?.Epoch >= configuration.Epoch && status.EnteredEpoch >= configuration.WorkEpoch
        && (!configuration.HasWork || (status.Work.Epoch == configuration.WorkEpoch && status.Work.IsDone));

    /// <summary>The votes that decide what follows: all to found a cluster, else more than half of the members.</summary>
    public static int QuorumOf(ClusterConfiguration configuration) =>
        configuration.ClusterId == 0 ? configuration.Members.Count : (configuration.Members.Count / 2) + 1;

    /// <summary>
    /// Whether so many members lost their directories that nothing can be decided any more, nor can anything have been since:
    /// all who live have said so and know nothing newer.
    /// </summary>
    /// <param name="storeId">Of the node itself, which is one of those who lost theirs.</param>
    public static bool IsMemoryLost(ClusterConfiguration configuration, NodeId self, ulong storeId, MemberStatuses statuses)
    {
        int remember = 0;
        foreach (RingMember member in configuration.Members)
        {
            if (configuration.Gone.Contains(member.Node))
                continue;
            ulong told = member.Node == self ? storeId : statuses.StoreIdOf(member.Node, configuration.Epoch);
            if (told == 0)
                return false;
            remember += told == member.StoreId ? 1 : 0;
        }

        return remember < QuorumOf(configuration);
    }

    // Somebody who knows of a later epoch is asked for that instead: this node may have lost its disk.
    private static bool CanFound(ClusterConfiguration configuration, MemberStatuses statuses) =>
        configuration.Members.All(member => statuses.Of(member.Node) is { } status && status.Epoch == configuration.Epoch && status.StoreId != 0);

    private static bool IsOther(ClusterConfiguration configuration, RingMember member, MemberStatuses statuses) =>
        !configuration.Gone.Contains(member.Node) && statuses.StoreIdOf(member.Node, configuration.Epoch) is var storeId and not 0 && storeId != member.StoreId;
}
