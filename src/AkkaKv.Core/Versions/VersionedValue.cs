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
    private const long YearOneMillis = -62_135_596_800_000;
    private const long YearTenThousandMillis = 253_402_300_800_000;

    /// <summary>True when both times lie in the years 1 to 9999: others can't be shown to a client.</summary>
    public bool HasCalendarTimes => IsCalendarTime(WrittenAtMillis) && IsCalendarTime(ExpiresAtMillis);

    /// <summary>True when a client may see the value at that wall-clock time.</summary>
    public bool IsVisibleAt(long nowMillis) => !IsTombstone && (ExpiresAtMillis == 0 || nowMillis < ExpiresAtMillis);

    private static bool IsCalendarTime(long millis) => millis is >= YearOneMillis and < YearTenThousandMillis;
}

/// <summary>One of a key's concurrent values: the write's name and what it brought.</summary>
public sealed record VersionedValue(Dot Dot, ValueContent Content);
