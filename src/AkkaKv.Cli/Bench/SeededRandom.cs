namespace AkkaKv.Cli.Bench;

/// <summary>A random sequence fixed by its seed on every machine. Source: SplitMix64, Steele, Lea and Flood 2014.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>
    /// One of many sequences that have nothing to do with each other. Seeds a step apart would be the same sequence, a step later:
    /// so each begins at a place that is itself drawn.
    /// </summary>
    public static SeededRandom Stream(ulong seed, int number) => new(new SeededRandom(seed ^ ((ulong)number << 32)).NextUInt64());

    public ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to <paramref name="bound"/> − 1.</summary>
    public int Next(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    /// <summary>From 0 to less than 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));
}
