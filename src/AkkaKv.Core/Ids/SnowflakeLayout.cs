using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>
/// How the 63 bits of an id are shared: milliseconds since an epoch, datacenter, machine, sequence, from the highest bit
/// down. The sign bit stays 0. A cluster has one layout for its life: another one may make an id again.
/// </summary>
/// <remarks>Source: Twitter's Snowflake, 2010: 41 + 5 + 5 + 12.</remarks>
public sealed record SnowflakeLayout
{
    /// <summary>2026-01-01T00:00:00Z. Late, so that 41 bits reach to September 2095.</summary>
    public const long DefaultEpochUnixMillis = 1_767_225_600_000;

    /// <summary>The bits of an id but for its sign.</summary>
    public const int Bits = 63;

    public static SnowflakeLayout Default { get; } = new();

    /// <summary>Default 41: 69.7 years.</summary>
    public int TimeBits { get; init; } = 41;

    /// <summary>Default 5: 32 datacenters.</summary>
    public int DatacenterBits { get; init; } = 5;

    /// <summary>Default 5: 32 machines in each.</summary>
    public int MachineBits { get; init; } = 5;

    /// <summary>Default 12: 4,096 ids a millisecond from each machine.</summary>
    public int SequenceBits { get; init; } = 12;

    /// <summary>The moment before the first id, in milliseconds since 1970.</summary>
    public long EpochUnixMillis { get; init; } = DefaultEpochUnixMillis;

    /// <summary>Datacenter and machine as one number: the datacenter above.</summary>
    public int WorkerBits => DatacenterBits + MachineBits;

    /// <summary>The largest worker number.</summary>
    public int WorkerMax => (1 << WorkerBits) - 1;

    /// <summary>The largest sequence.</summary>
    public int SequenceMax => (1 << SequenceBits) - 1;

    /// <summary>The last millisecond since the epoch that an id can hold.</summary>
    public long MillisMax => (1L << TimeBits) - 1;

    /// <summary>What one worker can make in a second.</summary>
    public long IdsPerSecond => (SequenceMax + 1L) * 1000;

    /// <summary>The last moment of which there are ids, in milliseconds since 1970.</summary>
    public long HorizonUnixMillis => EpochUnixMillis + MillisMax;

    /// <summary>What is wrong with it: what was required, what was found, what to do. Empty for a layout that works.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Check(faults, TimeBits, 32, 62, "time bits", "fewer than 32 last for less than 50 days");
        Check(faults, DatacenterBits, 0, 20, "datacenter bits", "choose fewer");
        Check(faults, MachineBits, 0, 20, "machine bits", "choose fewer");
        Check(faults, SequenceBits, 1, 22, "sequence bits", "more than 22 outrun any machine's clock reading");
        int sum = TimeBits + DatacenterBits + MachineBits + SequenceBits;
        if (sum != Bits)
            faults.Add($"The bits of an id must sum to {Bits}; found {TimeBits} + {DatacenterBits} + {MachineBits} + {SequenceBits} = {sum}. {Advice(sum)}");
        if (EpochUnixMillis < 0 || EpochUnixMillis > FarthestEpoch)
            faults.Add($"The epoch must lie between 1970 and 2200, in milliseconds since 1970; found {EpochUnixMillis}. Take a moment shortly before the first id.");
        return faults;
    }

    /// <exception cref="InvariantException">When the layout does not work; says why.</exception>
    public void Validate()
    {
        IReadOnlyList<string> faults = Faults();
        Invariant.Require(faults.Count == 0, "the layout of ids works", string.Join(" ", faults));
    }

    /// <summary>The id of these parts; nothing is checked, they come from the rules.</summary>
    public long Compose(long millis, int worker, long sequence) =>
        (millis << (WorkerBits + SequenceBits)) | ((long)worker << SequenceBits) | sequence;

    public override string ToString() => $"{TimeBits}+{DatacenterBits}+{MachineBits}+{SequenceBits} bits since {EpochUnixMillis}";

    private const long FarthestEpoch = 7_258_118_400_000;

    private static string Advice(int sum) => sum > Bits ? $"Take {sum - Bits} away." : $"Give {Bits - sum} more, to the time or to the sequence.";

    private static void Check(List<string> faults, int found, int min, int max, string name, string advice)
    {
        if (found < min || found > max)
            faults.Add($"A layout must have {min} to {max} {name}; found {found}: {advice}.");
    }
}
