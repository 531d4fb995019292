using System.Globalization;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>The refusals, in words: what was required, what was found, what to do.</summary>
public static class IdWords
{
    /// <summary>So long before the horizon it is warned about.</summary>
    public const int HorizonWarningYears = 5;

    public static IdRefusal Count(int found) =>
        new(IdRefusalKind.Count, $"The count must be 1 to {IdOptions.CountMax}; found {found}. Ask for fewer at a time.", IsRetryable: false);

    public static IdRefusal Busy(NodeId node, int waiting) =>
        new(IdRefusalKind.Busy, $"{waiting} questions for ids wait on {node}, as many as may. Try again in a moment, or ask another node.", IsRetryable: true);

    /// <summary>Why a step made no ids.</summary>
    /// <param name="reachUnixMillis">Up to where ids may have been made.</param>
    /// <param name="grantTrouble">What is known about a missing grant.</param>
    public static IdRefusal Of(SnowflakeOutcome outcome, long millis, SnowflakeLayout layout, long reachUnixMillis, string grantTrouble) => outcome switch
    {
        SnowflakeOutcome.ClockBehind => Clock(
            $"The wall clock must have passed {Moment(reachUnixMillis)}, up to which this node may have made ids; it is {Span(millis)} behind. "
            + "It was set back, or the node has just restarted. Wait so long, ask another node, or correct the clock."),
        SnowflakeOutcome.BeforeEpoch => Clock(
            $"The wall clock must have passed the layout's epoch, {Moment(layout.EpochUnixMillis)}; it is {Span(millis)} before it. Correct the clock."),
        SnowflakeOutcome.PastHorizon => new IdRefusal(
            IdRefusalKind.Spent,
            $"The {layout.TimeBits} bits of time of this layout have run out at {Moment(layout.HorizonUnixMillis)}, {Span(millis)} ago by this node's clock. "
            + "Correct the clock if it is wrong; else ids need more bits: see docs/IDS.md.",
            IsRetryable: false),
        SnowflakeOutcome.BeforeGrant => Grant(
            $"The worker number may be used by this node from in {Span(millis)} on: until then another holder may have used it. Try again then, or ask another node."),
        SnowflakeOutcome.AfterGrant => Grant(
            $"A grant of a worker number must cover the present moment; this node's has ended {Span(millis)} ago{Because(grantTrouble)}. Try again in a moment, or ask another node."),
        _ => throw new InvariantException($"Every refusal has its words; {outcome} has none"),
    };

    public static IdRefusal NoGrant(string trouble) => Grant(
        $"A node must hold a worker number to make Snowflake ids; this one holds none{Because(trouble)}. Try again in a moment, or ask another node.");

    public static IdRefusal StoreFailed(string what) => new(
        IdRefusalKind.Store,
        $"{what} must be on the disk before an id is made, and the store did not take it: see GET /ready of this node. Ask another node.",
        IsRetryable: true);

    public static IdRefusal Slow(string what) => new(
        IdRefusalKind.Store, $"{what} must be on the disk before an id is made, and is not yet: the disk is slow. Try again in a moment, or ask another node.", IsRetryable: true);

    public static IdRefusal Late() => new(
        IdRefusalKind.Busy, "The ids of the milliseconds so far went to those who asked before. Try again in a moment, or ask another node.", IsRetryable: true);

    /// <summary>A warning from <see cref="HorizonWarningYears"/> years before the layout's horizon on; else null.</summary>
    public static string? HorizonWarning(SnowflakeLayout layout, DateTimeOffset now)
    {
        DateTimeOffset horizon = DateTimeOffset.FromUnixTimeMilliseconds(layout.HorizonUnixMillis);
        if (now.AddYears(HorizonWarningYears) <= horizon)
            return null;
        return now > horizon
            ? $"The {layout.TimeBits} bits of time have run out at {Moment(layout.HorizonUnixMillis)}: no more ids are made. See docs/IDS.md."
            : $"The {layout.TimeBits} bits of time run out at {Moment(layout.HorizonUnixMillis)}; then no more ids are made. See docs/IDS.md for what to do before.";
    }

    /// <summary>A moment for people, in UTC.</summary>
    public static string Moment(long unixMillis) => unixMillis is < MomentMin or > MomentMax
        ? unixMillis.ToString(CultureInfo.InvariantCulture) + " ms since 1970"
        : DateTimeOffset.FromUnixTimeMilliseconds(unixMillis).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private const long MomentMin = -62_135_596_800_000;
    private const long MomentMax = 253_402_300_799_999;

    private static string Span(long millis) => millis.ToString("#,0", CultureInfo.InvariantCulture) + " ms";

    private static string Because(string trouble) => trouble.Length == 0 ? "" : $" ({trouble})";

    private static IdRefusal Clock(string detail) => new(IdRefusalKind.Clock, detail, IsRetryable: true);

    private static IdRefusal Grant(string detail) => new(IdRefusalKind.Grant, detail, IsRetryable: true);
}
