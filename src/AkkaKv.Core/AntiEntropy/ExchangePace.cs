namespace AkkaKv.Core.AntiEntropy;

/// <summary>
/// The pause between two steps: doubled whenever clients are served slower than twice the usual, shortened by a fiftieth of
/// the longest pause whenever they are not.
/// </summary>
public sealed class ExchangePace(TimeSpan min, TimeSpan max)
{
    private const int StepsToRecover = 50;

    private TimeSpan _above;

    /// <summary>The present pause.</summary>
    public TimeSpan Pause => min + _above;

    /// <summary>True while it gives way to clients.</summary>
    public bool GivesWay => _above > TimeSpan.Zero;

    public void Observe(ForegroundLatency latency)
    {
        if (latency.Recent > latency.Usual * 2)
            SlowDown();
        else
            _above = Larger(TimeSpan.Zero, _above - (max / StepsToRecover));
    }

    /// <summary>A replica said that it is busy.</summary>
    public void SlowDown()
    {
        TimeSpan longer = Larger(Pause * 2, TimeSpan.FromMilliseconds(1));
        _above = Larger(TimeSpan.Zero, (longer < max ? longer : max) - min);
    }

    private static TimeSpan Larger(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
