using System.Globalization;
using System.Text;
using AkkaKv.Api;
using AkkaKv.Host.Spelling;

namespace AkkaKv.Server.Http;

/// <summary>Reads the query of a request under /kv/. What is unknown or malformed is refused and named, never ignored.</summary>
internal static class KvQueryParser
{
    private static readonly string[] ReadNames = ["n", "r", "w", "quorum", "timeout", "key", "sibling"];
    private static readonly string[] WriteNames = ["n", "r", "w", "quorum", "timeout", "key", "lww", "ttl"];
    private static readonly string[] DeleteNames = ["n", "r", "w", "quorum", "timeout", "key"];
    private static readonly string[] PlacementNames = ["n", "key"];

    /// <summary>Reads the text after the "?".</summary>
    /// <returns>Null when all of it was understood, else what was not.</returns>
    public static ProblemDocument? Parse(ReadOnlySpan<char> text, KvQueryScope scope, out KvQuery query)
    {
        query = new KvQuery { Options = RequestOptions.Default };
        var seen = 0;
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? [] : pair[(equals + 1)..];
            var slot = IndexOf(Names(scope), name);
            if (slot < 0)
                return Unknown(name.ToString(), scope);
            if ((seen & (1 << slot)) != 0)
                return Problems.InvalidQuery(name.ToString(), "given twice", "once", null);
            seen |= 1 << slot;
            if (Read(name, value, ref query) is { } allowed)
                return Problems.InvalidQuery(name.ToString(), value.ToString(), allowed, null);
        }

        return null;
    }

    private static string? Read(ReadOnlySpan<char> name, ReadOnlySpan<char> value, ref KvQuery query) => name switch
    {
        "n" or "r" or "w" => ReadNumber(name[0], value, ref query),
        "quorum" => ReadMode(value, ref query),
        "timeout" => ReadTimeout(value, ref query),
        "key" => ReadKey(value, ref query),
        "sibling" => ReadSibling(value, ref query),
        "ttl" => ReadTimeToLive(value, ref query),
        _ => ReadLastWriteWins(value, ref query),
    };

    private static string? ReadNumber(char name, ReadOnlySpan<char> value, ref KvQuery query)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return "a whole number from 1 to 15";
        query.Options = name switch
        {
            'n' => query.Options with { N = number },
            'r' => query.Options with { R = number },
            _ => query.Options with { W = number },
        };
        return null;
    }

    private static string? ReadMode(ReadOnlySpan<char> value, ref KvQuery query)
    {
        if (value is not ("strict" or "sloppy"))
            return "\"strict\" or \"sloppy\"";
        query.Options = query.Options with { Mode = value is "strict" ? QuorumMode.Strict : QuorumMode.Sloppy };
        return null;
    }

    private static string? ReadTimeout(ReadOnlySpan<char> value, ref KvQuery query)
    {
        if (!DurationText.TryParse(value, out var timeout))
            return "milliseconds, or a number with ms, s or m: 500, 500ms, 2s";
        query.Options = query.Options with { Timeout = timeout };
        return null;
    }

    private static string? ReadTimeToLive(ReadOnlySpan<char> value, ref KvQuery query)
    {
        if (!DurationText.TryParse(value, out var life) || life <= TimeSpan.Zero)
            return "milliseconds, or a number with ms, s, m, h or d: 30s, 12h";
        query.TimeToLive = life;
        return null;
    }

    private static string? ReadKey(ReadOnlySpan<char> value, ref KvQuery query)
    {
        if (!PercentEncoding.TryDecode(value, out var key))
            return "percent-encoded bytes: each \"%\" followed by two hexadecimal digits";
        query.Key = key;
        return null;
    }

    private static string? ReadSibling(ReadOnlySpan<char> value, ref KvQuery query)
    {
        if (value.IsEmpty || !PercentEncoding.TryDecode(value, out var tag))
            return "the tag of one of the key's siblings";
        query.Sibling = Encoding.UTF8.GetString(tag);
        return null;
    }

    private static string? ReadLastWriteWins(ReadOnlySpan<char> value, ref KvQuery query)
    {
        if (value is not ("true" or "false"))
            return "\"true\" or \"false\"";
        query.LastWriteWins = value is "true";
        return null;
    }

    private static string[] Names(KvQueryScope scope) => scope switch
    {
        KvQueryScope.Read => ReadNames,
        KvQueryScope.Write => WriteNames,
        KvQueryScope.Delete => DeleteNames,
        _ => PlacementNames,
    };

    private static int IndexOf(string[] names, ReadOnlySpan<char> name)
    {
        for (var slot = 0; slot < names.Length; slot++)
        {
            if (name.SequenceEqual(names[slot]))
                return slot;
        }

        return -1;
    }

    private static ProblemDocument Unknown(string name, KvQueryScope scope) =>
        Problems.UnknownQuery(name, string.Join(", ", Names(scope)), NearestName.Of(name, Names(scope)));
}
