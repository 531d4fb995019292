using System.Numerics;

namespace AkkaKv.Cli.Bench;

/// <summary>
/// Counts durations in nanoseconds in buckets whose width grows with the value: 128 to each power of two, so that a
/// percentile is never more than 0.8 % above the exact one. The largest value is kept exactly.
/// </summary>
/// <remarks>The shape is that of HdrHistogram (Gil Tene), without its configuration. Not safe for concurrent use: each worker has its own.</remarks>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;

    private readonly long[] _counts = new long[(64 - SubBucketBits + 1) << SubBucketBits];
    private double _sum;

    public long Count { get; private set; }

    public long Max { get; private set; }

    public double Mean => Count == 0 ? 0 : _sum / Count;

    public void Record(long nanoseconds)
    {
        long value = Math.Max(0, nanoseconds);
        _counts[IndexOf(value)]++;
        Count++;
        _sum += value;
        Max = Math.Max(Max, value);
    }

    public void Add(LatencyHistogram other)
    {
        for (int index = 0; index < _counts.Length; index++)
            _counts[index] += other._counts[index];
        Count += other.Count;
        _sum += other._sum;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The value that a share of all values does not exceed, from 0 to 1; 0 when nothing was recorded.</summary>
    public long Percentile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= rank)
                return Math.Min(HighestOf(index), Max);
        }
        return Max;
    }

    private static int IndexOf(long value)
    {
        int exponent = value == 0 ? 0 : BitOperations.Log2((ulong)value);
        int shift = Math.Max(0, exponent - SubBucketBits);
        return (shift << SubBucketBits) + (int)(value >> shift);
    }

    private static long HighestOf(int index)
    {
        int shift = Math.Max(0, (index >> SubBucketBits) - 1);
        long step = index - (shift << SubBucketBits);
        return ((step + 1) << shift) - 1;
    }
}
