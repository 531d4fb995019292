using AkkaKv.Api;
using AkkaKv.Core.Versions;

namespace AkkaKv.Simulation.Workload;

internal enum OperationKind
{
    Get,
    Put,
    Delete,
}

internal enum OperationOutcome
{
    /// <summary>Not answered yet.</summary>
    Pending,

    Ok,

    /// <summary>Refused before anything was done; a read that failed.</summary>
    NotAttempted,

    /// <summary>May have happened, or may yet.</summary>
    Indeterminate,
}

/// <summary>One request of a client, as the client knows it.</summary>
internal sealed class Operation
{
    /// <summary>From 1, in the order of invocation.</summary>
    public required int Number { get; init; }

    public required int Session { get; init; }

    public required OperationKind Kind { get; init; }

    public required WorkloadKey Key { get; init; }

    public required int Node { get; init; }

    /// <summary>The N that the request names; at most the key's.</summary>
    public required int N { get; init; }

    public required int R { get; init; }

    public required int W { get; init; }

    public required bool Strict { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required long InvokedAt { get; init; }

    /// <summary>In the quiet beginning, when nothing fails.</summary>
    public bool IsQuiet { get; init; }

    public bool LastWriteWins { get; init; }

    /// <summary>When the value that this write brings stops being visible, Unix milliseconds; 0 for never.</summary>
    public long ExpiresAtMillis { get; init; }

    /// <summary>The operation whose context came with this write; null for none.</summary>
    public Operation? Source { get; init; }

    public long CompletedAt { get; set; } = long.MaxValue;

    /// <summary>What the wall clock of its node showed when the answer was made, Unix milliseconds.</summary>
    public long AnsweredAtMillis { get; set; }

    public OperationOutcome Outcome { get; set; }

    public KvError? Error { get; set; }

    /// <summary>What a read showed, or a write made one's own.</summary>
    public CausalContext? Context { get; set; }

    /// <summary>The writes whose live values a read showed.</summary>
    public List<int> Shown { get; } = [];

    /// <summary>The expiry that came with each of <see cref="Shown"/>, Unix milliseconds; 0 for none.</summary>
    public List<long> ShownExpiries { get; } = [];

    /// <summary>Tombstones shown beside live values.</summary>
    public List<Dot> ShownDeletes { get; } = [];

    public bool IsWrite => Kind != OperationKind.Get;

    public bool IsAcknowledgedWrite => IsWrite && Outcome == OperationOutcome.Ok;

    /// <summary>A write that replaces what its client did not see.</summary>
    public bool IsLoose => IsWrite && (LastWriteWins || (Kind == OperationKind.Delete && Source is null));

    public override string ToString() =>
        $"operation {Number} (session {Session}, {Kind} {Key.Entry.NameText} at node-{Node + 1}, N {N} R {R} W {W}{(Strict ? " strict" : "")}, "
        + $"{InvokedAt / 10_000.0:0.000} to {(CompletedAt == long.MaxValue ? "never" : $"{CompletedAt / 10_000.0:0.000}")} ms: {Outcome}"
        + $"{(Source is null ? "" : $", context of {Source.Number}")}{(ExpiresAtMillis == 0 ? "" : $", expires at {ExpiresAtMillis}")}{(Kind == OperationKind.Get && Outcome == OperationOutcome.Ok ? $", showed [{string.Join(", ", Shown)}]" : "")})";
}
