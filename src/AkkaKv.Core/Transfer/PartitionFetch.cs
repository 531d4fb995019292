using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Transfer;

/// <summary>A partition that a node is to own, and has to make sure of.</summary>
/// <param name="MustCopy">It did not own it before.</param>
/// <param name="Sources">The owners of before that may be fetched from, in their order: without this node and those declared dead.</param>
/// <param name="Leaving">Those of them that are to own it no longer: they have the time to give.</param>
internal sealed record PartitionFetch(int Partition, bool MustCopy, IReadOnlyList<NodeId> Sources, IReadOnlyList<NodeId> Leaving)
{
    /// <summary>Every partition whose owners, or their order, are about to change, and that the node is to own; ascending.</summary>
    public static IReadOnlyList<PartitionFetch> Plan(NodeId self, RingSnapshot before, RingSnapshot after, IReadOnlyList<NodeId> gone)
    {
        var plan = new List<PartitionFetch>();
        for (int partition = 0; partition < after.Partitions; partition++)
        {
            if (after.Owns(self, partition) && !IsSame(before.OwnersOf(partition), after.OwnersOf(partition)))
                plan.Add(Of(self, partition, before, after, gone));
        }

        return plan;
    }

    private static PartitionFetch Of(NodeId self, int partition, RingSnapshot before, RingSnapshot after, IReadOnlyList<NodeId> gone)
    {
        var sources = new List<NodeId>();
        var leaving = new List<NodeId>();
        foreach (NodeId owner in before.OwnersOf(partition))
        {
            if (owner == self || gone.Contains(owner))
                continue;
            sources.Add(owner);
            if (!after.Owns(owner, partition))
                leaving.Add(owner);
        }

        return new PartitionFetch(partition, !before.Owns(self, partition), sources, leaving);
    }

    private static bool IsSame(PreferenceList left, PreferenceList right)
    {
        if (left.Count != right.Count)
            return false;
        for (int rank = 0; rank < left.Count; rank++)
        {
            if (left[rank] != right[rank])
                return false;
        }

        return true;
    }
}
