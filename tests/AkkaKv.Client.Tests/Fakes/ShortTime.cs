namespace AkkaKv.Fakes;

/// <summary>
/// A clock on which short waits (under a second: the pauses between attempts) pass at once and are recorded, and longer
/// ones (deadlines) pass only when a test says so.
/// </summary>
public sealed class ShortTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Waiting> _waiting = [];
    private readonly List<TimeSpan> _pauses = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public IReadOnlyList<TimeSpan> Pauses
    {
        get
        {
            lock (_lock)
                return [.. _pauses];
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now.Ticks + 1;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero) + _now;
    }

    /// <summary>Moves on, and ends the waits that are over.</summary>
    public void Advance(TimeSpan span)
    {
        List<Waiting> due;
        lock (_lock)
        {
            _now += span;
            due = _waiting.FindAll(each => each.Due <= _now);
            _waiting.RemoveAll(due.Contains);
        }
        foreach (var each in due)
            each.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Waiting(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Waiting(ShortTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._waiting.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = time._now + dueTime;
                if (dueTime >= TimeSpan.FromSeconds(1))
                {
                    time._waiting.Add(this);
                    return true;
                }
                time._now += dueTime;
                time._pauses.Add(dueTime);
            }
            ThreadPool.QueueUserWorkItem(_ => Fire());
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._waiting.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
