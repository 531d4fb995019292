using System.Globalization;
using System.Net;
using System.Text.Json;
using AkkaKv.Api;

namespace AkkaKv.Client.Http;

/// <summary>Reads the successful answers of <c>/kv</c>.</summary>
internal static class KvReader
{
    public static GetReply Get(Received received) => received.Status switch
    {
        HttpStatusCode.OK => new GetReply([Single(received)], Context(received), Quorum(received)),
        HttpStatusCode.MultipleChoices => new GetReply(Siblings(received), Context(received), Quorum(received)),
        _ => new GetReply([], Context(received), Quorum(received)),
    };

    public static PutReply Put(Received received) =>
        new(Tag(received), Context(received), SiblingCount(received) ?? 1, Quorum(received));

    public static ContextReply Head(Received received)
    {
        bool found = received.Status != HttpStatusCode.NotFound;
        return new ContextReply(found, SiblingCount(received) ?? (found ? 1 : 0), Context(received), Quorum(received));
    }

    /// <summary>Reads <c>n=3 w=2 got=2 overlapping=true</c>; words it does not know are passed over.</summary>
    public static QuorumReport? ParseQuorum(string? header, string? coordinator)
    {
        if (header is null)
            return null;
        int n = 0, needed = 0, got = 0;
        bool overlapping = false;
        foreach (string word in header.Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            int at = word.IndexOf('=', StringComparison.Ordinal);
            string name = at < 0 ? word : word[..at];
            string value = at < 0 ? "" : word[(at + 1)..];
            _ = int.TryParse(value, CultureInfo.InvariantCulture, out int number);
            switch (name)
            {
                case "n": n = number; break;
                case "r" or "w": needed = number; break;
                case "got": got = number; break;
                case "overlapping": overlapping = value == "true"; break;
            }
        }
        return new QuorumReport(n, needed, got, overlapping, coordinator ?? "");
    }

    private static Sibling Single(Received received) => new(
        Tag(received) ?? "",
        received.Body,
        received.ContentType,
        Moment(received.Header(HeaderNames.WrittenAt) ?? received.Header("Last-Modified")) ?? DateTimeOffset.UnixEpoch,
        Moment(received.Header(HeaderNames.Expires)),
        Deleted: false);

    private static List<Sibling> Siblings(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        var siblings = new List<Sibling>();
        foreach (var each in document.RootElement.GetProperty("siblings").EnumerateArray())
        {
            siblings.Add(new Sibling(
                each.GetProperty("tag").GetString() ?? "",
                Text(each, "value") is { } value ? Convert.FromBase64String(value) : ReadOnlyMemory<byte>.Empty,
                Text(each, "contentType"),
                Moment(Text(each, "writtenAt")) ?? DateTimeOffset.UnixEpoch,
                Moment(Text(each, "expiresAt")),
                each.TryGetProperty("deleted", out var deleted) && deleted.ValueKind == JsonValueKind.True));
        }
        return siblings;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Moment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    private static string? Tag(Received received)
    {
        string? tag = received.Header("ETag");
        if (tag is null)
            return null;
        return (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"');
    }

    private static CausalContext? Context(Received received) =>
        CausalContext.TryParse(received.Header(HeaderNames.Context), out var context) ? context : null;

    private static int? SiblingCount(Received received) =>
        int.TryParse(received.Header(HeaderNames.Siblings), CultureInfo.InvariantCulture, out int count) ? count : null;

    private static QuorumReport? Quorum(Received received) =>
        ParseQuorum(received.Header(HeaderNames.Quorum), received.Header(HeaderNames.Coordinator));
}
