using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.World;

/// <summary>The configuration that a node keeps on its disk, read before its actors start, as the native host does.</summary>
internal static class StoredConfiguration
{
    private const string Fact = "topology";

    /// <returns>Null when the store knows none.</returns>
    /// <exception cref="InvalidDataException">When what it holds is none.</exception>
    public static ClusterConfiguration? Of(NodeStore store)
    {
        if (!store.Log.TryReadFact(Fact, out ReadOnlyMemory<byte> bytes) || bytes.IsEmpty)
            return null;
        return ConfigurationCodec.TryDecode(bytes, out ClusterConfiguration? configuration)
            ? configuration
            : throw new InvalidDataException($"the fact '{Fact}' must be a configuration; {bytes.Length} other bytes were found");
    }
}
