using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AkkaKv.Fakes;

/// <summary>One request as it came over the wire; the target is not decoded.</summary>
public sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => Target.Split('?')[0];

    public string Query => Target.Contains('?', StringComparison.Ordinal) ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>An answer; or none: the connection is closed (<see cref="Abort"/>) or stays silent (<see cref="Hang"/>).</summary>
public sealed record FakeAnswer(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public static FakeAnswer Abort { get; } = new(-1, []);

    public static FakeAnswer Hang { get; } = new(-2, []);

    public static FakeAnswer Json(int status, string json, params (string Name, string Value)[] headers) =>
        new(status, Encoding.UTF8.GetBytes(json), [("Content-Type", "application/json"), .. headers]);

    public static FakeAnswer Problem(int status, string slug, string outcome, bool retryable, params (string Name, string Value)[] headers)
    {
        string json = $$"""{"type":"urn:akkakv:problem:{{slug}}","title":"t","status":{{status}},"detail":"said by the fake","needed":2,"got":1,"nodes":["node-3"],"outcome":"{{outcome}}","retryable":{{(retryable ? "true" : "false")}}}""";
        return new(status, Encoding.UTF8.GetBytes(json), [("Content-Type", "application/problem+json"), .. headers]);
    }
}

/// <summary>A small HTTP/1.1 server on a free port, whose answers a test decides.</summary>
public sealed class FakeNode : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _clients = new();
    private readonly Func<FakeRequest, FakeAnswer> _answer;

    public FakeNode(Func<FakeRequest, FakeAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Url { get; }

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    public void Dispose()
    {
        _listener.Stop();
        foreach (var client in _clients.Keys)
            client.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                client.NoDelay = true;
                _clients[client] = 0;
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            var buffered = new BufferedStream(stream);
            while (await ReadAsync(buffered) is { } request)
            {
                Requests.Enqueue(request);
                var answer = _answer(request);
                if (answer == FakeAnswer.Hang)
                    await new TaskCompletionSource().Task;
                if (answer == FakeAnswer.Abort)
                    break;
                await stream.WriteAsync(Encode(request, answer));
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The other side went away.
        }
        client.Dispose();
        _clients.TryRemove(client, out _);
    }

    private static byte[] Encode(FakeRequest request, FakeAnswer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Fake\r\n");
        foreach (var (name, value) in answer.Headers)
            head.Append($"{name}: {value}\r\n");
        if (answer.Status != 204)
            head.Append($"Content-Length: {answer.Body.Length}\r\n");
        head.Append("\r\n");
        byte[] bytes = Encoding.Latin1.GetBytes(head.ToString());
        return request.Method == "HEAD" || answer.Status == 204 ? bytes : [.. bytes, .. answer.Body];
    }

    private static async Task<FakeRequest?> ReadAsync(BufferedStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !(head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            head.Add(one[0]);
        }
        string[] lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var body = new byte[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length) : 0];
        await stream.ReadExactlyAsync(body);
        return new FakeRequest(first[0], first[1], headers, body);
    }
}

/// <summary>An address that refuses every connection: bound, so that nobody else gets it, and not listening.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");
    }

    public Uri Url { get; }

    public void Dispose() => _socket.Dispose();
}
