using System.Globalization;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>The shards of the replicas: one for each partition and place in its preference list, each with one entity.</summary>
internal static class ReplicaShards
{
    /// <summary>The name of the shard type.</summary>
    public const string TypeName = "akkakv-replica";

    /// <summary><c>17-0</c>: partition 17, its first owner.</summary>
    public static string IdOf(int partition, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{partition}-{ordinal}");

    /// <summary>The place of the node among the partition's owners; null where it is none.</summary>
    public static int? OrdinalOf(RingSnapshot ring, int partition, NodeId node)
    {
        PreferenceList owners = ring.OwnersOf(partition);
        for (int ordinal = 0; ordinal < owners.Count; ordinal++)
        {
            if (owners[ordinal] == node)
                return ordinal;
        }

        return null;
    }

    /// <summary>Whom the ring names for a shard; null for one that it does not have.</summary>
    public static NodeId? NodeOf(RingSnapshot ring, string shard) =>
        TryParse(shard, out int partition, out int ordinal) && partition < ring.Partitions && ordinal < ring.OwnersPerPartition
            ? ring.OwnersOf(partition)[ordinal]
            : null;

    /// <summary>Reads what <see cref="IdOf"/> wrote.</summary>
    public static bool TryParse(string shard, out int partition, out int ordinal)
    {
        partition = ordinal = 0;
        int dash = shard.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && int.TryParse(shard.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out partition)
            && int.TryParse(shard.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ordinal);
    }
}
