using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// How fast one kind of request is served, of late and usually: the 90th percentile of each period that had enough
/// requests, and the moving mean of those.
/// </summary>
/// <remarks>
/// The mean counts periods, not requests: a window of so many requests would be shorter than a period on a busy node, and
/// nothing would ever be slower than usual.
/// </remarks>
internal sealed class ForegroundMeter
{
    private const int PerMille = 900;

    /// <summary>A period's part of the mean: with one each second it remembers about four minutes.</summary>
    private const int Periods = 256;

    private LatencyTracker _period = new();
    private TimeSpan? _usual;

    public void Record(TimeSpan latency) => _period.Record(latency);

    /// <summary>Ends a period; one with too few requests goes on, and counts as usual.</summary>
    public ForegroundLatency Tell()
    {
        if (_period.Percentile(PerMille) is not { } recent)
            return new ForegroundLatency(_usual ?? TimeSpan.Zero, _usual ?? TimeSpan.Zero);
        _period = new LatencyTracker();
        TimeSpan usual = _usual ?? recent;
        _usual = usual + ((recent - usual) / Periods);
        return new ForegroundLatency(recent, usual);
    }
}
