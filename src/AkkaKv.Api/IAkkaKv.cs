namespace AkkaKv.Api;

/// <summary>
/// The one door in C#: a node of the cluster as its users see it. Every facade speaks to this and to nothing behind it;
/// every host implements it.
/// </summary>
/// <remarks>
/// Nothing here throws for a bad request or an unreachable replica: those are replies with a <see cref="KvError"/>.
/// Every call ends by its deadline. A cancelled call stops being waited for; a write may still take effect.
/// </remarks>
public interface IAkkaKv
{
    /// <summary>The bounds of this node.</summary>
    KvLimits Limits { get; }

    /// <summary>Unique ids.</summary>
    IIdService Ids { get; }

    /// <summary>Reads a key: merges the replies of R replicas.</summary>
    ValueTask<GetReply> GetAsync(EntryKey key, RequestOptions options, CancellationToken cancellation);

    /// <summary>Writes a value that replaces what <see cref="PutRequest.Context"/> covers.</summary>
    ValueTask<PutReply> PutAsync(EntryKey key, PutRequest put, RequestOptions options, CancellationToken cancellation);

    /// <summary>
    /// Deletes what <paramref name="context"/> covers, by writing a tombstone. Without a context it deletes what the
    /// coordinating replica holds: a tombstone that is concurrent with everything would delete nothing.
    /// </summary>
    ValueTask<PutReply> DeleteAsync(EntryKey key, CausalContext? context, RequestOptions options, CancellationToken cancellation);

    /// <summary>The members as this node sees them, by name.</summary>
    ValueTask<IReadOnlyList<MemberInfo>> MembersAsync(CancellationToken cancellation);

    /// <summary>The ring as this node sees it.</summary>
    ValueTask<RingInfo> RingAsync(CancellationToken cancellation);

    /// <summary>Where a key lives, or why the key is not one.</summary>
    ValueTask<(PlacementInfo? Placement, KvError? Error)> PlacementAsync(EntryKey key, RequestOptions options, CancellationToken cancellation);

    /// <summary>All that this node can say of the members, of what waits on it and of what it repairs.</summary>
    ValueTask<NodeReport> ReportAsync(CancellationToken cancellation);

    /// <summary>
    /// Compares all that this node owns with every other owner and moves what differs. A second call while it goes on
    /// joins it. Returns at once; <see cref="ReportAsync"/> tells how it goes.
    /// </summary>
    ValueTask<RepairInfo?> RepairAsync(CancellationToken cancellation);

    /// <summary>Who belongs to the cluster and how a change of the members goes; null when the node did not say in time.</summary>
    ValueTask<ClusterChangeInfo?> ClusterAsync(CancellationToken cancellation);

    /// <summary>
    /// Stages a change of the members: nothing moves before it is committed. With <paramref name="takenBack"/> what is
    /// staged for the node is forgotten instead.
    /// </summary>
    ValueTask<ChangeReply> StageAsync(ClusterChange change, bool takenBack, CancellationToken cancellation);

    /// <summary>What a commit of the staged changes would do.</summary>
    ValueTask<PlanReply> PlanAsync(CancellationToken cancellation);

    /// <summary>
    /// Begins the staged changes. <paramref name="epoch"/> is that of the plan that the operator has seen; when something
    /// has changed since, this is refused.
    /// </summary>
    ValueTask<ChangeReply> CommitAsync(long epoch, CancellationToken cancellation);

    /// <summary>
    /// Forgets what is staged, or takes back a change as long as both the old and the new owners are written to.
    /// <paramref name="dead"/> are members to be that will never answer again: nobody waits for them on the way back.
    /// </summary>
    ValueTask<ChangeReply> AbortAsync(IReadOnlyList<string> dead, CancellationToken cancellation);

    /// <summary>How this node is.</summary>
    ValueTask<NodeHealth> HealthAsync(CancellationToken cancellation);
}

/// <summary>What a write brings.</summary>
/// <param name="Value">The bytes, at most <see cref="KvLimits.ValueBytesMax"/>; may be empty.</param>
/// <param name="ContentType">What the bytes are, at most 255 visible ASCII characters; null says nothing.</param>
/// <param name="Context">What the writer had seen; null is concurrent with everything.</param>
/// <param name="ExpiresAt">When the value stops being visible; null is never.</param>
/// <param name="LastWriteWins">Replaces everything the coordinating replica holds, and counts what it discarded.</param>
public sealed record PutRequest(
    ReadOnlyMemory<byte> Value,
    string? ContentType = null,
    CausalContext? Context = null,
    DateTimeOffset? ExpiresAt = null,
    bool LastWriteWins = false);
