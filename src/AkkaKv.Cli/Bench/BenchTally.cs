namespace AkkaKv.Cli.Bench;

/// <summary>What one worker measured. Not safe for concurrent use; added up when the workers have ended.</summary>
internal sealed class BenchTally
{
    public LatencyHistogram Reads { get; } = new();

    public LatencyHistogram Writes { get; } = new();

    /// <summary>Reads that found nothing.</summary>
    public long Misses { get; set; }

    /// <summary>Reads that found several concurrent values.</summary>
    public long Siblings { get; set; }

    public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public long Succeeded => Reads.Count + Writes.Count;

    public void CountError(string kind) => Errors[kind] = Errors.GetValueOrDefault(kind) + 1;

    public void Add(BenchTally other)
    {
        Reads.Add(other.Reads);
        Writes.Add(other.Writes);
        Misses += other.Misses;
        Siblings += other.Siblings;
        foreach (var (kind, count) in other.Errors)
            Errors[kind] = Errors.GetValueOrDefault(kind) + count;
    }
}
