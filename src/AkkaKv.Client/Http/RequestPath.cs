using System.Globalization;
using System.Text;
using AkkaKv.Api;

namespace AkkaKv.Client.Http;

/// <summary>Writes paths and queries. A key is one path segment: each byte that is not unreserved (RFC 3986, section 2.3) is percent-encoded.</summary>
public static class RequestPath
{
    /// <summary>
    /// Path and query of an entry: <c>/kv/{bucket}/{key}</c>, or <c>/kv/{bucket}?key={key}</c> for the keys that no path
    /// carries: those with a zero byte, which the server's path refuses, and <c>.</c> and <c>..</c>, which mean "here" and
    /// "up" to everyone on the way, encoded or not.
    /// </summary>
    /// <param name="key">The entry.</param>
    /// <param name="suffix">What follows the key, such as <c>/placement</c>.</param>
    /// <param name="options">What the query says of the quorum.</param>
    /// <param name="more">Further parts of the query, <c>name=value</c>; null ones are left out.</param>
    public static string Of(EntryKey key, string suffix, RequestOptions options, params ReadOnlySpan<string?> more)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        ReadOnlySpan<byte> name = key.Name.Span;
        bool inQuery = name.Contains((byte)0) || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);
        string bucket = Encode(Encoding.UTF8.GetBytes(key.Bucket));
        string path = inQuery ? $"/kv/{bucket}{(suffix.Length > 0 ? "/" : "")}{suffix}" : $"/kv/{bucket}/{Encode(name)}{suffix}";
        return path + QueryOf(options, [inQuery ? "key=" + Encode(name) : null, .. more]);
    }

    /// <summary>One segment, or one value of a query.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 16);
        foreach (byte each in bytes)
        {
            if (IsUnreserved(each))
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
