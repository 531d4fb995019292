using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>Which parameters a request may have.</summary>
internal enum KvQueryScope
{
    Read,
    Write,
    Delete,
    Placement,
}

/// <summary>The query of a request under /kv/, as it was understood.</summary>
internal struct KvQuery
{
    /// <summary>N, R, W, quorum mode and deadline.</summary>
    public RequestOptions Options { get; set; }

    /// <summary>The key's bytes when they were given here and not in the path.</summary>
    public byte[]? Key { get; set; }

    /// <summary>The tag of the one sibling that is wanted.</summary>
    public string? Sibling { get; set; }

    /// <summary>How long the value is visible.</summary>
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>Whether the write replaces everything.</summary>
    public bool LastWriteWins { get; set; }
}
