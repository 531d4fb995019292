using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaKv.Cli.Output;

/// <summary>How this tool writes JSON: camel case, and text of any language as it is.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new DurationJson() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Single = new(JsonSerializerDefaults.Web)
    {
        Converters = { new DurationJson() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Indented);

    public static string LineOf<T>(T value) => JsonSerializer.Serialize(value, Single);
}

/// <summary>Durations as over HTTP: whole milliseconds with their unit, <c>"1500ms"</c>.</summary>
internal sealed class DurationJson : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("This tool writes durations and reads none.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / TimeSpan.TicksPerMillisecond}ms"));
}
