using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace AkkaKv.Server.Metrics;

/// <summary>
/// A meter's present values in the Prometheus text exposition format 0.0.4: names with "_" for what may not stand in
/// one, counters with "_total", families by name, samples by their labels, so that the same values give the same text.
/// </summary>
internal static class Exposition
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Reads every instrument of the meter once and writes what it said.</summary>
    public static string Of(Meter meter)
    {
        var families = new SortedDictionary<string, Family>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(families, instrument, tags, value.ToString(CultureInfo.InvariantCulture)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(families, instrument, tags, NumberText(value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return Written(families);
    }

    private static string Written(SortedDictionary<string, Family> families)
    {
        var text = new StringBuilder();
        foreach ((string name, Family family) in families)
        {
            if (family.Meaning.Length > 0)
                text.Append("# HELP ").Append(name).Append(' ').Append(Escaped(family.Meaning, quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(family.IsCounter ? "counter" : "gauge").Append('\n');
            foreach ((string labels, string value) in family.Samples)
                text.Append(name).Append(labels).Append(' ').Append(value).Append('\n');
        }

        return text.ToString();
    }

    private static void Add(
        SortedDictionary<string, Family> families, Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, string value)
    {
        bool isCounter = instrument is ObservableCounter<long> or ObservableCounter<double>;
        string name = NameText(instrument.Name) + (isCounter ? "_total" : "");
        if (!families.TryGetValue(name, out var family))
            families[name] = family = new Family(isCounter, instrument.Description ?? "");
        family.Samples[LabelsText(tags)] = value;
    }

    private static string LabelsText(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder("{");
        foreach ((string name, object? value) in tags)
        {
            if (text.Length > 1)
                text.Append(',');
            string shown = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(NameText(name)).Append("=\"").Append(Escaped(shown, quotes: true)).Append('"');
        }

        return text.Append('}').ToString();
    }

    private static string NameText(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char c in name)
            text.Append(char.IsAsciiLetter(c) || c == '_' || (char.IsAsciiDigit(c) && text.Length > 0) ? c : '_');
        return text.ToString();
    }

    private static string Escaped(string value, bool quotes)
    {
        string text = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static string NumberText(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private sealed record Family(bool IsCounter, string Meaning)
    {
        public SortedDictionary<string, string> Samples { get; } = new(StringComparer.Ordinal);
    }
}
