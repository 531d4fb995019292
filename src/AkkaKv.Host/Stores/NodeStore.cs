using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Storage;

namespace AkkaKv.Host.Stores;

/// <summary>A node's store before the node is made: what lies in it decides what kind of node that will be.</summary>
public sealed class NodeStore : IDisposable
{
    /// <summary>The fact under which the topology's actor keeps the newest configuration.</summary>
    private const string ConfigurationFact = "topology";

    private NodeStore(INodeStore store, ClusterConfiguration? configuration, int partitions)
    {
        Store = store;
        Configuration = configuration;
        Partitions = partitions;
    }

    public StoreIdentity Identity => Store.Identity;

    /// <summary>The newest configuration that was kept; null in a new directory, and in one of a release that had none.</summary>
    public ClusterConfiguration? Configuration { get; }

    /// <summary>True when there are objects, or hints for other nodes.</summary>
    public bool HoldsData => Store.Status is { Keys: > 0 } or { HintKeys: > 0 };

    /// <summary>Q of the ring by which the store's parts are cut: the configuration's, or the plan's where there is none.</summary>
    internal int Partitions { get; }

    internal INodeStore Store { get; }

    /// <summary>The same with another store around this one.</summary>
    internal NodeStore Around(Func<INodeStore, INodeStore> wrap) => new(wrap(Store), Configuration, Partitions);

    /// <summary>Opens the store: reads the whole log, which takes about a second per gigabyte.</summary>
    /// <exception cref="StoreOpenException">The directory, or the configuration in it, cannot be used.</exception>
    public static NodeStore Open(NodePlan plan)
    {
        if (plan is { KeepsHintsElsewhere: false, DataDirectory: { } directory } && HintHome.ReadFrom(directory) is { } home)
        {
            throw new StoreOpenException(
                $"The hints of the node in {directory} must be at hand; {HintHome.FileName} there says that they are kept by {home.Kind}. Start it on the Akka.NET host with Akka:Hints={home.Kind} until `akkakv hints` shows none of this node, then once with Akka:Hints=log.");
        }

        int partitions = plan.Actors.Topology.Partitions;
        INodeStore store = Open(plan, partitions);
        try
        {
            ClusterConfiguration? configuration = ConfigurationIn(store);
            if (configuration is null || configuration.Partitions == partitions)
                return new NodeStore(store, configuration, partitions);

            // Which loop a key is at depends on Q, and Q was not known before the log was read: once more, with the right one.
            store.Dispose();
            return new NodeStore(Open(plan, configuration.Partitions), configuration, configuration.Partitions);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public void Dispose() => Store.Dispose();

    private static INodeStore Open(NodePlan plan, int partitions)
    {
        int LoopOfHash(ulong hash) => new Token(hash).PartitionIn(partitions) % plan.Loops;
        return plan.DataDirectory is null
            ? new MemoryStore(plan.Store, plan.Loops, LoopOfHash)
            : LogStore.Open(plan.DataDirectory, plan.Store, plan.Loops, LoopOfHash);
    }

    private static ClusterConfiguration? ConfigurationIn(INodeStore store)
    {
        if (!store.TryReadFact(ConfigurationFact, out ReadOnlyMemory<byte> bytes) || bytes.IsEmpty)
            return null;
        return ConfigurationCodec.TryDecode(bytes, out ClusterConfiguration? configuration)
            ? configuration
            : throw new StoreOpenException(
                $"The cluster's configuration in {store.Identity.Directory} must be readable; its {bytes.Length} bytes are not what this release writes. Run the release that wrote it, or replace the node with an empty directory.");
    }
}
