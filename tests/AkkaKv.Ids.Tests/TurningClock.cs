namespace AkkaKv.Ids.Tests;

/// <summary>A clock that moves on with each look at it, and otherwise where a test sets it; so no test depends on time.</summary>
internal sealed class TurningClock(int looksPerMilli) : TimeProvider
{
    private long _looks;
    private long _aheadMillis;

    public long AheadMillis
    {
        get => Volatile.Read(ref _aheadMillis);
        set => Volatile.Write(ref _aheadMillis, value);
    }

    public static DateTimeOffset Beginning { get; } = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Beginning.AddMilliseconds((Interlocked.Increment(ref _looks) / looksPerMilli) + AheadMillis);
}
