using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.World;

/// <summary>The configuration that a node keeps on its disk, read before its actors start, as the native host does.</summary>
internal static class StoredConfiguration
{
    /// <returns>Null when the store knows none.</returns>
    public static ClusterConfiguration? Of(NodeStore store) => null;
}
