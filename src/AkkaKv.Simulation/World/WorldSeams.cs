using AkkaKv.Core.Node;
using AkkaKv.Storage;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Simulation.World;

/// <summary>
/// Where a test may put something else into the world: to see whether the checkers notice. The product's parts by default.
/// </summary>
public sealed record WorldSeams
{
    /// <summary>The actors of a node.</summary>
    public Func<NodeOptions, IReadOnlyList<ActorPlan>> Recipe { get; init; } = NodeRecipe.Of;

    /// <summary>The disk as the store sees it, each time a node starts.</summary>
    public Func<IStoreDisk, IStoreDisk> Disk { get; init; } = disk => disk;

    /// <summary>What a seed makes of the cluster.</summary>
    internal Func<WorldShape, WorldShape> Shape { get; init; } = shape => shape;

    /// <summary>How a node's store is opened.</summary>
    public Func<StoreOptions, StoreOptions> Store { get; init; } = options => options;
}
