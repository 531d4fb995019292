using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AkkaKv.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace AkkaKv.Server.Tests.Http;

/// <summary>The facade on a real Kestrel with a port of the system's choosing, in front of a fake node.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private TestServer(WebApplication app, FakeAkkaKv door)
    {
        this.app = app;
        Door = door;
        Url = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Url };
    }

    public FakeAkkaKv Door { get; }

    public Uri Url { get; }

    public HttpClient Client { get; }

    public static async Task<TestServer> StartAsync(Func<HttpFacadeOptions, HttpFacadeOptions>? change = null, FakeAkkaKv? door = null)
    {
        door ??= new FakeAkkaKv();
        var options = new HttpFacadeOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), LogLevel = LogLevel.None };
        var built = HttpFacade.Build(change?.Invoke(options) ?? options, door, TimeProvider.System);
        await built.StartAsync();
        return new TestServer(built, door);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    public Task<HttpResponseMessage> PutAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync("PUT", path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), headers);

    public async Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Url.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = content;
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request);
    }

    /// <summary>Sends bytes as they are and reads one answer: to the end of its Content-Length, or until the server closes.</summary>
    public async Task<string> RawAsync(string text)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Url.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsWhole(answer.ToString()) && await stream.ReadAsync(buffer) is > 0 and var count)
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return answer.ToString();
    }

    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        const string Name = "Content-Length: ";
        var length = answer.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return length >= 0 && length < end
            && answer.Length - end - 4 >= int.Parse(answer.AsSpan(length + Name.Length, answer.IndexOf('\r', length) - length - Name.Length));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>Reads what the tests look at.</summary>
internal static class Answers
{
    public static string Header(this HttpResponseMessage answer, string name) => string.Join(",", answer.Headers.GetValues(name));

    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, int status, string slug)
    {
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        problem.GetProperty("type").GetString().ShouldBe("urn:akkakv:problem:" + slug);
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }
}
