namespace AkkaKv.Api;

/// <summary>One of a key's concurrent values.</summary>
/// <param name="Tag">Names this value for ever: the dot of the write that made it, as text.</param>
/// <param name="Value">The bytes as they were written; empty for a tombstone.</param>
/// <param name="ContentType">What the writer said the bytes are; null when it said nothing.</param>
/// <param name="WrittenAt">The wall clock of the node that made the write; for people, never for ordering.</param>
/// <param name="ExpiresAt">When the value stops being visible, or null.</param>
/// <param name="Deleted">True for a tombstone: the key was deleted concurrently with the other values.</param>
public sealed record Sibling(
    string Tag,
    ReadOnlyMemory<byte> Value,
    string? ContentType,
    DateTimeOffset WrittenAt,
    DateTimeOffset? ExpiresAt,
    bool Deleted);

/// <summary>The answer to a read.</summary>
/// <param name="Siblings">
/// The live values: none (not found, or deleted), one, or several concurrent ones, ordered by tag. When at least one
/// live value exists, concurrent tombstones are listed too, with <see cref="Sibling.Deleted"/> set.
/// </param>
/// <param name="Context">What was seen; null only when the key was never written. Present for a deleted key.</param>
/// <param name="Quorum">How the read came about; null when it was refused.</param>
/// <param name="Error">Why there is no answer; null when there is one.</param>
public sealed record GetReply(IReadOnlyList<Sibling> Siblings, CausalContext? Context, QuorumReport? Quorum, KvError? Error = null)
{
    /// <summary>A refused or failed read.</summary>
    public static GetReply Failed(KvError error) => new([], null, null, error);

    /// <summary>True when a live value was found.</summary>
    public bool Found => Siblings.Count > 0;
}

/// <summary>The answer to a write or a delete.</summary>
/// <param name="Tag">The tag of the value that was written; null when the write failed.</param>
/// <param name="Context">
/// For the writer's next write. Null when the write failed, and when it left concurrent values beside its own: those
/// must be read first, or the next write would replace values that nobody saw.
/// </param>
/// <param name="Siblings">How many concurrent values the key held after the write, this one included.</param>
/// <param name="Quorum">How the write came about; null when it was refused.</param>
/// <param name="Error">Why it failed; null when it succeeded.</param>
public sealed record PutReply(string? Tag, CausalContext? Context, int Siblings, QuorumReport? Quorum, KvError? Error = null)
{
    /// <summary>A refused or failed write.</summary>
    public static PutReply Failed(KvError error) => new(null, null, 0, null, error);
}
