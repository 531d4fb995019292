namespace AkkaKv.Client.Sending;

/// <summary>
/// The pauses between attempts: doubling from the first to the longest, each drawn evenly from the upper half, so that
/// clients that failed together do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan min, TimeSpan max, Random random)
{
    private readonly Lock _lock = new();

    /// <summary>The pause before retry number <paramref name="retry"/> (from 1); at least what the server asked for.</summary>
    public TimeSpan Pause(int retry, TimeSpan? asked)
    {
        double ceiling = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, Math.Min(retry - 1, 20)));
        double share;
        lock (_lock)
            share = random.NextDouble();
        var pause = TimeSpan.FromMilliseconds(ceiling * (0.5 + (share / 2)));
        return asked is { } least && least > pause ? least : pause;
    }
}
