using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Tests.Ring;

/// <summary>Topologies for tests, and what is measured on the rings made from them.</summary>
internal static class Rings
{
    public static RingMember Member(string name, double weight = 1, string zone = "") => new(new NodeId(name), weight, zone);

    /// <summary>node-0 to node-(S−1) of equal weight; in zones z0, z1, … by turns when there are any.</summary>
    public static RingTopology Even(int nodes, int partitions, int zones = 0, int replicas = 3) => new(
        1, partitions, replicas, [.. Enumerable.Range(0, nodes).Select(i => Member($"node-{i}", 1, zones == 0 ? "" : $"z{i % zones}"))]);

    public static RingTopology With(this RingTopology topology, RingMember member) =>
        topology with { Epoch = topology.Epoch + 1, Members = [.. topology.Members, member] };

    public static RingTopology Without(this RingTopology topology, NodeId node) =>
        topology with { Epoch = topology.Epoch + 1, Members = [.. topology.Members.Where(m => m.Node != node)] };

    /// <summary>Mean ÷ hottest of the slots per weight.</summary>
    public static double Evenness(RingSnapshot ring) => Evenness(ring, ring.ReplicasOf);

    /// <summary>Mean ÷ hottest of the first ranks per weight.</summary>
    public static double PrimaryEvenness(RingSnapshot ring) => Evenness(ring, ring.PrimariesOf);

    /// <summary>Slots whose owner in the second ring did not own the partition in the first.</summary>
    public static int Moved(RingSnapshot from, RingSnapshot to)
    {
        int moved = 0;
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            foreach (NodeId node in to.OwnersOf(partition))
                moved += from.Owns(node, partition) ? 0 : 1;
        }

        return moved;
    }

    private static double Evenness(RingSnapshot ring, Func<NodeId, int> load)
    {
        double mean = ring.MembersInOrder.Sum(m => load(m.Node)) / ring.MembersInOrder.Sum(m => m.Weight);
        return mean / ring.MembersInOrder.Max(m => load(m.Node) / m.Weight);
    }
}
