using AkkaKv.Core.Agreement;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Transfer;

namespace AkkaKv.Core.Node;

/// <summary>All that the actors of one node are made from.</summary>
/// <param name="Self">This node; one that joins is no member yet, one that has left no more.</param>
/// <param name="Topology">Who belongs to the cluster where it begins, as the settings say.</param>
public sealed record NodeOptions(NodeId Self, RingTopology Topology, GatewayOptions Gateway, ReplicaOptions Replica)
{
    /// <summary>What is kept for members that are down.</summary>
    public HintOptions Hints { get; init; } = new();

    /// <summary>When what is deleted is forgotten.</summary>
    public ReapOptions Reaping { get; init; } = ReapOptions.Default;

    /// <summary>How replicas are compared.</summary>
    public AntiEntropyOptions AntiEntropy { get; init; } = new();

    /// <summary>How partitions move when the members change.</summary>
    public TransferOptions Transfer { get; init; } = new();

    /// <summary>
    /// The newest configuration that the node knows: the one on its disk, or for a new one the cluster's that it is to join;
    /// null where the cluster begins with <see cref="Topology"/>.
    /// </summary>
    public ClusterConfiguration? Configuration { get; init; }

    /// <summary>The id of the node's data directory, by which it votes.</summary>
    public ulong StoreId { get; init; }

    /// <summary>How the members agree on who belongs.</summary>
    public TopologyOptions TopologyOptions { get; init; } = new();

    /// <summary>How the members find out who is alive.</summary>
    public MembershipOptions Membership { get; init; } = new();

    /// <summary>How the node makes unique ids; null makes none.</summary>
    public IdOptions? Ids { get; init; }
}

/// <summary>One actor that a host starts with the node.</summary>
public sealed record ActorPlan(ActorRole Role, ulong Number, Func<Actor> Make);

/// <summary>
/// Which actors make a node, in the order in which a host starts them: the only place that knows every room.
/// </summary>
public static class NodeRecipe
{
    /// <exception cref="InvariantException">When the node is not a member of the cluster that it begins, or an option is out of its bounds.</exception>
    public static IReadOnlyList<ActorPlan> Of(NodeOptions options)
    {
        bool isSettled = options.Configuration is null or { Phase: TopologyPhase.Settled };
        ClusterConfiguration first = options.Configuration ?? TopologyActor.FirstOf(options.Topology);
        bool isMember = StagedChanges.Has(first.Everyone, options.Self);
        Invariant.Require(isMember || options.Configuration is not null, "a node is a member of the cluster that it begins", options.Self);
        bool isOfSettings = options.Configuration is null;
        NodeId[] members = [.. new SortedSet<NodeId>(first.Everyone.Select(member => member.Node)) { options.Self }];
        options = options with { Topology = first.Ring };
        var plans = new List<ActorPlan>
        {
            new(ActorRole.RingManager, 0, () => new RingManagerActor(options.Topology, ConfirmersOf(options), first.KnowsOther(options.Self, options.StoreId))),
            new(ActorRole.Membership, 0, () => new MembershipActor(members, options.Membership)),
            new(ActorRole.Agreement, 0, () => new AcceptorActor(options.StoreId)),
            new(ActorRole.Topology, 0, () => new TopologyActor(IdPlans.Told(options.TopologyOptions, options.Ids), first, isOfSettings, options.StoreId)),
        };

        TreeShape trees = TreeShape.Of(options.Topology.Partitions, options.Replica.Tree.Leaves);
        plans.Add(new ActorPlan(ActorRole.AntiEntropy, 0, () => new AntiEntropyActor(options.AntiEntropy, trees)));

        options.Transfer.Require();
        plans.Add(new ActorPlan(ActorRole.Transfer, 0, () => new TransferActor(options.Transfer)));

        // Every partition, owned or not: a request may name a larger N than the default, and the ring may change.
        for (int partition = 0; partition < options.Topology.Partitions; partition++)
            plans.Add(new ActorPlan(ActorRole.Replica, (ulong)partition, () => new ReplicaActor(options.Replica, trees)));
        for (int partition = 0; partition < options.Topology.Partitions; partition++)
            plans.Add(HintsOf(options, partition));
        for (int partition = 0; partition < options.Topology.Partitions; partition++)
            plans.Add(new ActorPlan(ActorRole.Reaper, (ulong)partition, () => new ReapActor(options.Reaping, isSettled)));
        for (int partition = 0; partition < options.Topology.Partitions; partition++)
            plans.Add(new ActorPlan(ActorRole.TransferSource, (ulong)partition, () => new TransferSourceActor(options.Transfer, options.Topology.Partitions)));
        for (int gateway = 0; gateway < options.Gateway.Gateways; gateway++)
            plans.Add(new ActorPlan(ActorRole.Gateway, (ulong)gateway, () => new GatewayActor(options.Gateway)));
        if (options.Ids is { } ids)
            plans.AddRange(IdPlans.Of(options.Self, ids with { StoreId = options.StoreId }));
        return plans;
    }

    private static List<Address> ConfirmersOf(NodeOptions options)
    {
        var confirmers = new List<Address>(options.Topology.Partitions + options.Gateway.Gateways);
        for (int partition = 0; partition < options.Topology.Partitions; partition++)
            confirmers.Add(new Address(options.Self, ActorRole.Replica, (ulong)partition));
        for (int gateway = 0; gateway < options.Gateway.Gateways; gateway++)
            confirmers.Add(new Address(options.Self, ActorRole.Gateway, (ulong)gateway));
        return confirmers;
    }

    private static ActorPlan HintsOf(NodeOptions options, int partition)
    {
        int partitions = options.Topology.Partitions;
        var place = new HintPartition(
            Token.FirstOf(partition, partitions).Value, Token.LastOf(partition, partitions).Value, options.Hints.ShareOf(partitions));
        return new ActorPlan(ActorRole.Hints, (ulong)partition, () => new HintActor(options.Hints, place));
    }
}
