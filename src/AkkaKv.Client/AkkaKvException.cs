using AkkaKv.Api;

namespace AkkaKv.Client;

/// <summary>A call whose reply has no place for an error (members, ring, health) failed; <see cref="Error"/> says why.</summary>
public sealed class AkkaKvException(KvError error) : Exception(error?.Detail)
{
    /// <summary>What went wrong.</summary>
    public KvError Error { get; } = error ?? throw new ArgumentNullException(nameof(error));
}
