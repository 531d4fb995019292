namespace AkkaKv.Api;

/// <summary>What went wrong. The names are stable: HTTP's problem types and the client's errors are made from them.</summary>
public enum KvErrorCode
{
    /// <summary>The bucket's name is empty, too long or has a character that is not allowed.</summary>
    InvalidBucket,

    /// <summary>The key is empty or too long.</summary>
    InvalidKey,

    /// <summary>The value is larger than the cluster allows.</summary>
    ValueTooLarge,

    /// <summary>The content type is too long or has control characters; or the expiry is in the past.</summary>
    InvalidMetadata,

    /// <summary>N, R and W do not fit each other or the cluster.</summary>
    InvalidQuorum,

    /// <summary>The deadline is zero, negative or too long.</summary>
    InvalidTimeout,

    /// <summary>The context was not issued by this cluster for this key.</summary>
    InvalidContext,

    /// <summary>The key holds more concurrent values than allowed; read it and write back with the context.</summary>
    TooManySiblings,

    /// <summary>Fewer replicas than needed are reachable; nothing was sent.</summary>
    NotEnoughReplicas,

    /// <summary>Too few replicas answered in time.</summary>
    QuorumNotReached,

    /// <summary>The node's store takes no writes (its disk failed or is full).</summary>
    StoreReadOnly,

    /// <summary>A bound was reached; try again after a moment.</summary>
    Busy,

    /// <summary>The node is starting or stopping.</summary>
    NotReady,

    /// <summary>A replica found its own data damaged and no other could answer.</summary>
    DataCorrupt,

    /// <summary>No id can be made: the clock, the worker number or the store does not allow it, or they are not set up.</summary>
    IdsUnavailable,

    /// <summary>More or fewer were asked for than are served at a time.</summary>
    InvalidCount,

    /// <summary>The key was written through more data directories than its version vector may name.</summary>
    TooManyActors,
}

/// <summary>What a failed request may have done.</summary>
public enum KvOutcome
{
    /// <summary>Refused before anything was sent: the write will never appear.</summary>
    NotAttempted = 0,

    /// <summary>Something was sent or stored: the write may or may not appear. (Reads change nothing and are always <see cref="NotAttempted"/>.)</summary>
    Indeterminate = 1,
}

/// <summary>A failed request: what was required, what was found, and what to do, in <paramref name="Detail"/>.</summary>
/// <param name="Code">The kind of failure.</param>
/// <param name="Detail">A sentence for a person.</param>
/// <param name="Outcome">Whether the request may have had an effect.</param>
/// <param name="Retryable">True when the same request may succeed a moment later.</param>
/// <param name="Needed">Replies needed, where a quorum failed.</param>
/// <param name="Got">Replies received, where a quorum failed.</param>
/// <param name="Nodes">The nodes concerned: for a failed quorum, those that did not answer.</param>
public sealed record KvError(
    KvErrorCode Code,
    string Detail,
    KvOutcome Outcome = KvOutcome.NotAttempted,
    bool Retryable = false,
    int? Needed = null,
    int? Got = null,
    IReadOnlyList<string>? Nodes = null)
{
    /// <summary>The stable name in lower-case words: <c>quorum-not-reached</c>. Part of public URLs; never changed.</summary>
    public string Slug => Code switch
    {
        KvErrorCode.InvalidBucket => "invalid-bucket",
        KvErrorCode.InvalidKey => "invalid-key",
        KvErrorCode.ValueTooLarge => "value-too-large",
        KvErrorCode.InvalidMetadata => "invalid-metadata",
        KvErrorCode.InvalidQuorum => "invalid-quorum",
        KvErrorCode.InvalidTimeout => "invalid-timeout",
        KvErrorCode.InvalidContext => "invalid-context",
        KvErrorCode.TooManySiblings => "too-many-siblings",
        KvErrorCode.NotEnoughReplicas => "not-enough-replicas",
        KvErrorCode.QuorumNotReached => "quorum-not-reached",
        KvErrorCode.StoreReadOnly => "store-read-only",
        KvErrorCode.Busy => "busy",
        KvErrorCode.NotReady => "not-ready",
        KvErrorCode.DataCorrupt => "data-corrupt",
        KvErrorCode.IdsUnavailable => "ids-unavailable",
        KvErrorCode.InvalidCount => "invalid-count",
        KvErrorCode.TooManyActors => "too-many-actors",
        _ => throw new InvalidOperationException($"Every error code needs a slug; {Code} has none: add it here."),
    };
}
