using System.Net;
using System.Text.Json;
using AkkaKv.Api;

namespace AkkaKv.Client.Http;

/// <summary>
/// Reads a failed answer: problem details (RFC 9457) whose type is <c>urn:akkakv:problem:&lt;slug&gt;</c>; without them
/// (a HEAD, a proxy, a foreign server) it goes by the status and takes a write's outcome to be unknown unless the
/// status rules an effect out.
/// </summary>
internal static class ProblemReader
{
    private const string TypePrefix = "urn:akkakv:problem:";

    public static KvError Read(Received received, bool isRead)
    {
        if (received.Body.Length > 0 && received.HasMediaType("application/") && TryParse(received, isRead, out var error))
            return error!;
        return ByStatus(received, isRead);
    }

    /// <summary>The code that has this slug, or null.</summary>
    public static KvErrorCode? CodeOf(string slug)
    {
        foreach (var code in Enum.GetValues<KvErrorCode>())
        {
            if (new KvError(code, "").Slug == slug)
                return code;
        }
        return null;
    }

    private static bool TryParse(Received received, bool isRead, out KvError? error)
    {
        error = null;
        try
        {
            using var document = JsonDocument.Parse(received.Body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "type") is not { } type || !type.StartsWith(TypePrefix, StringComparison.Ordinal))
                return false;
            error = Parse(root, type[TypePrefix.Length..], received, isRead);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static KvError Parse(JsonElement root, string slug, Received received, bool isRead)
    {
        string? outcome = Text(root, "outcome");
        var fallback = ByStatus(received, isRead);
        bool indeterminate = !isRead && (outcome == "indeterminate" || (outcome is null && fallback.Outcome == KvOutcome.Indeterminate));
        return new KvError(
            CodeOf(slug) ?? fallback.Code,
            Text(root, "detail") ?? Text(root, "title") ?? fallback.Detail,
            indeterminate ? KvOutcome.Indeterminate : KvOutcome.NotAttempted,
            root.TryGetProperty("retryable", out var retryable) ? retryable.ValueKind == JsonValueKind.True : fallback.Retryable,
            Number(root, "needed"),
            Number(root, "got"),
            Nodes(root));
    }

    private static KvError ByStatus(Received received, bool isRead)
    {
        string detail = $"{received.Endpoint} answered {(int)received.Status} without AkkaKv's problem details: check that it is an AkkaKv node";
        return received.Status switch
        {
            HttpStatusCode.TooManyRequests => new KvError(KvErrorCode.Busy, detail, Retryable: true),
            HttpStatusCode.RequestEntityTooLarge => new KvError(KvErrorCode.ValueTooLarge, detail),
            HttpStatusCode.Conflict => new KvError(KvErrorCode.TooManySiblings, detail),
            >= (HttpStatusCode)400 and < (HttpStatusCode)500 => new KvError(KvErrorCode.InvalidMetadata, detail),
            _ => new KvError(KvErrorCode.NotReady, detail, isRead ? KvOutcome.NotAttempted : KvOutcome.Indeterminate, Retryable: isRead && (int)received.Status >= 500),
        };
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : null;

    private static IReadOnlyList<string>? Nodes(JsonElement root)
    {
        if (!root.TryGetProperty("nodes", out var nodes) || nodes.ValueKind != JsonValueKind.Array)
            return null;
        return [.. nodes.EnumerateArray().Where(node => node.ValueKind == JsonValueKind.String).Select(node => node.GetString()!)];
    }
}
