using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;

namespace AkkaKv.Host;

/// <summary>What a node is made from on any host.</summary>
/// <param name="Actors">What the actors need; its gateways must be as many as the loops.</param>
/// <param name="Loops">Threads of execution that the actors are cut into: see <see cref="Loops.LoopRoute"/>.</param>
/// <param name="Store">How the store is opened.</param>
/// <param name="DataDirectory">Where the log lies; null keeps everything in memory.</param>
/// <param name="SiblingsWarn">A write that leaves so many concurrent values is written to the log of the node.</param>
/// <param name="Log">Takes what an operator may want to read; from any thread.</param>
public sealed record NodePlan(
    NodeOptions Actors,
    int Loops,
    StoreOptions Store,
    string? DataDirectory,
    int SiblingsWarn,
    Action<NodeEvent> Log)
{
    /// <summary>The node has been told a cluster's configuration, and asks to be taken in.</summary>
    public bool IsJoining { get; init; }

    /// <summary>The host may keep the hints itself, and sees to it where they are.</summary>
    public bool KeepsHintsElsewhere { get; init; }

    /// <summary>The plan for a node with this store: what the store knows of the cluster comes first.</summary>
    internal NodePlan With(NodeStore store)
    {
        NodeOptions actors = Actors with { StoreId = store.Identity.VoterId };
        if ((store.Configuration ?? Actors.Configuration) is not { } known)
            return this with { Actors = actors };
        return this with
        {
            Actors = actors with { Configuration = known, Topology = known.Ring, Gateway = actors.Gateway with { Places = PlacesOf(known, actors) } },
        };
    }

    // A member that the configuration gives no place, as one that is about to join, keeps that of the settings.
    private static MemberPlace[] PlacesOf(ClusterConfiguration known, NodeOptions actors)
    {
        var places = new SortedDictionary<NodeId, MemberPlace>();
        foreach (MemberPlace place in actors.Gateway.Places)
            places[place.Node] = place;
        foreach (RingMember member in known.Everyone.Where(member => member.Endpoint.Length > 0))
            places[member.Node] = new MemberPlace(member.Node, member.Endpoint, member.Http.Length > 0 ? member.Http : null);
        return [.. places.Values];
    }
}
