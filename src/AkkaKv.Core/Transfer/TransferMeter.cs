namespace AkkaKv.Core.Transfer;

/// <summary>What came in, how fast of late, and how long to wait so that it is not too fast.</summary>
internal sealed class TransferMeter(long bytesPerSecondMax)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<(TimeSpan At, long Bytes)> _recent = new();
    private long _recentBytes;
    private TimeSpan _freeAt;

    public long Keys { get; private set; }

    public long Bytes { get; private set; }

    public void Add(TimeSpan now, int keys, long bytes)
    {
        Keys += keys;
        Bytes += bytes;
        _recent.Enqueue((now, bytes));
        _recentBytes += bytes;
        DropOld(now);
        if (bytesPerSecondMax > 0)
            _freeAt = (_freeAt > now ? _freeAt : now) + TimeSpan.FromSeconds((double)bytes / bytesPerSecondMax);
    }

    /// <summary>Until more may be asked for.</summary>
    public TimeSpan DelayAt(TimeSpan now) => _freeAt > now ? _freeAt - now : TimeSpan.Zero;

    public long BytesPerSecond(TimeSpan now)
    {
        DropOld(now);
        return (long)(_recentBytes / Window.TotalSeconds);
    }

    private void DropOld(TimeSpan now)
    {
        while (_recent.TryPeek(out (TimeSpan At, long Bytes) oldest) && now - oldest.At > Window)
        {
            _recentBytes -= oldest.Bytes;
            _recent.Dequeue();
        }
    }
}
