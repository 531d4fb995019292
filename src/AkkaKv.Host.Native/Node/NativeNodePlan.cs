using AkkaKv.Core.Node;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Stores;
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
    Action<NodeEvent> Log)
{
    /// <summary>The node has been told a cluster's configuration, and asks to be taken in.</summary>
    public bool IsJoining { get; init; }

    /// <summary>What of it is not of this host alone.</summary>
    public NodePlan Shared => new(Actors, Host.Loops, Store, DataDirectory, SiblingsWarn, Log) { IsJoining = IsJoining };

    /// <summary>The plan for a node with this store: what the store knows of the cluster comes first.</summary>
    internal NativeNodePlan With(NodeStore store)
    {
        NativeNodePlan plan = this with { Actors = Shared.With(store).Actors, Host = Host with { NamedPeers = Host.Peers } };
        return plan.Actors.Configuration is not { } known
            ? plan
            : plan with
            {
                Host = plan.Host with
                {
                    RingPartitions = known.Partitions,
                    ClusterId = known.ClusterId,
                    Peers = [.. known.Everyone.Where(member => member.Node != Actors.Self).Select(PeerOf)],
                },
            };
    }

    private PeerEndpoint PeerOf(RingMember member) =>
        Host.Peers.FirstOrDefault(peer => peer.Node == member.Node) ?? PeerEndpoint.TryParse(member.Node, member.Endpoint) ?? new PeerEndpoint(member.Node, "", 0);
}
