using System.CommandLine.Parsing;
using System.Globalization;

namespace AkkaKv.Cli.Shell;

/// <summary>Durations as people write them: <c>500ms</c>, <c>2s</c>, <c>1.5m</c>, <c>12h</c>, <c>7d</c>.</summary>
internal static class DurationText
{
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        double seconds = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => 0.001,
            _ when text.EndsWith('s') => 1,
            _ when text.EndsWith('m') => 60,
            _ when text.EndsWith('h') => 3600,
            _ when text.EndsWith('d') => 86400,
            _ => 0,
        };
        int unit = text.EndsWith("ms", StringComparison.Ordinal) ? 2 : 1;
        if (seconds == 0 || !double.TryParse(text.AsSpan(0, text.Length - unit), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return false;
        double total = number * seconds;
        if (total is <= 0 or > 3_153_600_000)
            return false;
        span = TimeSpan.FromSeconds(total);
        return true;
    }

    /// <summary>For an option of the command line.</summary>
    public static TimeSpan? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (TryParse(text, out var span))
            return span;
        result.AddError($"'{text}' is not a duration: write a number and a unit, such as 500ms, 2s, 10m, 12h or 7d");
        return null;
    }
}
