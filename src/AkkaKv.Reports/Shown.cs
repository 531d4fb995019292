using System.Globalization;
using System.Text;

namespace AkkaKv.Reports;

/// <summary>Numbers and bytes as people read them.</summary>
internal static class Shown
{
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A whole duration: <c>0:07</c>, <c>12:30</c>, <c>3:02:07</c>.</summary>
    public static string Clock(TimeSpan span) =>
        span.TotalHours >= 1 ? $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}" : $"{span.Minutes}:{span.Seconds:00}";

    /// <summary>A duration in its two largest units: <c>340ms</c>, <c>12s</c>, <c>5m 3s</c>, <c>3h 10m</c>, <c>4d 2h</c>; empty for none.</summary>
    public static string Age(TimeSpan? span) => span switch
    {
        null => "",
        { Ticks: < 0 } negative => "-" + Age(-negative),
        { TotalSeconds: < 1 } brief => $"{(long)brief.TotalMilliseconds}ms",
        { TotalMinutes: < 1 } seconds => $"{seconds.Seconds}s",
        { TotalHours: < 1 } minutes => $"{minutes.Minutes}m {minutes.Seconds}s",
        { TotalDays: < 1 } hours => $"{hours.Hours}h {hours.Minutes}m",
        { } days => $"{days.Days}d {days.Hours}h",
    };

    /// <summary>The first bytes of a value, on one line; control characters become dots.</summary>
    public static string Preview(ReadOnlySpan<byte> value, int charsMax = 40)
    {
        bool cut = value.Length > charsMax;
        string text = Encoding.UTF8.GetString(cut ? value[..charsMax] : value);
        var line = new StringBuilder(text.Length);
        foreach (char each in text)
            line.Append(char.IsControl(each) || each == '\uFFFD' ? '.' : each);
        return cut ? line + "…" : line.ToString();
    }

    public static string Moment(DateTimeOffset moment) =>
        moment == DateTimeOffset.UnixEpoch ? "" : moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
