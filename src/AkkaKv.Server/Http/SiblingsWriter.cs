using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AkkaKv.Api;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AkkaKv.Server.Http;

/// <summary>Writes a key's concurrent values: <c>multipart/mixed</c> (RFC 2046), or JSON for those who ask for it.</summary>
internal static class SiblingsWriter
{
    private const string Json = "application/json";
    private const string Multipart = "multipart/mixed";

    /// <summary>Writes the body of a 300, part by part, so that no more than one part is held at a time.</summary>
    public static Task WriteAsync(HttpContext context, GetReply reply, string etag)
    {
        context.Response.Headers.Vary = "Accept";
        return PrefersJson(context.Request.Headers.Accept)
            ? WriteJsonAsync(context, reply)
            : WriteMultipartAsync(context, reply, etag);
    }

    /// <summary>Whether JSON is wanted more than multipart; what names neither gets multipart.</summary>
    internal static bool PrefersJson(StringValues accept)
    {
        if (accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept, out var wanted))
            return false;
        return Quality(wanted, "application", "json") > Quality(wanted, "multipart", "mixed");
    }

    /// <summary>A boundary that occurs in no value. The first candidate follows from the ETag, so equal answers are equal bytes.</summary>
    internal static string Boundary(string etag, IReadOnlyList<Sibling> siblings)
    {
        for (var attempt = 0; ; attempt++)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{etag}#{attempt}"));
            var boundary = "akkakv-" + Convert.ToHexStringLower(hash.AsSpan(0, 12));
            var bytes = Encoding.ASCII.GetBytes(boundary);
            if (siblings.All(sibling => sibling.Value.Span.IndexOf(bytes) < 0))
                return boundary;
        }
    }

    private static double Quality(IList<MediaTypeHeaderValue> wanted, string type, string subType)
    {
        var (rank, quality) = (0, 0.0);
        foreach (var range in wanted)
        {
            var here = range.MatchesAllTypes ? 1
                : range.Type != type ? 0
                : range.MatchesAllSubTypes ? 2
                : range.SubType == subType ? 3 : 0;
            if (here > rank)
                (rank, quality) = (here, range.Quality ?? 1);
        }

        return quality;
    }

    private static async Task WriteMultipartAsync(HttpContext context, GetReply reply, string etag)
    {
        var boundary = Boundary(etag, reply.Siblings);
        context.Response.ContentType = $"{Multipart}; boundary={boundary}";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        var writer = context.Response.BodyWriter;
        foreach (var sibling in reply.Siblings)
        {
            writer.Write(Encoding.UTF8.GetBytes(PartHead(boundary, sibling)));
            writer.Write(sibling.Value.Span);
            writer.Write("\r\n"u8);
            await writer.FlushAsync(context.RequestAborted);
        }

        await writer.WriteAsync(Encoding.ASCII.GetBytes($"--{boundary}--\r\n"), context.RequestAborted);
    }

    private static string PartHead(string boundary, Sibling sibling)
    {
        var head = new StringBuilder(256);
        head.Append("--").Append(boundary).Append("\r\n");
        head.Append("Content-Type: ").Append(sibling.ContentType ?? KvHeaders.UnnamedContentType).Append("\r\n");
        head.Append("Content-Length: ").Append(sibling.Value.Length).Append("\r\n");
        head.Append("ETag: ").Append(EntityTags.Of(sibling.Tag)).Append("\r\n");
        head.Append(KvHeaders.Tag).Append(": ").Append(sibling.Tag).Append("\r\n");
        head.Append(KvHeaders.WrittenAt).Append(": ").Append(InstantText.Format(sibling.WrittenAt)).Append("\r\n");
        if (sibling.ExpiresAt is { } expiry)
            head.Append(KvHeaders.Expires).Append(": ").Append(InstantText.Format(expiry)).Append("\r\n");
        if (sibling.Deleted)
            head.Append(KvHeaders.Deleted).Append(": true\r\n");
        return head.Append("\r\n").ToString();
    }

    private static async Task WriteJsonAsync(HttpContext context, GetReply reply)
    {
        context.Response.ContentType = Json;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        var pipe = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(pipe);
        json.WriteStartObject();
        json.WriteString("context", reply.Context?.ToString());
        json.WriteStartArray("siblings");
        foreach (var sibling in reply.Siblings)
        {
            WriteOne(json, sibling);
            await json.FlushAsync(context.RequestAborted);
            await pipe.FlushAsync(context.RequestAborted);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOne(Utf8JsonWriter json, Sibling sibling)
    {
        json.WriteStartObject();
        json.WriteString("tag", sibling.Tag);
        json.WriteString("contentType", sibling.ContentType);
        json.WriteBoolean("deleted", sibling.Deleted);
        json.WriteString("writtenAt", InstantText.Format(sibling.WrittenAt));
        if (sibling.ExpiresAt is { } expiry)
            json.WriteString("expiresAt", InstantText.Format(expiry));
        json.WriteBase64String("value", sibling.Value.Span);
        json.WriteEndObject();
    }
}
