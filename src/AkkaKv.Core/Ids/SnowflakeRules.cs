using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>What became of an attempt to make ids.</summary>
public enum SnowflakeOutcome : byte
{
    /// <summary>Some were made, at least one.</summary>
    Issued = 0,

    /// <summary>Try again after <see cref="SnowflakeStep.Millis"/>: the sequence is spent, or the clock went back a little.</summary>
    Wait,

    /// <summary>The clock is <see cref="SnowflakeStep.Millis"/> behind what was, or may have been, issued: too far to wait.</summary>
    ClockBehind,

    /// <summary>The clock is <see cref="SnowflakeStep.Millis"/> before the epoch.</summary>
    BeforeEpoch,

    /// <summary>The bits of time have run out.</summary>
    PastHorizon,

    /// <summary>The worker number may be used only in <see cref="SnowflakeStep.Millis"/>.</summary>
    BeforeGrant,

    /// <summary>The worker number could be used until <see cref="SnowflakeStep.Millis"/> ago.</summary>
    AfterGrant,

    /// <summary>The durable mark must be raised first.</summary>
    MarkReached,
}

/// <summary>For which timestamps ids may be made: after <paramref name="FromMillis"/>, and up to both others.</summary>
/// <param name="FromMillis">The grant's beginning, in milliseconds since the layout's epoch.</param>
/// <param name="UntilMillis">Its end.</param>
/// <param name="MarkMillis">What is durable: after a restart no id is made up to here.</param>
public readonly record struct SnowflakeBounds(long FromMillis, long UntilMillis, long MarkMillis);

/// <summary>What follows from a state and a moment.</summary>
/// <param name="State">The next state; the old one unless ids were made.</param>
/// <param name="Count">How many were made.</param>
/// <param name="Millis">See the outcomes.</param>
public readonly record struct SnowflakeStep(SnowflakeOutcome Outcome, long State, int Count, long Millis);

/// <summary>
/// The rules of one worker's ids, for whoever keeps the state: an actor in a field, a lock-free generator in one word.
/// </summary>
/// <remarks>
/// The state is the last id's millisecond above and its sequence below. Invariant: it only grows, so ids of one worker
/// strictly increase. The clock is looked at before anything is derived from it.
/// </remarks>
public sealed class SnowflakeRules
{
    /// <summary>Nothing was ever made.</summary>
    public const long Beginning = -1;

    private readonly int _sequenceBits;
    private readonly int _sequenceMask;
    private readonly long _millisMax;
    private readonly int _sequenceStart;
    private readonly int _rollbackWaitMillisMax;

    /// <param name="sequenceStart">The first sequence of each millisecond; what lies below is not used.</param>
    /// <param name="rollbackWaitMillisMax">A clock that went back by at most so much is waited for.</param>
    public SnowflakeRules(SnowflakeLayout layout, int sequenceStart, int rollbackWaitMillisMax)
    {
        layout.Validate();
        Invariant.Require(sequenceStart >= 0 && sequenceStart <= layout.SequenceMax, "the first sequence has the layout's bits", sequenceStart);
        Invariant.Require(rollbackWaitMillisMax is >= 0 and <= 10_000, "a clock that went back is waited for at most 10 s", rollbackWaitMillisMax);
        Layout = layout;
        _sequenceBits = layout.SequenceBits;
        _sequenceMask = layout.SequenceMax;
        _millisMax = layout.MillisMax;
        _sequenceStart = sequenceStart;
        _rollbackWaitMillisMax = rollbackWaitMillisMax;
    }

    public SnowflakeLayout Layout { get; }

    /// <summary>The state in which everything up to and with a millisecond is spent.</summary>
    public long Spent(long millis) => (millis << _sequenceBits) | (uint)_sequenceMask;

    /// <summary>The millisecond of the last id.</summary>
    public long MillisOf(long state) => state >> _sequenceBits;

    /// <summary>The sequence of the last id.</summary>
    public int SequenceOf(long state) => (int)state & _sequenceMask;

    /// <summary>Makes up to <paramref name="count"/> ids of one millisecond, whose sequences end with the next state's.</summary>
    /// <param name="nowMillis">The wall clock, in milliseconds since the layout's epoch.</param>
    public SnowflakeStep Next(long state, long nowMillis, in SnowflakeBounds bounds, int count)
    {
        long last = state >> _sequenceBits;
        if (nowMillis < last)
            return Refused(last - nowMillis <= _rollbackWaitMillisMax ? SnowflakeOutcome.Wait : SnowflakeOutcome.ClockBehind, state, last - nowMillis);
        if (nowMillis < 0)
            return Refused(SnowflakeOutcome.BeforeEpoch, state, -nowMillis);
        if (nowMillis > _millisMax)
            return Refused(SnowflakeOutcome.PastHorizon, state, nowMillis - _millisMax);
        if (nowMillis <= bounds.FromMillis)
            return Refused(SnowflakeOutcome.BeforeGrant, state, bounds.FromMillis + 1 - nowMillis);
        if (nowMillis > bounds.UntilMillis)
            return Refused(SnowflakeOutcome.AfterGrant, state, nowMillis - bounds.UntilMillis);
        if (nowMillis > bounds.MarkMillis)
            return Refused(SnowflakeOutcome.MarkReached, state, nowMillis - bounds.MarkMillis);

        int first = nowMillis == last ? ((int)state & _sequenceMask) + 1 : _sequenceStart;
        int taken = Math.Min(count, _sequenceMask + 1 - first);
        return taken > 0
            ? new SnowflakeStep(SnowflakeOutcome.Issued, (nowMillis << _sequenceBits) | (uint)(first + taken - 1), taken, 0)
            : Refused(SnowflakeOutcome.Wait, state, 1);
    }

    private static SnowflakeStep Refused(SnowflakeOutcome outcome, long state, long millis) => new(outcome, state, 0, millis);
}
