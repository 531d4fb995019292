using System.Globalization;
using System.Text;
using AkkaKv.Api;

namespace AkkaKv.Client.Http;

/// <summary>Writes paths and queries. A key is one path segment: each byte that is not unreserved (RFC 3986, section 2.3) is percent-encoded.</summary>
public static class RequestPath
{
    /// <summary><c>/kv/{bucket}/{key}</c> with both parts encoded.</summary>
    public static string OfKey(EntryKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return $"/kv/{Encode(Encoding.UTF8.GetBytes(key.Bucket))}/{Encode(key.Name.Span)}";
    }

    /// <summary>
    /// One segment. The names <c>.</c> and <c>..</c> are encoded too: as they stand, they mean "here" and "up".
    /// </summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        bool dots = bytes.SequenceEqual("."u8) || bytes.SequenceEqual(".."u8);
        var text = new StringBuilder(bytes.Length + 16);
        foreach (byte each in bytes)
        {
            if (IsUnreserved(each) && !dots)
                text.Append((char)each);
            else
                text.Append('%').Append(each.ToString("X2", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    /// <summary>The query that carries the options, with its question mark; empty when all are defaults.</summary>
    public static string QueryOf(RequestOptions options, params ReadOnlySpan<string?> more)
    {
        ArgumentNullException.ThrowIfNull(options);
        var query = new StringBuilder();
        Append(query, options.N is { } n ? $"n={n}" : null);
        Append(query, options.R is { } r ? $"r={r}" : null);
        Append(query, options.W is { } w ? $"w={w}" : null);
        Append(query, options.Mode is { } mode ? $"quorum={(mode == QuorumMode.Strict ? "strict" : "sloppy")}" : null);
        Append(query, options.Timeout is { } timeout ? $"timeout={Milliseconds(timeout)}" : null);
        foreach (string? each in more)
            Append(query, each);
        return query.ToString();
    }

    /// <summary>A duration as the server reads it: whole milliseconds, rounded up, <c>500ms</c>.</summary>
    public static string Milliseconds(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(span.TotalMilliseconds)}ms");

    private static void Append(StringBuilder query, string? part)
    {
        if (part is not null)
            query.Append(query.Length == 0 ? '?' : '&').Append(part);
    }

    private static bool IsUnreserved(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';
}
