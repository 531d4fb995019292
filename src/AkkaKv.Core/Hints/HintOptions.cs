namespace AkkaKv.Core.Hints;

/// <summary>What bounds the hints of a node, and how they are sent.</summary>
public sealed record HintOptions
{
    /// <summary>Bytes of all hints on the node, cut evenly among the partitions: objects, keys and what the index needs.</summary>
    public long BytesMax { get; init; } = 1L << 30;

    /// <summary>The largest object that is kept: what fits a frame between nodes, as of a replica's objects.</summary>
    public int ObjectBytesMax { get; init; } = 48 << 20;

    /// <summary>Requests that one partition holds at a time.</summary>
    public int UnderWayMax { get; init; } = 4096;

    /// <summary>
    /// How long a hint waits for its target; null, the default, is until it is delivered: an acknowledged write may rest on
    /// it, and what bounds the hints is <see cref="BytesMax"/>. Where it is set, it stays below the grace of tombstones.
    /// </summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>
    /// Sending begins at a random time up to this after a target is seen or a hint is kept: the partitions of all nodes
    /// do not meet a returning node at once, and a key that changes often is sent once.
    /// </summary>
    public TimeSpan SpreadMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Keys that one partition has under way to all targets together.</summary>
    public int BatchKeysMax { get; init; } = 64;

    /// <summary>Bytes of their objects; a larger one travels alone.</summary>
    public long BatchBytesMax { get; init; } = 256 << 10;

    /// <summary>How long a batch waits for its acknowledgements; longer than the slowest sync.</summary>
    public TimeSpan BatchTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between a batch and the next: with 256 partitions, 64 keys a second each are 16,000 a second for a node.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The wait after a batch that the target refused or did not answer; doubled each time.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Between two looks for hints that are too old.</summary>
    public TimeSpan SweepPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One partition's part of <see cref="BytesMax"/>.</summary>
    public long ShareOf(int partitions) => BytesMax / partitions;
}

/// <summary>Which hashes a partition has, both inclusive, and how much it may keep.</summary>
/// <param name="BytesMax">One object is always kept, however large.</param>
public sealed record HintPartition(ulong FirstHash, ulong LastHash, long BytesMax);
