using System.Net;

namespace AkkaKv.Client.Http;

/// <summary>One HTTP answer, read to its end.</summary>
internal sealed record Received(Uri Endpoint, HttpStatusCode Status, HttpResponseMessage Message, ReadOnlyMemory<byte> Body)
{
    public string? ContentType => Message.Content.Headers.TryGetValues("Content-Type", out var values) ? string.Join(", ", values) : null;

    public string? Header(string name) =>
        Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    public bool HasMediaType(string mediaType) => ContentType is { } type && type.StartsWith(mediaType, StringComparison.OrdinalIgnoreCase);
}
