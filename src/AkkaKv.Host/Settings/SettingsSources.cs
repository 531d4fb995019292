using System.Collections;
using System.Text.Json;

namespace AkkaKv.Host.Settings;

/// <summary>The places settings are read from. Each gives names with colons; what exists is checked later, for all at once.</summary>
internal static class SettingsSources
{
    /// <summary>What begins the name of each environment variable that is read.</summary>
    public const string EnvironmentPrefix = "AKKAKV__";

    private static readonly JsonDocumentOptions JsonOptions = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a JSON file; nested objects and arrays become parts of the names.</summary>
    public static IReadOnlyList<SettingValue> File(string path, ICollection<string> errors)
    {
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path), JsonOptions);
            var found = new List<SettingValue>();
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                Flatten(document.RootElement, "", new SettingOrigin(SettingSource.File, path), found);
            else
                errors.Add($"The file {path} must hold one JSON object; found {document.RootElement.ValueKind}.");
            return found;
        }
        catch (JsonException malformed)
        {
            errors.Add($"The file {path} must be JSON; {malformed.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            errors.Add($"The file {path} cannot be read: {unreadable.Message} Name another one with --config FILE.");
        }

        return [];
    }

    /// <summary>Reads the variables that begin with <see cref="EnvironmentPrefix"/>; "__" stands for ":".</summary>
    public static IReadOnlyList<SettingValue> Environment(IDictionary variables)
    {
        var found = new List<SettingValue>();
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
                continue;
            var setting = name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            found.Add(new SettingValue(setting, (string?)variable.Value ?? "", new SettingOrigin(SettingSource.Environment, name)));
        }

        found.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return found;
    }

    /// <summary>Reads the variable by which every program is told of a collector; our own names win over it.</summary>
    public static IReadOnlyList<SettingValue> OpenTelemetry(IDictionary variables)
    {
        const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
        return variables[Endpoint] is string { Length: > 0 } url
            ? [new SettingValue("Metrics:OtlpEndpoint", url, new SettingOrigin(SettingSource.Environment, Endpoint))]
            : [];
    }

    private static void Flatten(JsonElement element, string name, SettingOrigin origin, List<SettingValue> found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    Flatten(property.Value, Join(name, property.Name), origin, found);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                    Flatten(item, Join(name, (index++).ToString()), origin, found);
                break;
            case JsonValueKind.Null:
                break;
            default:
                found.Add(new SettingValue(name, element.ToString(), origin));
                break;
        }
    }

    private static string Join(string prefix, string part) => prefix.Length == 0 ? part : $"{prefix}:{part}";
}
