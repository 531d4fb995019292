using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// Percentiles of recent latencies, in bounded memory. Old samples fade: whenever enough have come in, all counts are
/// halved.
/// </summary>
/// <remarks>
/// Buckets grow by an eighth of a power of two, from 1 µs to over an hour, so that a percentile is off by 13 % at most.
/// Whole numbers only: the same on every machine.
/// </remarks>
public sealed class LatencyTracker
{
    /// <summary>Below so many samples there is no opinion.</summary>
    public const int SamplesMin = 64;

    private const int SamplesMax = 4096;
    private const int PartsPerDoubling = 8;
    private const int Doublings = 32;

    private readonly int[] _counts = new int[PartsPerDoubling * Doublings];
    private int _samples;

    public void Record(TimeSpan latency)
    {
        _counts[BucketOf(latency)]++;
        if (++_samples >= SamplesMax)
            Fade();
    }

    /// <summary>The latency that this share of the recent samples did not exceed; null while there are too few.</summary>
    /// <param name="perMille">1 to 1,000.</param>
    public TimeSpan? Percentile(int perMille)
    {
        Invariant.Require(perMille is >= 1 and <= 1000, "a percentile is 1 to 1000 per mille", perMille);
        if (_samples < SamplesMin)
            return null;
        int left = (int)(((long)_samples * perMille) + 999) / 1000;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            left -= _counts[bucket];
            if (left <= 0)
                return UpperBoundOf(bucket);
        }

        throw new InvariantException($"The counts add up to the number of samples; {left} of {_samples} are missing");
    }

    private void Fade()
    {
        _samples = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            _counts[bucket] /= 2;
            _samples += _counts[bucket];
        }
    }

    private static int BucketOf(TimeSpan latency)
    {
        long micros = Math.Max(1, latency.Ticks / TimeSpan.TicksPerMicrosecond);
        int doubling = Math.Min(System.Numerics.BitOperations.Log2((ulong)micros), Doublings - 1);
        long rest = Math.Min(micros - (1L << doubling), (1L << doubling) - 1);
        return (doubling * PartsPerDoubling) + (int)((rest * PartsPerDoubling) >> doubling);
    }

    private static TimeSpan UpperBoundOf(int bucket)
    {
        long low = 1L << (bucket / PartsPerDoubling);
        long micros = low + ((low * ((bucket % PartsPerDoubling) + 1)) / PartsPerDoubling);
        return TimeSpan.FromTicks(micros * TimeSpan.TicksPerMicrosecond);
    }
}
