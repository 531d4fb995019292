using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaKv.Server.Http;

/// <summary>Durations in JSON as everywhere in HTTP: <c>"1500ms"</c>.</summary>
internal sealed class DurationJson : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DurationText.TryParse(reader.GetString(), out var duration)
            ? duration
            : throw new JsonException("A duration must be a whole number with a unit, as in \"1500ms\".");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DurationText.Format(value));
}
