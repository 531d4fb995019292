using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Transfer;

/// <summary>How much of a node the moving of partitions may take.</summary>
public sealed record TransferOptions
{
    /// <summary>Partitions that are fetched, or cleared, at a time.</summary>
    public int PartitionsMax { get; init; } = 2;

    /// <summary>A batch ends before it has more bytes than this; one object may be larger. Default 1 MiB.</summary>
    public int BatchBytes { get; init; } = 1 << 20;

    /// <summary>Objects of a batch that are merged at a time.</summary>
    public int MergesMax { get; init; } = 16;

    /// <summary>What this node fetches at most; 0 for no such bound.</summary>
    public long BytesPerSecondMax { get; init; }

    /// <summary>Nodes that may pull one partition from this one at a time; the others are told that it is busy.</summary>
    public int PullersMax { get; init; } = 4;

    /// <summary>A pull whose answer takes longer than this is asked for again. Above the time that the largest object takes.</summary>
    public TimeSpan PullTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause after a failure, twice as long after each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause after a failure.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After so many failures in a row another node is taken to fetch from, from the beginning.</summary>
    public int TriesMax { get; init; } = 6;

    /// <summary>Keys removed before the next pause.</summary>
    public int ClearKeys { get; init; } = 256;

    /// <summary>How often is looked whether hints still wait on a node that leaves.</summary>
    public TimeSpan HintsPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The pause after each step while clients are served as fast as usual.</summary>
    public TimeSpan PauseMin { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>The pause that it grows to while they are not.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <exception cref="InvariantException">When a number is out of its bounds.</exception>
    public void Require()
    {
        Invariant.Require(PartitionsMax is >= 1 and <= 64, "1 to 64 partitions move at a time", PartitionsMax);
        Invariant.Require(BatchBytes is >= 1024 and <= TransferPull.BytesMaxMost, "a batch has 1 KiB to 8 MiB", BatchBytes);
        Invariant.Require(MergesMax is >= 1 and <= 1024, "1 to 1024 objects are merged at a time", MergesMax);
        Invariant.Require(BytesPerSecondMax >= 0, "the bound of bytes per second is not negative", BytesPerSecondMax);
        Invariant.Require(PullersMax >= 1, "at least one node may pull", PullersMax);
        Invariant.Require(TriesMax >= 1, "a source is tried at least once", TriesMax);
        Invariant.Require(ClearKeys is >= 1 and <= 65_536, "1 to 65536 keys are removed in one step", ClearKeys);
    }
}
