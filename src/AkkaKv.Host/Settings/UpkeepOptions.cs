namespace AkkaKv.Host.Settings;

/// <summary>How members watch each other, and how replicas are kept alike.</summary>
public sealed record UpkeepOptions
{
    public required TimeSpan GossipInterval { get; init; }

    /// <summary>From this phi on a silent member is suspected.</summary>
    public required double PhiThreshold { get; init; }

    /// <summary>How much longer than usual a member may be silent before suspicion grows.</summary>
    public required TimeSpan AcceptablePause { get; init; }

    /// <summary>Bytes of all hints on this node.</summary>
    public required long HintBytesMax { get; init; }

    /// <summary>How long a hint waits for its target, less than <see cref="TombstoneGrace"/>; null is until it is delivered.</summary>
    public required TimeSpan? HintLifetime { get; init; }

    /// <summary>Each partition is compared with each of its other owners about once in this time.</summary>
    public required TimeSpan AntiEntropyInterval { get; init; }

    /// <summary>The part of each day, in UTC, in which that happens; null is all of it.</summary>
    public (TimeOnly From, TimeOnly To)? AntiEntropyWindow { get; init; }

    /// <summary>How long every member must have agreed that a key is dead before it is forgotten.</summary>
    public required TimeSpan TombstoneGrace { get; init; }

    /// <summary>How often a partition is looked through for dead keys.</summary>
    public required TimeSpan TombstoneSweepInterval { get; init; }

    /// <summary>Takes a grace below five minutes, where deleted keys may come back.</summary>
    public bool AllowShortGrace { get; init; }
}

/// <summary>Where metrics are sent, beside <c>/metrics</c>.</summary>
public sealed record MetricsOptions
{
    /// <summary>An OpenTelemetry collector; null sends nothing.</summary>
    public Uri? OtlpEndpoint { get; init; }

    public required TimeSpan OtlpInterval { get; init; }
}
