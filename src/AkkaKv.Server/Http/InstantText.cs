using System.Globalization;

namespace AkkaKv.Server.Http;

/// <summary>Points in time as headers carry them.</summary>
internal static class InstantText
{
    private static readonly string[] IsoFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK",
    ];

    /// <summary>ISO 8601 in UTC with milliseconds: <c>2026-11-22T15:52:17.000Z</c>.</summary>
    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads RFC 1123 (<c>Sun, 22 Nov 2026 15:52:17 GMT</c>) or ISO 8601 with an offset or Z; a time without either is refused.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        if (DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant))
            return true;
        var zoned = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal);
        return zoned && DateTimeOffset.TryParseExact(text, IsoFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);
    }
}
