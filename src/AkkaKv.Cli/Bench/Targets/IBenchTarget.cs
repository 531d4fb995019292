namespace AkkaKv.Cli.Bench.Targets;

/// <summary>What an operation does.</summary>
internal enum OperationKind
{
    Read,
    Write,
}

/// <summary>What an answer came to.</summary>
internal enum Finding
{
    /// <summary>Not all of it is here yet.</summary>
    Incomplete,
    Found,
    Missed,
    FoundSiblings,
    Written,
    Failed,
}

/// <summary>How an answer was read.</summary>
/// <param name="Finding">What it came to.</param>
/// <param name="Consumed">Its bytes; 0 while incomplete.</param>
/// <param name="Error">The kind of failure, in a few fixed words.</param>
/// <param name="Closes">True when the connection can't be used again.</param>
internal readonly record struct Verdict(Finding Finding, int Consumed = 0, string? Error = null, bool Closes = false);

/// <summary>A system under measurement: how its requests look, and what its answers mean.</summary>
internal interface IBenchTarget
{
    string Name { get; }

    /// <summary>Opens the requests of one connection; they are built once and patched per operation.</summary>
    IBenchSession Open(Uri endpoint);
}

/// <summary>The requests and answers of one connection.</summary>
internal interface IBenchSession
{
    /// <summary>The bytes to send; valid until the next call.</summary>
    ReadOnlyMemory<byte> Request(OperationKind kind, int key);

    Verdict Read(OperationKind kind, ReadOnlySpan<byte> received);
}
