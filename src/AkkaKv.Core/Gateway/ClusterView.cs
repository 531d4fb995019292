using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Gateway;

/// <summary>The ring and the opinions of one moment, in the words of the Api.</summary>
internal sealed class ClusterView(RingSnapshot ring, ReachabilitySnapshot reachability, IReadOnlyList<MemberPlace> places, NodeId self)
{
    public IReadOnlyList<MemberInfo> Members()
    {
        // While the cluster changes, everyone of both rings.
        var everyone = new SortedDictionary<NodeId, RingMember>();
        foreach (RingMember member in ring.Also?.MembersInOrder ?? [])
            everyone[member.Node] = member;
        foreach (RingMember member in ring.MembersInOrder)
            everyone[member.Node] = member;
        var members = new List<MemberInfo>(everyone.Count);
        foreach (RingMember member in everyone.Values)
            members.Add(Describe(member));
        return members;
    }

    public RingInfo Ring()
    {
        var owners = new List<IReadOnlyList<string>>(ring.Partitions);
        for (int partition = 0; partition < ring.Partitions; partition++)
            owners.Add(ring.OwnersOf(partition).Select(node => node.Name).ToArray());
        return new RingInfo(ring.Epoch, ring.Partitions, ring.ReplicaCount, owners, Members());
    }

    public PlacementInfo Placement(EntryKey entry, StoreKey key, int n)
    {
        int partition = ring.PartitionOf(key);
        return new PlacementInfo(
            entry, key.Hash, partition, Describe(ring.OwnersOf(partition, n)), Describe(ring.FallbacksOf(partition, n)));
    }

    private MemberInfo[] Describe(PreferenceList nodes)
    {
        var members = new List<MemberInfo>(nodes.Count);
        foreach (NodeId node in nodes)
            members.Add(Describe(ring.MembersInOrder.First(member => member.Node == node)));
        return members.ToArray();
    }

    private MemberInfo Describe(RingMember member)
    {
        MemberPlace? place = places.FirstOrDefault(candidate => candidate.Node == member.Node);
        return new MemberInfo(
            member.Node.Name,
            member.Endpoint.Length > 0 ? member.Endpoint : place?.Endpoint ?? "",
            member.Http.Length > 0 ? member.Http : place?.HttpEndpoint,
            member.Zone,
            member.Weight,
            reachability.IsReachable(member.Node),
            member.Node == self,
            ring.ReplicasOf(member.Node));
    }
}
