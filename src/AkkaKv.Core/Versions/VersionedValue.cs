namespace AkkaKv.Core.Versions;

/// <summary>What a write brings: the value itself, apart from the dot that will name it.</summary>
/// <param name="Payload">The bytes; empty for a tombstone.</param>
/// <param name="ContentType">What the bytes are; null when the writer said nothing.</param>
/// <param name="WrittenAtMillis">Wall clock of the coordinating node, Unix milliseconds; for people, never for ordering.</param>
/// <param name="ExpiresAtMillis">When it stops being visible, Unix milliseconds; 0 is never. A fact of the version, so that all replicas agree.</param>
/// <param name="IsTombstone">True for a delete.</param>
public sealed record ValueContent(
    ReadOnlyMemory<byte> Payload,
    string? ContentType,
    long WrittenAtMillis,
    long ExpiresAtMillis = 0,
    bool IsTombstone = false)
{
    /// <summary>True when a client may see the value at that wall-clock time.</summary>
    public bool IsVisibleAt(long nowMillis) => !IsTombstone && (ExpiresAtMillis == 0 || nowMillis < ExpiresAtMillis);
}

/// <summary>One of a key's concurrent values: the write's name and what it brought.</summary>
public sealed record VersionedValue(Dot Dot, ValueContent Content);
