using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace AkkaKv.Host.Settings;

/// <summary>What a setting's text must be: in words for people, and as a check.</summary>
internal sealed partial record SettingRule(string Required, Func<string, bool> Holds)
{
    public static SettingRule Text { get; } = new("some text", text => text.Length > 0);

    public static SettingRule Name { get; } = new("1 to 64 of the characters a-z A-Z 0-9 . _ - (the first a letter or digit)", text => NamePattern().IsMatch(text));

    public static SettingRule Zone { get; } = new("empty, or 1 to 64 of the characters a-z A-Z 0-9 . _ -", text => text.Length == 0 || NamePattern().IsMatch(text));

    public static SettingRule Secret { get; } = new("at least 16 characters", text => text.Length >= 16);

    public static SettingRule HostPort { get; } = new("host:port, as in 127.0.0.1:7101", text => Split(text) is not null);

    public static SettingRule HttpUrl { get; } = new("a URL, as in http://127.0.0.1:7001", text => AsUrl(text) is not null);

    public static SettingRule HttpUrls { get; } = new(
        "one or more URLs separated by commas, as in http://10.0.0.1:7001,http://10.0.0.2:7001",
        text => AsUrls(text) is { Count: > 0 } urls && urls.All(url => url is not null));

    public static SettingRule HostPorts { get; } = new(
        "one or more host:port separated by commas, as in 10.0.0.1:7101,10.0.0.2:7101",
        text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } all && all.All(each => Split(each) is not null));

    public static SettingRule AddressPort { get; } = new(
        "an IP address and a port, as in 127.0.0.1:7001 or 0.0.0.0:7001",
        text => text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var point) && point.Port > 0);

    public static SettingRule Weight { get; } = new(
        "a number more than 0 and at most 1000",
        text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is > 0 and <= 1000);

    public static SettingRule CollectorUrl { get; } = new(
        "an http or https URL, as in http://127.0.0.1:4318",
        text => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0);

    public static SettingRule Window { get; } = new("a part of each day in UTC, as in 01:00-05:30 or 22:00-04:00", text => AsWindow(text) is not null);

    public static SettingRule Number(int min, int max) => new(
        $"a number from {min} to {max}",
        text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max);

    public static SettingRule Whole(long min, long max) => new(
        $"a whole number from {min} to {max}",
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max);

    public static SettingRule PowerOfTwo(int max) => new(
        $"a power of two from 1 to {max}",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max && int.IsPow2(number));

    public static SettingRule OneOf(params string[] words) => new(
        "one of " + string.Join(", ", words),
        text => words.Contains(text, StringComparer.OrdinalIgnoreCase));

    /// <summary>The two halves of host:port, or null.</summary>
    public static (string Host, int Port)? Split(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var host = text[..colon].Trim('[', ']');
        return port is > 0 and <= 65_535 && Uri.CheckHostName(host) != UriHostNameType.Unknown ? (host, port) : null;
    }

    /// <summary>A plain http URL without a path, or null.</summary>
    public static Uri? AsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && url.PathAndQuery == "/" && url.Host.Length > 0 ? url : null;

    /// <summary>Each URL of a list, null where it is none.</summary>
    public static IReadOnlyList<Uri?> AsUrls(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(AsUrl)];

    /// <summary>The two ends of a window of the day, or null.</summary>
    public static (TimeOnly From, TimeOnly To)? AsWindow(string text) =>
        text.Split('-') is [var from, var to] && Time(from) is { } begin && Time(to) is { } end ? (begin, end) : null;

    private static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}
