using System.Text;

namespace AkkaKv.Server.Http;

/// <summary>How a raw request target was read.</summary>
internal enum KvTargetKind
{
    /// <summary>It is not below <c>/kv/</c>.</summary>
    Elsewhere,

    /// <summary><c>/kv/{bucket}/{key}</c>.</summary>
    Entry,

    /// <summary><c>/kv/{bucket}/{key}/placement</c>.</summary>
    Placement,

    /// <summary>Below <c>/kv/</c>, but none of the shapes.</summary>
    Unknown,

    /// <summary>A "%" without two hexadecimal digits.</summary>
    Malformed,
}

/// <summary>
/// What a raw request target names. The raw target is read, not the decoded path, because the server's path decoding
/// keeps "%2F" apart from other escapes and replaces what is not UTF-8: a key is bytes.
/// </summary>
/// <param name="Kind">The shape.</param>
/// <param name="Bucket">The bucket's name, decoded; its rules are checked behind the door.</param>
/// <param name="Key">The key's bytes; empty when the segment is empty or missing.</param>
/// <param name="QueryStart">Where the query's text starts in the raw target (after the "?"), or its length.</param>
internal readonly record struct KvTarget(KvTargetKind Kind, string Bucket, byte[] Key, int QueryStart)
{
    private const string Prefix = "/kv/";
    private const string PlacementSegment = "placement";

    /// <summary>Reads an origin-form or absolute-form target.</summary>
    public static KvTarget Parse(string rawTarget)
    {
        var start = PathStart(rawTarget);
        var queryMark = rawTarget.IndexOf('?', start);
        var path = rawTarget.AsSpan(start, (queryMark < 0 ? rawTarget.Length : queryMark) - start);
        var queryStart = queryMark < 0 ? rawTarget.Length : queryMark + 1;
        return path.StartsWith(Prefix, StringComparison.Ordinal)
            ? ParseBelow(path[Prefix.Length..], queryStart)
            : new KvTarget(KvTargetKind.Elsewhere, "", [], queryStart);
    }

    private static KvTarget ParseBelow(ReadOnlySpan<char> rest, int queryStart)
    {
        var slash = rest.IndexOf('/');
        var bucket = slash < 0 ? rest : rest[..slash];
        var key = slash < 0 ? [] : rest[(slash + 1)..];
        var kind = KvTargetKind.Entry;
        var second = key.IndexOf('/');
        if (second >= 0)
        {
            kind = key[(second + 1)..].SequenceEqual(PlacementSegment) ? KvTargetKind.Placement : KvTargetKind.Unknown;
            key = key[..second];
        }

        if (!PercentEncoding.TryDecode(key, out var keyBytes) || !TryDecodeBucket(bucket, out var bucketText))
            return new KvTarget(KvTargetKind.Malformed, "", [], queryStart);
        return new KvTarget(kind, bucketText, keyBytes, queryStart);
    }

    private static bool TryDecodeBucket(ReadOnlySpan<char> text, out string bucket)
    {
        bucket = "";
        if (!text.Contains('%'))
        {
            bucket = text.ToString();
            return true;
        }

        if (!PercentEncoding.TryDecode(text, out var bytes))
            return false;
        bucket = Encoding.UTF8.GetString(bytes);
        return true;
    }

    private static int PathStart(string rawTarget)
    {
        if (rawTarget.StartsWith('/'))
            return 0;
        var authority = rawTarget.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
            return rawTarget.Length;
        var path = rawTarget.IndexOf('/', authority + 3);
        return path < 0 ? rawTarget.Length : path;
    }
}
