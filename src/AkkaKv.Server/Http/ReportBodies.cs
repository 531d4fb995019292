using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>The members, each with its health.</summary>
internal sealed record MembersBody(IReadOnlyList<MemberInfo> Members, bool IsComplete);

/// <summary>What waits on this node for others, by target and as a whole.</summary>
internal sealed record HintsBody(IReadOnlyList<HintsInfo> Hints, long Keys, long Bytes, bool IsComplete);

/// <summary>The last repair on command.</summary>
/// <param name="State">"none" since the node started, "running", "done", or "unknown" when the node did not say in time.</param>
/// <param name="Joined">Only after POST: true when the repair was already under way.</param>
internal sealed record RepairBody(string State, bool? Joined, RepairInfo? Repair, bool IsComplete)
{
    public static RepairBody Of(NodeReport report) =>
        new(StateOf(report.Repair, report.IsComplete), null, report.Repair, report.IsComplete);

    public static string StateOf(RepairInfo? repair, bool isComplete) => repair switch
    {
        null => isComplete ? "none" : "unknown",
        { FinishedAt: null } => "running",
        _ => "done",
    };
}

/// <summary>Deleted and expired keys that are still there, and why.</summary>
internal sealed record TombstonesBody(long Dead, IReadOnlyList<ReapReason> Waiting, bool IsComplete);

/// <summary>All of it, from one node at one moment.</summary>
internal sealed record ReportBody(
    IReadOnlyList<MemberInfo> Members,
    IReadOnlyList<HintsInfo> Hints,
    ReapInfo Tombstones,
    AntiEntropyInfo AntiEntropy,
    RepairInfo? Repair,
    IReadOnlyDictionary<string, long> Counters,
    bool IsComplete);
