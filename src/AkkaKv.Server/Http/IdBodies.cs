using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaKv.Server.Http;

/// <summary>Ids as text: JSON numbers lose digits past 2^53.</summary>
internal sealed record IdsBody(string Scheme, int Count, IReadOnlyList<string> Ids, string? Warning);

/// <summary>A Snowflake id taken apart.</summary>
internal sealed record SnowflakeBody(string Id, DateTimeOffset Time, long UnixMillis, int Datacenter, int Machine, int Sequence);

/// <summary>JSON without reflection, in camelCase.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = false)]
[JsonSerializable(typeof(IdsBody))]
[JsonSerializable(typeof(SnowflakeBody))]
internal sealed partial class IdJson : JsonSerializerContext;

/// <summary>The same with text escaped only where JSON needs it: these bodies are never put into HTML.</summary>
internal static class PlainIdJson
{
    public static IdJson Bodies { get; } = new(new JsonSerializerOptions(IdJson.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
