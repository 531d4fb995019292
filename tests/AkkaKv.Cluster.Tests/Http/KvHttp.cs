using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AkkaKv.Cluster.Tests.Http;

/// <summary>Plain HTTP to one node, so that what is tested is what any client would see.</summary>
internal sealed class KvHttp(HttpClient client, Uri node)
{
    public const string ContextHeader = "X-AkkaKv-Context";

    public static HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    public static string PathOf(string bucket, string key, string query = "") => $"/kv/{bucket}/{Uri.EscapeDataString(key)}{query}";

    public Task<KvAnswer> GetAsync(string target, string? accept = "application/json") => SendAsync(HttpMethod.Get, target, null, null, accept);

    /// <summary>Asks a node that may not be there; null when it takes no connection or does not answer.</summary>
    public async Task<KvAnswer?> TryGetAsync(string target)
    {
        try
        {
            return await GetAsync(target);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public Task<KvAnswer> PutAsync(string target, string value, string? context = null) =>
        PutAsync(target, Encoding.UTF8.GetBytes(value), "text/plain", context);

    public Task<KvAnswer> PutAsync(string target, byte[] value, string contentType, string? context)
    {
        var content = new ByteArrayContent(value);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return SendAsync(HttpMethod.Put, target, content, context, null);
    }

    public Task<KvAnswer> PostAsync(string target) => SendAsync(HttpMethod.Post, target, null, null, null);

    public Task<KvAnswer> DeleteAsync(string target, string? context) => SendAsync(HttpMethod.Delete, target, null, context, null);

    private async Task<KvAnswer> SendAsync(HttpMethod method, string target, HttpContent? content, string? context, string? accept)
    {
        // The target goes out as it stands: a key is what was escaped, not what a library tidied up.
        var url = new Uri(node.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, url) { Content = content };
        if (context is not null)
            request.Headers.TryAddWithoutValidation(ContextHeader, context);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        return new KvAnswer(
            (int)response.StatusCode,
            body,
            response.Content.Headers.ContentType?.ToString(),
            Header(response, ContextHeader),
            int.Parse(Header(response, "X-AkkaKv-Siblings") ?? "0", CultureInfo.InvariantCulture),
            Header(response, "X-AkkaKv-Quorum"));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}

/// <summary>An answer as it came.</summary>
internal sealed record KvAnswer(int Status, byte[] Body, string? ContentType, string? Context, int Siblings, string? Quorum)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The values that were read, live ones only: none, one or several.</summary>
    public IReadOnlyList<byte[]> Values => Status switch
    {
        200 => [Body],
        300 => [.. Json.GetProperty("siblings").EnumerateArray()
            .Where(sibling => !sibling.GetProperty("deleted").GetBoolean())
            .Select(sibling => sibling.GetProperty("value").GetBytesFromBase64())],
        404 => [],
        _ => throw new InvalidOperationException($"A read must be answered with 200, 300 or 404; found {this}."),
    };

    public IReadOnlyList<string> Texts => [.. Values.Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal)];

    /// <summary>The problem's name behind the common prefix.</summary>
    public string Problem
    {
        get
        {
            ContentType.ShouldNotBeNull(ToString());
            ContentType.ShouldStartWith("application/problem+json", Case.Sensitive, ToString());
            return Json.GetProperty("type").GetString()!.Split(':')[^1];
        }
    }

    public string Outcome => Json.GetProperty("outcome").GetString()!;

    public string Detail => Json.GetProperty("detail").GetString()!;

    public override string ToString() => $"{Status} {ContentType} {Text}";
}
