using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Promise 11: in every configuration that any node has, each ring is sound.</summary>
internal static class RingRules
{
    public const string Promise = "every partition always has min(N, S) distinct owners, as evenly spread over zones as they can be";

    /// <returns>Null when both rings are as they must be; else what is not.</returns>
    public static string? WhyUnsound(ClusterConfiguration configuration)
    {
        RingTopology topology = configuration.Ring;
        return WhyUnsound(topology, topology.Members) ?? (topology.AlsoMembers is { } also ? WhyUnsound(topology, also) : null);
    }

    private static string? WhyUnsound(RingTopology topology, IReadOnlyList<RingMember> members)
    {
        var ring = RingSnapshot.Of(topology with { Members = members, AlsoMembers = null });
        int expected = Math.Min(topology.ReplicaCount, members.Count);
        Dictionary<NodeId, string> zoneOf = members.ToDictionary(static member => member.Node, static member => member.Zone);
        for (int partition = 0; partition < topology.Partitions; partition++)
        {
            NodeId[] owners = [.. ring.OwnersOf(partition)];
            if (owners.Length != expected || owners.Distinct().Count() != expected || !owners.All(zoneOf.ContainsKey))
                return $"in epoch {topology.Epoch} partition {partition} is owned by [{string.Join(", ", owners)}]; {expected} different members should";
            if (!IsSpread(owners, zoneOf))
                return $"in epoch {topology.Epoch} partition {partition} is owned by [{string.Join(", ", owners)}], all in too few zones";
        }

        return null;
    }

    // A zone that has two owners fewer than the fullest one has no member left.
    private static bool IsSpread(NodeId[] owners, Dictionary<NodeId, string> zoneOf)
    {
        Dictionary<string, int> used = owners.CountBy(owner => zoneOf[owner]).ToDictionary();
        Dictionary<string, int> sizes = zoneOf.Values.CountBy(static zone => zone).ToDictionary();
        int most = used.Values.Max();
        return sizes.All(zone => used.GetValueOrDefault(zone.Key) >= most - 1 || used.GetValueOrDefault(zone.Key) == zone.Value);
    }
}
