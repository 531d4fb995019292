namespace AkkaKv.Core.AntiEntropy;

/// <summary>A part of each day in UTC; from later than to spans midnight; equal ends mean the whole day.</summary>
public readonly record struct DailyWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>True at that wall-clock time.</summary>
    public bool Contains(DateTimeOffset now)
    {
        TimeOnly time = TimeOnly.FromTimeSpan(now.UtcDateTime.TimeOfDay);
        if (From == To)
            return true;
        return From < To ? time >= From && time < To : time >= From || time < To;
    }
}

/// <summary>How often replicas are compared, and how much of the node that may take.</summary>
public sealed record AntiEntropyOptions
{
    /// <summary>Each partition is compared with each of its other owners about once in this time.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>When to compare on schedule; null for always. A repair on command does not wait for it.</summary>
    public DailyWindow? Window { get; init; }

    /// <summary>Partition pairs that this node compares at a time.</summary>
    public int ExchangesMax { get; init; } = 1;

    /// <summary>An exchange whose next answer takes longer than this is given up, and tried again later from the root.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A tree that is being rebuilt is asked again after 4 ms at first, then ever more rarely, down to this.</summary>
    public TimeSpan RebuildPoll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A tree that is still being rebuilt after this is not waited for any longer; the pair comes again later.</summary>
    public TimeSpan RebuildPatience { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A pair that was given up is not tried again before this; up to twice as long, so that two nodes do not keep meeting.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The pause after each step while clients are served as fast as usual.</summary>
    public TimeSpan PauseMin { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>The pause that it grows to while they are not.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Keys whose versions are compared in one step, about.</summary>
    public int StepKeys { get; init; } = 2048;

    /// <summary>Objects that are moved before the next pause.</summary>
    public int StepMoves { get; init; } = 64;

    /// <summary>Objects on their way at a time.</summary>
    public int MovesMax { get; init; } = 16;

    /// <summary>No further object is started while more bytes than this are on their way.</summary>
    public long MoveBytesMax { get; init; } = 1 << 20;

    /// <summary>Keys of one step that are held in memory; an exchange that would need more is given up. Above any honest step.</summary>
    public int HeldKeysMax { get; init; } = 200_000;
}
