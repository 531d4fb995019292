using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Hints;
using AkkaKv.Host.Stores;

namespace AkkaKv.Host.AkkaNet.Node;

/// <summary>All that a node in an actor system is made from.</summary>
/// <param name="Node">What it would be made from on any host; its loops are those of <paramref name="Host"/>.</param>
/// <param name="Host">Loops and bounds.</param>
public sealed record AkkaNodePlan(NodePlan Node, AkkaNodeOptions Host)
{
    /// <summary>Where Akka.Persistence keeps the hints; null leaves them in the store.</summary>
    public HintJournalPlan? Hints { get; init; }

    /// <summary>The plan for a node with this store: what the store knows of the cluster comes first.</summary>
    internal AkkaNodePlan With(NodeStore store)
    {
        AkkaNodePlan plan = this with { Node = Node.With(store), Host = Host with { NamedPeers = Host.Peers } };
        return plan.Node.Actors.Configuration is not { } known
            ? plan
            : plan with
            {
                Host = plan.Host with
                {
                    RingPartitions = known.Partitions,
                    ClusterId = known.ClusterId,
                    Peers = [.. known.Everyone.Where(member => member.Node != plan.Host.Self).Select(PeerOf).OfType<PeerEndpoint>()],
                },
            };
    }

    private PeerEndpoint? PeerOf(RingMember member) =>
        Host.Peers.FirstOrDefault(peer => peer.Node == member.Node) ?? PeerEndpoint.TryParse(member.Node, member.Endpoint);
}
