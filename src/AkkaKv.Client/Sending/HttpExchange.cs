using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AkkaKv.Api;
using AkkaKv.Client.Http;

namespace AkkaKv.Client.Sending;

/// <summary>
/// One request to one endpoint. Tells apart "no connection, so nothing was sent" from "sent, and no answer": only the
/// first leaves a write free to go elsewhere.
/// </summary>
/// <remarks>
/// A delete is sent with an empty body on purpose. <see cref="SocketsHttpHandler"/> silently repeats a request without
/// a body when a pooled connection turns out to be closed; with one it reports the failure, and the decision is ours.
/// </remarks>
internal sealed class HttpExchange : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public HttpExchange(AkkaKvClientOptions options, TimeProvider time)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = options.ConnectionsPerEndpointMax,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, options.ConnectTimeout, cancellation),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = options.ResponseBytesMax };
    }

    public async Task<Attempt> SendAsync(Uri endpoint, CallShape shape, TimeSpan limit, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
        using var request = Build(endpoint, shape);
        try
        {
            using var message = await _http.SendAsync(request, linked.Token);
            byte[] body = await message.Content.ReadAsByteArrayAsync(linked.Token);
            var received = new Received(endpoint, message.StatusCode, message, body);
            return shape.Accepted.Contains(message.StatusCode)
                ? new Attempt(received, null)
                : new Attempt(received, ProblemReader.Read(received, shape.IsRead), RetryAfter: RetryAfter(message));
        }
        catch (HttpRequestException failure) when (IsConnectFailure(failure))
        {
            string why = (failure.InnerException ?? failure).Message;
            return new Attempt(null, new KvError(KvErrorCode.NotReady, $"no connection to {endpoint}: {why}", Retryable: true), NothingSent: true);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new Attempt(null, NoAnswer(shape, $"{endpoint} closed the connection before it answered: {failure.Message}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Attempt(null, NoAnswer(shape, $"{endpoint} did not answer within {limit.TotalSeconds:0.###} s"));
        }
    }

    public void Dispose() => _http.Dispose();

    private static KvError NoAnswer(CallShape shape, string detail) => shape.IsRead
        ? new KvError(KvErrorCode.QuorumNotReached, detail, Retryable: true)
        : new KvError(KvErrorCode.QuorumNotReached, detail + "; the write may or may not have taken effect: read the key to know", KvOutcome.Indeterminate, Retryable: true);

    private static bool IsConnectFailure(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private static HttpRequestMessage Build(Uri endpoint, CallShape shape)
    {
        // Uri would decode %2E and then resolve the dots away, which makes another key of "..".
        string target = endpoint.GetLeftPart(UriPartial.Authority) + shape.PathAndQuery;
        var uri = new Uri(target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(shape.Method, uri) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (shape.Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            if (shape.ContentType is { } type)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        if (shape.Context is { } context)
            request.Headers.TryAddWithoutValidation(HeaderNames.Context, context);
        if (shape.Accept is { } accept)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return request;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage message) => message.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, TimeSpan limit, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, linked.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is OperationCanceledException && !cancellation.IsCancellationRequested)
                throw new TimeoutException($"no connection within {limit.TotalSeconds:0.###} s", failure);
            throw;
        }
    }
}
