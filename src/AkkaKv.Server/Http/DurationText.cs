using System.Globalization;

namespace AkkaKv.Server.Http;

/// <summary>Durations as people write them: <c>500ms</c>, <c>2s</c>, <c>5m</c>, <c>12h</c>, <c>7d</c>, or plain milliseconds.</summary>
internal static class DurationText
{
    /// <summary>Whole milliseconds with their unit, as <see cref="TryParse"/> reads them; what runs backwards has a minus.</summary>
    public static string Format(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / TimeSpan.TicksPerMillisecond}ms");

    /// <summary>Reads a whole, positive number with an optional unit.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text : text[..digits];
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        var unitMillis = (digits < 0 ? "" : text[digits..]) switch
        {
            "" or "ms" => 1L,
            "s" => 1_000L,
            "m" => 60_000L,
            "h" => 3_600_000L,
            "d" => 86_400_000L,
            _ => 0L,
        };
        if (unitMillis == 0 || count > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond / unitMillis)
            return false;
        duration = TimeSpan.FromMilliseconds(count * unitMillis);
        return true;
    }
}
