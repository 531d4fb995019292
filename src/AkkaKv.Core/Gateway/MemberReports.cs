using AkkaKv.Api;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;

namespace AkkaKv.Core.Gateway;

/// <summary>The answers of a node's actors in the words of the Api.</summary>
internal static class MemberReports
{
    public static IReadOnlyList<MemberInfo> Of(
        IReadOnlyList<MemberInfo> members, MembershipTold? told, AntiEntropyTold? comparisons, IReadOnlyList<HintsInfo> hints)
    {
        var reports = new List<MemberInfo>(members.Count);
        foreach (MemberInfo member in members)
        {
            MemberStatus? status = told?.Members.FirstOrDefault(candidate => candidate.Node.Name == member.Name);
            PeerComparison? comparison = comparisons?.Peers.FirstOrDefault(candidate => candidate.Peer.Name == member.Name);
            HintsInfo? waiting = hints.FirstOrDefault(candidate => candidate.Target == member.Name);
            reports.Add(status is null ? member : member with { Health = HealthOf(status, comparison, waiting) });
        }

        return reports;
    }

    public static RepairInfo Of(RepairProgress repair) => new(
        repair.StartedAt,
        repair.FinishedAt,
        repair.PartitionsDone,
        repair.Partitions,
        repair.DifferingKeys,
        repair.KeysMoved,
        repair.BytesMoved,
        repair.DamagedKeys,
        repair.WaitingFor);

    private static MemberHealth HealthOf(MemberStatus status, PeerComparison? comparison, HintsInfo? waiting) => new(
        StateText(status.State),
        status.Phi,
        status.HeartbeatAge,
        status.SkewMillis is { } skew ? TimeSpan.FromMilliseconds(skew) : null,
        status.Since,
        waiting?.Keys ?? 0,
        waiting?.Bytes ?? 0,
        comparison?.SinceFinished,
        comparison?.DifferingKeys ?? 0,
        comparison?.PartitionsNeverCompared ?? 0);

    private static string StateText(MemberState state) => state switch
    {
        MemberState.Reachable => "reachable",
        MemberState.Suspected => "suspected",
        MemberState.Disconnected => "disconnected",
        MemberState.Unknown => "unknown",
        _ => throw new InvariantException($"Every state has a word; {state} has none"),
    };
}

/// <summary>Adds up what waits for whom over all partitions.</summary>
internal sealed class HintTotals
{
    private readonly SortedDictionary<string, HintsInfo> _targets = new(StringComparer.Ordinal);

    public void Add(HintsTold told)
    {
        foreach (HintBacklog backlog in told.Backlogs)
        {
            string name = backlog.Target.Name;
            HintsInfo sum = _targets.GetValueOrDefault(name) ?? new HintsInfo(name, 0, 0, TimeSpan.Zero);
            TimeSpan oldest = backlog.OldestAge > sum.OldestAge ? backlog.OldestAge : sum.OldestAge;
            _targets[name] = new HintsInfo(name, sum.Keys + backlog.Keys, sum.Bytes + backlog.Bytes, oldest);
        }
    }

    public IReadOnlyList<HintsInfo> ByTarget() => [.. _targets.Values];
}

/// <summary>Adds up what waits to be forgotten over all partitions.</summary>
internal sealed class ReapTotals
{
    private readonly SortedDictionary<string, long> _waiting = new(StringComparer.Ordinal);
    private long _dead;

    public void Add(ReapTold told)
    {
        _dead += told.Dead;
        foreach (ReapWait wait in told.Waiting)
            _waiting[wait.Reason] = _waiting.GetValueOrDefault(wait.Reason) + wait.Keys;
    }

    public ReapInfo Total()
    {
        var reasons = new List<ReapReason>(_waiting.Count);
        foreach ((string reason, long keys) in _waiting)
            reasons.Add(new ReapReason(reason, keys));
        reasons.Sort(static (left, right) => right.Keys.CompareTo(left.Keys));
        return new ReapInfo(_dead, reasons);
    }
}
