using AkkaKv.Core.Node;
using AkkaKv.Storage;

namespace AkkaKv.Host.Native.Node;

/// <summary>All that a native node is made from.</summary>
/// <param name="Actors">What the actors need; its gateways must be as many as the loops.</param>
/// <param name="Host">Loops, connections and bounds.</param>
/// <param name="Store">How the store is opened.</param>
/// <param name="DataDirectory">Where the log lies; null keeps everything in memory.</param>
/// <param name="SiblingsWarn">A write that leaves so many concurrent values is written to the log of the node.</param>
/// <param name="Log">Takes what an operator may want to read; from any thread.</param>
public sealed record NativeNodePlan(
    NodeOptions Actors,
    NativeNodeOptions Host,
    StoreOptions Store,
    string? DataDirectory,
    int SiblingsWarn,
    Action<NodeEvent> Log);
