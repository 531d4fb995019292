namespace AkkaKv.Api;

/// <summary>What the answering node thinks of a member, and what it has for it.</summary>
/// <param name="State">"reachable", "suspected" (silent for too long), "disconnected", or "unknown" (never reached).</param>
/// <param name="Phi">How suspicious its silence is: at the threshold it is suspected.</param>
/// <param name="HeartbeatAge">Since a new heartbeat of it was heard; null before the first.</param>
/// <param name="ClockSkew">Its wall clock ahead of the answering node's, estimated; null before it answered.</param>
/// <param name="Since">When it came into this state, by the answering node's wall clock.</param>
/// <param name="HintsPending">Keys that the answering node keeps for it.</param>
/// <param name="HintBytes">Their objects together.</param>
/// <param name="SinceExchange">Since a comparison with it last came to its end; null for never.</param>
/// <param name="DifferingKeys">Keys that differed when their common partitions were last compared.</param>
/// <param name="PartitionsNeverCompared">Common partitions that were not compared since the answering node started.</param>
public sealed record MemberHealth(
    string State,
    double Phi,
    TimeSpan? HeartbeatAge,
    TimeSpan? ClockSkew,
    DateTimeOffset Since,
    long HintsPending,
    long HintBytes,
    TimeSpan? SinceExchange,
    long DifferingKeys,
    int PartitionsNeverCompared);

/// <summary>What waits on this node for one that is, or was, down.</summary>
/// <param name="Target">The owner that it is meant for.</param>
/// <param name="Keys">How many keys.</param>
/// <param name="Bytes">Their objects together.</param>
/// <param name="OldestAge">Since the oldest of them was kept.</param>
public sealed record HintsInfo(string Target, long Keys, long Bytes, TimeSpan OldestAge);

/// <summary>Deleted and expired keys of the partitions that this node sweeps, and why they are still there.</summary>
/// <param name="Dead">How many the last sweeps found.</param>
/// <param name="Waiting">How many of them for which reason, most frequent first.</param>
public sealed record ReapInfo(long Dead, IReadOnlyList<ReapReason> Waiting);

/// <param name="Reason">A few words for a person.</param>
/// <param name="Keys">How many keys wait for it.</param>
public sealed record ReapReason(string Reason, long Keys);

/// <summary>A repair on command: all that the node owns is compared with every other owner.</summary>
/// <param name="StartedAt">By the node's wall clock.</param>
/// <param name="FinishedAt">Null while it is under way.</param>
/// <param name="PartitionsDone">Of <paramref name="Partitions"/>, those compared with all of their other owners.</param>
/// <param name="Partitions">The partitions that this node owns.</param>
/// <param name="DifferingKeys">Keys found to differ.</param>
/// <param name="KeysMoved">Objects moved, in either direction.</param>
/// <param name="BytesMoved">Their bytes.</param>
/// <param name="DamagedKeys">Keys that a replica cannot read; they are not repaired.</param>
/// <param name="WaitingFor">What it waits for, in words; empty when it works or is done.</param>
public sealed record RepairInfo(
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    int PartitionsDone,
    int Partitions,
    long DifferingKeys,
    long KeysMoved,
    long BytesMoved,
    long DamagedKeys,
    string WaitingFor);

/// <summary>How far this node's replicas are compared with the others'.</summary>
/// <param name="TreeBytes">Memory of its Merkle trees.</param>
/// <param name="Pause">The present pause between two steps: it grows while clients are served slower than usual.</param>
/// <param name="WaitingFor">What it waits for, in words; empty when it works.</param>
public sealed record AntiEntropyInfo(long TreeBytes, TimeSpan Pause, string WaitingFor);

/// <summary>All that one node can say of the cluster's health.</summary>
/// <param name="Members">By name, each with its <see cref="MemberInfo.Health"/>.</param>
/// <param name="Hints">What it keeps for others, by target.</param>
/// <param name="Reaping">What waits to be forgotten.</param>
/// <param name="AntiEntropy">How the comparing on schedule goes.</param>
/// <param name="Repair">The last repair on command since the node started; null for none.</param>
/// <param name="IsComplete">False when a part of the node did not answer in time, and its figures are missing.</param>
public sealed record NodeReport(
    IReadOnlyList<MemberInfo> Members,
    IReadOnlyList<HintsInfo> Hints,
    ReapInfo Reaping,
    AntiEntropyInfo AntiEntropy,
    RepairInfo? Repair,
    bool IsComplete)
{
    /// <summary>Events counted since the node started, by name in lower case with underscores: <c>read_repairs</c>.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>When nothing is known.</summary>
    public static NodeReport Nothing { get; } = new([], [], new ReapInfo(0, []), new AntiEntropyInfo(0, TimeSpan.Zero, ""), null, false);
}
