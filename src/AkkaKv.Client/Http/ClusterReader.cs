using System.Globalization;
using System.Text.Json;
using AkkaKv.Api;

namespace AkkaKv.Client.Http;

/// <summary>Reads the answers about the cluster. Tolerant: what is absent takes an empty value, what is new is passed over.</summary>
internal static class ClusterReader
{
    public static IReadOnlyList<MemberInfo> Members(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        return MemberList(document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement : document.RootElement.GetProperty("members"));
    }

    public static RingInfo Ring(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        var root = document.RootElement;
        var owners = new List<IReadOnlyList<string>>();
        if (root.TryGetProperty("owners", out var lists) && lists.ValueKind == JsonValueKind.Array)
        {
            foreach (var list in lists.EnumerateArray())
                owners.Add([.. list.EnumerateArray().Select(owner => owner.GetString() ?? "")]);
        }
        var members = root.TryGetProperty("members", out var found) ? MemberList(found) : [];
        return new RingInfo(Long(root, "epoch"), (int)Long(root, "partitions"), (int)Long(root, "n"), owners, members);
    }

    /// <summary>The key is the caller's own: what the answer repeats of it is for people.</summary>
    public static PlacementInfo Placement(Received received, EntryKey key)
    {
        using var document = JsonDocument.Parse(received.Body);
        var root = document.RootElement;
        return new PlacementInfo(
            key,
            Hash(root),
            (int)Long(root, "partition"),
            root.TryGetProperty("owners", out var owners) ? MemberList(owners) : [],
            root.TryGetProperty("fallbacks", out var fallbacks) ? MemberList(fallbacks) : []);
    }

    public static NodeHealth Health(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        var root = document.RootElement;
        var store = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (root.TryGetProperty("store", out var facts) && facts.ValueKind == JsonValueKind.Object)
        {
            foreach (var fact in facts.EnumerateObject())
                store[fact.Name] = fact.Value.ToString();
        }
        IReadOnlyList<string> reasons = root.TryGetProperty("reasons", out var listed) && listed.ValueKind == JsonValueKind.Array
            ? [.. listed.EnumerateArray().Select(reason => reason.ToString())]
            : [];
        bool ready = root.TryGetProperty("ready", out var flag) ? flag.ValueKind == JsonValueKind.True : (int)received.Status == 200;
        return new NodeHealth(Text(root, "node") ?? received.Endpoint.Authority, ready, reasons, store);
    }

    public static IReadOnlyList<MemberInfo> MemberList(JsonElement list)
    {
        var members = new List<MemberInfo>();
        foreach (var each in list.EnumerateArray())
            members.Add(each.ValueKind == JsonValueKind.String ? Named(each.GetString()!) : Member(each));
        return members;
    }

    private static MemberInfo Named(string name) => new(name, "", null, "", 1, Reachable: true, Self: false, 0);

    private static MemberInfo Member(JsonElement each) => new(
        Text(each, "name") ?? "",
        Text(each, "endpoint") ?? "",
        Text(each, "httpEndpoint"),
        Text(each, "zone") ?? "",
        each.TryGetProperty("weight", out var weight) && weight.TryGetDouble(out double number) ? number : 1,
        Flag(each, "reachable", absent: true),
        Flag(each, "self", absent: false),
        (int)Long(each, "partitions"))
    {
        Health = each.TryGetProperty("health", out var health) && health.ValueKind == JsonValueKind.Object ? ReportReader.Health(health) : null,
    };

    /// <summary>A 64-bit hash is beyond what many JSON readers hold in a number, so it may come as text: decimal or hexadecimal.</summary>
    private static ulong Hash(JsonElement root)
    {
        if (!root.TryGetProperty("hash", out var hash))
            return 0;
        if (hash.ValueKind == JsonValueKind.Number)
            return hash.GetUInt64();
        string text = hash.GetString() ?? "";
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        bool isHex = text.Length == 16 || !ulong.TryParse(text, CultureInfo.InvariantCulture, out _);
        return ulong.Parse(text, isHex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name, bool absent) =>
        element.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.True : absent;

    private static long Long(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : 0;
}
