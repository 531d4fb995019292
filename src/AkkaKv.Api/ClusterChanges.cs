namespace AkkaKv.Api;

/// <summary>A member as the cluster's configuration names it, or as it is to be.</summary>
/// <param name="Name">Unique in the cluster.</param>
/// <param name="Endpoint">Where nodes reach it, <c>host:port</c>.</param>
/// <param name="Http">Where people reach it, a URL; empty when unknown.</param>
/// <param name="Weight">Its share of the data relative to the others; 1 is normal.</param>
/// <param name="Zone">The failure zone it stands in; empty when there is none.</param>
/// <param name="StoreId">The id of its data directory, 16 hexadecimal digits; empty as long as it is not known.</param>
public sealed record ClusterMember(string Name, string Endpoint = "", string Http = "", double Weight = 1, string Zone = "", string StoreId = "");

/// <summary>A change of the members, asked for by an operator.</summary>
/// <param name="Kind">"join", "leave", "replace", "weight" or "zone".</param>
/// <param name="Node">Whom it is about; for a replace the member that goes.</param>
/// <param name="Member">What the member is to be; null for a leave. Of a "weight" only the weight counts, of a "zone" the zone.</param>
/// <param name="Dead">Leave and replace: the node will never answer again; nothing is fetched from it.</param>
public sealed record ClusterChange(string Kind, string Node, ClusterMember? Member = null, bool Dead = false);

/// <summary>How far one member is with what the present epoch asks of it.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Epoch">The newest configuration that it has on its disk.</param>
/// <param name="EnteredEpoch">The newest that it works by: nothing of an older one is under way on it.</param>
/// <param name="Done">True when it has done what the epoch asks of it.</param>
/// <param name="PartitionsDone">Of <paramref name="Partitions"/>, those that it has fetched and compared, or cleared.</param>
/// <param name="Partitions">Those that it must.</param>
/// <param name="KeysMoved">Objects that came in.</param>
/// <param name="BytesMoved">Their bytes.</param>
/// <param name="BytesPerSecond">Of late.</param>
/// <param name="Waiting">Why it does not go on; empty when it does or is done.</param>
public sealed record MemberProgress(
    string Node,
    long Epoch,
    long EnteredEpoch,
    bool Done,
    int PartitionsDone,
    int Partitions,
    long KeysMoved,
    long BytesMoved,
    long BytesPerSecond,
    string Waiting);

/// <summary>A worker number of Snowflake ids, as the cluster has leased it to a node.</summary>
/// <param name="Worker">Datacenter and machine as one number.</param>
/// <param name="Node">The node that holds it.</param>
/// <param name="From">It may be used for moments after this.</param>
/// <param name="Until">And up to this; null for ever, which a number has that was assigned by hand.</param>
public sealed record WorkerInfo(int Worker, string Node, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>Who belongs to the cluster, what changes, and how far that is, as the answering node knows it.</summary>
/// <param name="Epoch">The number of the configuration.</param>
/// <param name="ClusterId">16 hexadecimal digits; empty as long as the cluster is not founded.</param>
/// <param name="Phase">"settled", "write-both-read-old", "write-both-read-new" or "write-new".</param>
/// <param name="Partitions">Q.</param>
/// <param name="N">The default number of replicas.</param>
/// <param name="Members">The members before the change, by name.</param>
/// <param name="Next">The members after it; null when nothing changes.</param>
/// <param name="Gone">Members that were declared dead.</param>
/// <param name="Staged">What was asked for and not committed.</param>
/// <param name="Progress">Each member's, as far as it was heard from.</param>
/// <param name="Waiting">What the change waits for; empty when nothing changes or all goes on.</param>
public sealed record ClusterChangeInfo(
    long Epoch,
    string ClusterId,
    string Phase,
    int Partitions,
    int N,
    IReadOnlyList<ClusterMember> Members,
    IReadOnlyList<ClusterMember>? Next,
    IReadOnlyList<string> Gone,
    IReadOnlyList<ClusterChange> Staged,
    IReadOnlyList<MemberProgress> Progress,
    string Waiting)
{
    /// <summary>The phase in which nothing changes.</summary>
    public const string Settled = "settled";

    /// <summary>The change is being taken back.</summary>
    public bool TakenBack { get; init; }

    /// <summary>The worker numbers that members hold, by number; empty as long as none is leased.</summary>
    public IReadOnlyList<WorkerInfo> Workers { get; init; } = [];

    /// <summary>The configuration as a node that joins takes it; empty where only people asked.</summary>
    public ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>Everyone who belongs, before or after the change, but those declared dead.</summary>
    public IEnumerable<ClusterMember> Everyone() => Members
        .Where(member => Next?.Any(next => next.Name == member.Name) != true)
        .Concat(Next ?? [])
        .Where(member => !Gone.Contains(member.Name))
        .OrderBy(member => member.Name, StringComparer.Ordinal);
}

/// <summary>What became of an order to change something.</summary>
/// <param name="Done">False when it was refused, or nobody could decide in time.</param>
/// <param name="Detail">What was done, or what was required, what was found and what to do.</param>
/// <param name="Epoch">The newest epoch known.</param>
/// <param name="IsKnown">False when nobody said in time: it may have been done, or will be.</param>
public sealed record ChangeReply(bool Done, string Detail, long Epoch, bool IsKnown = true);

/// <summary>What a commit would do, or why there is nothing to commit.</summary>
/// <param name="Plan">Null when there is none.</param>
/// <param name="Problem">Why there is none; empty when there is one.</param>
public sealed record PlanReply(ChangePlanInfo? Plan, string Problem);

/// <summary>What a commit would do.</summary>
/// <param name="Epoch">To be named by the commit.</param>
/// <param name="Staged">What would be committed.</param>
/// <param name="PartitionsMoved">Replicas of partitions that move.</param>
/// <param name="PartitionsMin">Those that any scheme must move.</param>
/// <param name="Moves">From whom to whom.</param>
/// <param name="Before">Each member's load before.</param>
/// <param name="After">Each member's load after.</param>
/// <param name="Warnings">Fewer members than N, zones that no longer spread, and the like.</param>
public sealed record ChangePlanInfo(
    long Epoch,
    IReadOnlyList<ClusterChange> Staged,
    int PartitionsMoved,
    int PartitionsMin,
    IReadOnlyList<MoveInfo> Moves,
    IReadOnlyList<LoadInfo> Before,
    IReadOnlyList<LoadInfo> After,
    IReadOnlyList<string> Warnings);

/// <param name="From">Where it is fetched from first of all.</param>
/// <param name="To">Who fetches it.</param>
/// <param name="Partitions">How many replicas of partitions.</param>
public sealed record MoveInfo(string From, string To, int Partitions);

/// <param name="Node">The member.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Replicas">Replicas of partitions that it holds.</param>
/// <param name="Share">Its replicas divided by what its weight asks for; 1 is even.</param>
public sealed record LoadInfo(string Node, string Zone, double Weight, int Replicas, double Share);
