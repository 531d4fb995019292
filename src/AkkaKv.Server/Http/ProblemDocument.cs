namespace AkkaKv.Server.Http;

/// <summary>The body of an answer that is not a success (RFC 9457, with this product's own members).</summary>
internal sealed record ProblemDocument
{
    /// <summary>A stable URI that names the kind: <c>urn:akkakv:problem:…</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The kind in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What was required, what was found, and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary><c>not-attempted</c>: the request changed nothing. <c>indeterminate</c>: a write may still appear.</summary>
    public string? Outcome { get; init; }

    /// <summary>Whether the same request may succeed a moment later.</summary>
    public bool Retryable { get; init; }

    /// <summary>Replies needed, where a quorum failed.</summary>
    public int? Needed { get; init; }

    /// <summary>Replies received, where a quorum failed.</summary>
    public int? Got { get; init; }

    /// <summary>The nodes concerned.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>The query parameter or header that was refused.</summary>
    public string? Parameter { get; init; }

    /// <summary>What it held.</summary>
    public string? Found { get; init; }

    /// <summary>What it may hold.</summary>
    public string? Allowed { get; init; }

    /// <summary>Why a node may not join, for programs: <c>wrong-cluster</c>, <c>wrong-version</c>, <c>name-taken</c>, …</summary>
    public string? Reason { get; init; }

    /// <summary>The nearest known name.</summary>
    public string? Suggestion { get; init; }

    /// <summary>The tags that exist, where a sibling was not found.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>True on the 404 of a key that was deleted.</summary>
    public bool? Deleted { get; init; }
}
