using System.Security.Cryptography;
using System.Text;
using AkkaKv.Api;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AkkaKv.Server.Http;

/// <summary>
/// ETags: one value's is its tag, which names it for ever; several values' is a hash of all their tags, so that it
/// changes exactly when the set of values does.
/// </summary>
internal static class EntityTags
{
    private const int HashChars = 32;

    /// <summary>The ETag of one value.</summary>
    public static string Of(string tag) => string.Concat("\"", tag, "\"");

    /// <summary>The ETag of concurrent values: the first 128 bits of SHA-256 over the sorted tags, a line each.</summary>
    public static string Of(IReadOnlyList<Sibling> siblings)
    {
        if (siblings.Count == 1)
            return Of(siblings[0].Tag);
        var text = string.Join('\n', siblings.Select(sibling => sibling.Tag).Order(StringComparer.Ordinal));
        return Of("siblings-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashChars]);
    }

    /// <summary>Whether an If-None-Match header names this ETag (RFC 9110, section 13.1.2: weak comparison).</summary>
    public static bool Matches(StringValues ifNoneMatch, string etag)
    {
        if (ifNoneMatch.Count == 0)
            return false;
        if (ifNoneMatch.Count == 1 && ifNoneMatch[0] == etag)
            return true;
        if (!EntityTagHeaderValue.TryParseList(ifNoneMatch, out var wanted))
            return false;
        var own = new EntityTagHeaderValue(etag);
        return wanted.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(own, useStrongComparison: false));
    }
}
