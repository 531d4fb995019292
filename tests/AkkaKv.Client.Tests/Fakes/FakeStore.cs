using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace AkkaKv.Fakes;

/// <summary>
/// The HTTP contract in one dictionary: siblings, contexts, tombstones, and the answers about a cluster of one node.
/// A context is the list of the tags it covers.
/// </summary>
public sealed class FakeStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Entry>> _entries = [];
    private readonly HashSet<string> _known = [];
    private int _writes;

    public FakeStore() => Node = new FakeNode(Answer);

    public FakeNode Node { get; }

    public Uri Url => Node.Url;

    /// <summary>Answers instead of the store when it returns something.</summary>
    public Func<FakeRequest, FakeAnswer?> Before { get; set; } = _ => null;

    /// <summary>Answers instead of the store, after the store has done what was asked.</summary>
    public Func<FakeRequest, FakeAnswer?> After { get; set; } = _ => null;

    public int KeyCount => Read(() => _entries.Count(each => each.Value.Any(entry => !entry.Deleted)));

    public IReadOnlyList<byte[]> Values(string path) => Read(() => _entries.GetValueOrDefault(path, []).Where(entry => !entry.Deleted).Select(entry => entry.Value).ToList());

    public IReadOnlyList<string> Texts(string path) => [.. Values(path).Select(Encoding.UTF8.GetString)];

    public string? ContentType(string path) => Read(() => _entries[path][0].ContentType);

    public void Dispose() => Node.Dispose();

    private sealed record Entry(string Tag, byte[] Value, string? ContentType, bool Deleted);

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }

    private FakeAnswer Answer(FakeRequest request)
    {
        if (Before(request) is { } instead)
            return instead;
        var answer = Read(() => Stored(request));
        return After(request) ?? answer;
    }

    private FakeAnswer Stored(FakeRequest request) => (request.Method, request.Path) switch
    {
        (_, "/cluster/members") => FakeAnswer.Json(200, $"[{Member}]"),
        (_, "/cluster/report") => FakeAnswer.Json(200, $$"""{"members":[{{Member}}],"hints":[],"tombstones":{"dead":0,"waiting":[]},"antiEntropy":{"treeBytes":0,"pause":"2ms","waitingFor":""},"counters":{},"isComplete":true}"""),
        (_, "/cluster/ring") => FakeAnswer.Json(200, $$"""{"epoch":1,"partitions":4,"n":1,"owners":[["node-1"],["node-1"],["node-1"],["node-1"]],"members":[{{Member}}]}"""),
        (_, "/ready") => FakeAnswer.Json(200, """{"node":"node-1","ready":true,"reasons":[],"store":{"kind":"fake","keys":"7"}}"""),
        (_, var path) when path.EndsWith("/placement", StringComparison.Ordinal) =>
            FakeAnswer.Json(200, $$"""{"key":{"bucket":"default","name":"YQ=="},"hash":18446744073709551615,"partition":3,"owners":[{{Member}}],"fallbacks":[]}"""),
        ("GET" or "HEAD", _) => Get(request),
        ("PUT", _) => Put(request, deleted: false),
        ("DELETE", _) => Put(request, deleted: true),
        _ => new FakeAnswer(405, []),
    };

    private string Member =>
        $$"""{"name":"node-1","endpoint":"127.0.0.1:9","httpEndpoint":"{{Url}}","zone":"a","weight":1,"reachable":true,"self":true,"partitions":4}""";

    private FakeAnswer Put(FakeRequest request, bool deleted)
    {
        var entries = _entries.TryGetValue(request.Path, out var found) ? found : _entries[request.Path] = [];
        var covered = Covered(request);
        entries.RemoveAll(entry => covered.Contains(entry.Tag) || request.Query.Contains("lww=true", StringComparison.Ordinal));
        var entry = new Entry($"t{++_writes}", request.Body, request.Header("Content-Type"), deleted);
        entries.Add(entry);
        _known.Add(entry.Tag);
        return new FakeAnswer(204, [], [.. Headers(entries, "w"), ("ETag", $"\"{entry.Tag}\"")]);
    }

    private FakeAnswer Get(FakeRequest request)
    {
        if (!_entries.TryGetValue(request.Path, out var entries))
            return new FakeAnswer(404, []);
        if (entries.All(entry => entry.Deleted))
            return new FakeAnswer(404, [], Headers(entries, "r"));
        if (entries.Count > 1)
            return FakeAnswer.Json(300, JsonSerializer.Serialize(new { siblings = entries.Select(Json) }), Headers(entries, "r"));
        var only = entries[0];
        (string, string)[] headers = [.. Headers(entries, "r"), ("ETag", $"\"{only.Tag}\""), ("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")];
        return new FakeAnswer(200, only.Value, only.ContentType is { } type ? [.. headers, ("Content-Type", type)] : headers);
    }

    private static object Json(Entry entry) => new
    {
        tag = entry.Tag,
        contentType = entry.ContentType,
        value = Convert.ToBase64String(entry.Value),
        writtenAt = "2026-11-22T10:00:00Z",
        expiresAt = (string?)null,
        deleted = entry.Deleted,
    };

    private static (string Name, string Value)[] Headers(List<Entry> entries, string kind) =>
    [
        ("X-AkkaKv-Context", Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Join(',', entries.Select(entry => entry.Tag))))),
        ("X-AkkaKv-Quorum", $"n=3 {kind}=2 got=2 overlapping=true"),
        ("X-AkkaKv-Coordinator", "node-1"),
        ("X-AkkaKv-Siblings", entries.Count.ToString()),
    ];

    private static string[] Covered(FakeRequest request) =>
        request.Header("X-AkkaKv-Context") is { } token ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(token)).Split(',') : [];
}
