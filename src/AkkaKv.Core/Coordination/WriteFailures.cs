using AkkaKv.Api;

namespace AkkaKv.Core.Coordination;

/// <summary>What a client is told when its write found too few who hold it.</summary>
internal static class WriteFailures
{
    /// <summary>Why nothing goes on where a ring is awaited.</summary>
    public const string UnheardRing = "the cluster's members have changed and this node has not heard how";

    public static string Silence(RequestPlan plan) => $"the others were silent for {plan.Quorum.Timeout.TotalMilliseconds:0} ms";

    /// <summary>The error after the dot was made, or where that may have happened.</summary>
    public static KvError NotReached(RequestPlan plan, WriteTally tally, string why)
    {
        IReadOnlyList<string> missing = plan.TargetsWhere(rank => !tally.HasAcknowledged(rank));
        string detail = $"A write needed {plan.Quorum.W} of {plan.Owners.Count} replicas and got {tally.Got}{AlsoText(plan, tally)}; {why}: "
            + $"{string.Join(", ", missing)}. The write may still appear. Read the key before you write it again.";
        bool isAlsoShort = tally.Missing == 0 && tally.AlsoMissing > 0;
        return new KvError(
            KvErrorCode.QuorumNotReached,
            detail,
            KvOutcome.Indeterminate,
            Retryable: false,
            isAlsoShort ? plan.AlsoNeeded : plan.Quorum.W,
            isAlsoShort ? tally.AlsoGot : tally.Got,
            missing);
    }

    /// <summary>The error before anything was staged anywhere.</summary>
    public static KvError NotBegun(RequestPlan plan, string why) => new(
        KvErrorCode.QuorumNotReached,
        $"A write was not begun: {why}. Nothing was stored. Try again in a moment, or ask another node.",
        KvOutcome.NotAttempted,
        Retryable: true,
        plan.Quorum.W,
        0);

    private static string AlsoText(RequestPlan plan, WriteTally tally) => plan.Also.Count == 0
        ? ""
        : $", and while the cluster's members change {plan.AlsoNeeded} of its {plan.Also.Count} owners by the other ring ({plan.Also}), of whom it got {tally.AlsoGot}";
}
