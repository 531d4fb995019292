namespace AkkaKv.Ids;

/// <summary>How ids are made in this process.</summary>
public sealed record SnowflakeSourceOptions
{
    /// <summary>The same in all processes that share the numbers.</summary>
    public SnowflakeLayout Layout { get; init; } = SnowflakeLayout.Default;

    /// <summary>The first sequence of each millisecond. Default 0.</summary>
    public int SequenceStart { get; init; }

    /// <summary>A clock that went back by at most so much is waited for. Default 50 ms.</summary>
    public int RollbackWaitMillisMax { get; init; } = 50;

    /// <summary>How far the durable mark lies ahead of the clock. Default 3 s; raised when half of it is used.</summary>
    public int MarkAheadMillis { get; init; } = 3_000;

    /// <summary>Which worker number may be used when: see <see cref="WorkerGrant.AssignedByHand"/>.</summary>
    public required WorkerGrant Grant { get; init; }

    /// <summary>The memory of this worker: two sources never share one.</summary>
    public required IIdMark Mark { get; init; }

    /// <summary>The wall clock.</summary>
    public required TimeProvider Clock { get; init; }
}
