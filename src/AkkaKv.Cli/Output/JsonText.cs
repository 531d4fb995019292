using System.Text.Encodings.Web;
using System.Text.Json;

namespace AkkaKv.Cli.Output;

/// <summary>How this tool writes JSON: camel case, and text of any language as it is.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Single = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Indented);

    public static string LineOf<T>(T value) => JsonSerializer.Serialize(value, Single);
}
