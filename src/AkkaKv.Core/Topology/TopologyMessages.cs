using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

// ---- Within a node: what the topology actor tells others, and they tell it.

/// <summary>
/// The node has entered an epoch; sent to the transfer actor, again whenever one of the fields changes and after each
/// restart. Answered by <see cref="EpochWorkTold"/>, once the work is done and whenever it is asked for.
/// </summary>
/// <param name="Ring">That of the configuration.</param>
/// <param name="AllEntered">Everyone who belongs has entered this epoch: no request of an older one is under way anywhere.</param>
public sealed record EpochEntered(ClusterConfiguration Configuration, RingSnapshot Ring, bool AllEntered) : Message;

/// <summary>Asks how the work of the present epoch goes. Answered by <see cref="EpochWorkTold"/>.</summary>
public sealed record EpochWorkAsk(Address ReplyTo) : Message;

/// <summary>How far this node is with what its present epoch asks of it.</summary>
public sealed record EpochWorkTold(EpochWork Work) : Message;

/// <param name="Epoch">The <see cref="ClusterConfiguration.WorkEpoch"/> of the configuration.</param>
/// <param name="PartitionsDone">Of <paramref name="Partitions"/> that this node must fetch and compare, or clear.</param>
/// <param name="KeysMoved">Objects that came in since the epoch began, or this process did.</param>
/// <param name="BytesMoved">Bytes of them.</param>
/// <param name="BytesPerSecond">Of late.</param>
/// <param name="Waiting">Why it does not go on, for people; empty when it does or is done.</param>
public sealed record EpochWork(
    long Epoch, bool IsDone, int PartitionsDone, int Partitions, long KeysMoved, long BytesMoved, long BytesPerSecond, string Waiting);

/// <summary>Somebody on this node has met a newer ring at another node: fetch the configuration from there.</summary>
public sealed record TopologyCatchUp(NodeId From) : Message;

/// <summary>Whom the host must be connected to from now on. Sent to <see cref="ActorRole.Network"/>.</summary>
/// <param name="ClusterId">0 as long as it is not known.</param>
/// <param name="Others">Everyone who belongs, but this node.</param>
public sealed record PeersWanted(ulong ClusterId, IReadOnlyList<RingMember> Others) : Message;

// ---- Between nodes.

/// <summary>Tells how new the sender's configuration is. Answered by <see cref="TopologyNews"/> when the receiver's is newer; a receiver with an older one asks back with the same message.</summary>
public sealed record TopologyDigest(long Epoch, Address ReplyTo) : Message;

/// <summary>A decided configuration.</summary>
public sealed record TopologyNews(ClusterConfiguration Configuration) : Message;

/// <summary>Asks a member how far it is. Answered by <see cref="TopologyStatus"/>; one with an older configuration also asks for the newer.</summary>
/// <param name="AllEntered">Everyone who belongs has entered this epoch.</param>
public sealed record TopologyPoll(long Epoch, bool AllEntered, Address ReplyTo) : Message;

/// <param name="Epoch">The newest that it has durably.</param>
/// <param name="EnteredEpoch">The newest that it has entered: nothing of an older one is under way on it.</param>
/// <param name="StoreId">The id of its data directory.</param>
public sealed record TopologyStatus(NodeId From, long Epoch, long EnteredEpoch, ulong StoreId, EpochWork Work) : Message
{
    /// <summary>The worker number that it needs; null when its release knows nothing of leases.</summary>
    public WorkerNeed? Workers { get; init; }
}

// ---- From operators; the answers go to their callers.

/// <summary>Asks for all that is known of the cluster's configuration. Answered by <see cref="TopologyTold"/>.</summary>
public sealed record TopologyAsk(Address ReplyTo) : Message;

/// <param name="Members">As far as this node has heard from them; those never heard from are missing.</param>
/// <param name="Waiting">What the change waits for, for people; empty when nothing changes or all goes on.</param>
public sealed record TopologyTold(ClusterConfiguration Configuration, IReadOnlyList<TopologyStatus> Members, string Waiting) : Message;

/// <summary>Stages a change, or takes a staged one back. Answered by <see cref="TopologyAnswer"/>.</summary>
/// <param name="IsTakenBack">Forget what was staged for the node instead.</param>
public sealed record TopologyStage(StagedChange Change, bool IsTakenBack, Address ReplyTo) : Message;

/// <summary>Asks what a commit would do. Answered by <see cref="TopologyPlanTold"/>.</summary>
public sealed record TopologyPlanAsk(Address ReplyTo) : Message;

/// <param name="Plan">Null when there is none.</param>
/// <param name="Problem">Why there is none, for people; empty when there is one.</param>
public sealed record TopologyPlanTold(ChangePlan? Plan, string Problem) : Message;

/// <summary>Begins the staged changes. Answered by <see cref="TopologyAnswer"/>.</summary>
/// <param name="Epoch">The epoch of the plan that the operator has seen; any newer one refuses, but those that only renew leases.</param>
public sealed record TopologyCommit(long Epoch, Address ReplyTo) : Message;

/// <summary>
/// Forgets what is staged, or takes back a change that has not come to <see cref="TopologyPhase.WriteNew"/>. Answered by
/// <see cref="TopologyAnswer"/>.
/// </summary>
/// <param name="Dead">Members to be that will never answer again: nobody waits for them on the way back.</param>
public sealed record TopologyAbort(IReadOnlyList<NodeId> Dead, Address ReplyTo) : Message;

/// <param name="IsDone">False when it was refused, or nobody could decide in time.</param>
/// <param name="Detail">What was done, or what was required, what was found and what to do.</param>
/// <param name="Epoch">The newest epoch known.</param>
public sealed record TopologyAnswer(bool IsDone, string Detail, long Epoch) : Message;

/// <summary>What a commit would do.</summary>
/// <param name="Epoch">To be named by the commit.</param>
/// <param name="PartitionsMin">Replicas of partitions that any scheme must move.</param>
/// <param name="Moves">From whom to whom, by names.</param>
/// <param name="Before">Each member's load before, by name.</param>
/// <param name="After">Each member's load after, by name.</param>
/// <param name="Warnings">For people: fewer members than N, zones that no longer spread, and the like.</param>
public sealed record ChangePlan(
    long Epoch,
    IReadOnlyList<StagedChange> Staged,
    int PartitionsMoved,
    int PartitionsMin,
    IReadOnlyList<PlannedMove> Moves,
    IReadOnlyList<PlannedLoad> Before,
    IReadOnlyList<PlannedLoad> After,
    IReadOnlyList<string> Warnings);

/// <param name="Partitions">Replicas of partitions that <paramref name="To"/> fetches, first of all from <paramref name="From"/>.</param>
public sealed record PlannedMove(NodeId From, NodeId To, int Partitions);

/// <param name="Share">Its replicas divided by what its weight asks for; 1 is even.</param>
public sealed record PlannedLoad(NodeId Node, string Zone, double Weight, int Replicas, double Share);
