using System.Net;
using System.Text.Json;
using AkkaKv.Api;
using AkkaKv.Client.Http;
using AkkaKv.Client.Sending;

namespace AkkaKv.Client;

/// <summary>
/// A cluster over HTTP, as the same door that a node offers in its own process. Make one and share it: it is safe for
/// concurrent use and keeps its connections.
/// </summary>
/// <remarks>
/// Calls start at the endpoints in turn. A request that could not be sent goes to the next endpoint; what was sent is
/// repeated only when that cannot have an effect twice (see <see cref="AkkaKvClientOptions.RetryIndeterminate"/>).
/// Key operations never throw for a refused request or an unreachable cluster: look at the reply's <c>Error</c>.
/// </remarks>
public sealed class AkkaKvClient : IAkkaKv, IDisposable
{
    private readonly AkkaKvClientOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestSender _sender;

    /// <summary>Makes a client; opens no connection yet.</summary>
    /// <param name="options">Endpoints and bounds.</param>
    /// <param name="time">The clock for deadlines and pauses: <see cref="TimeProvider.System"/> outside tests.</param>
    /// <param name="random">Draws the jitter of the pauses; used under a lock.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public AkkaKvClient(AkkaKvClientOptions options, TimeProvider time, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        options.Check();
        _options = options;
        _time = time;
        _sender = new RequestSender(options, time, random);
    }

    /// <inheritdoc/>
    public KvLimits Limits => _options.Limits;

    /// <summary>Attempts beyond the first, over all calls of this client so far.</summary>
    public long Retries => _sender.Retries;

    /// <summary>Makes a client with the system's clock and the defaults.</summary>
    /// <param name="endpoints">The nodes' URLs; none means the three default ports on this machine.</param>
    public static AkkaKvClient Connect(params Uri[] endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = endpoints.Length == 0 ? new AkkaKvClientOptions() : new AkkaKvClientOptions { Endpoints = endpoints };
        return new AkkaKvClient(options, TimeProvider.System, new Random());
    }

    /// <inheritdoc/>
    public async ValueTask<GetReply> GetAsync(EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        var shape = Read(HttpMethod.Get, RequestPath.Of(key, "", options), options, KvRead) with { Accept = "application/json, */*;q=0.1" };
        var result = await _sender.SendAsync(shape, cancellation);
        var (reply, error) = AnswerReader.Read(result, KvReader.Get);
        return reply ?? GetReply.Failed(error!);
    }

    /// <summary>Reads what a key holds without its values: its context and how many siblings there are.</summary>
    public async ValueTask<ContextReply> HeadAsync(EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        var result = await _sender.SendAsync(HeadShape(key, options), cancellation);
        return ContextOf(result);
    }

    /// <inheritdoc/>
    public async ValueTask<PutReply> PutAsync(EntryKey key, PutRequest put, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        ArgumentNullException.ThrowIfNull(put);
        var result = await _sender.SendAsync(PutShape(key, put, options, _options.RetryIndeterminate), cancellation);
        return WrittenOf(result);
    }

    /// <summary>
    /// Reads the key's context and writes with it, so that the value replaces everything that was there. With
    /// <see cref="AkkaKvClientOptions.RetryIndeterminate"/>, an unknown outcome is resolved by doing both again: the
    /// fresh context covers the first write where it did take effect, so that it leaves no sibling behind.
    /// </summary>
    /// <remarks>
    /// One case remains: the first write reached only a node that the second read could not ask. When that node comes
    /// back, the key has two siblings with the same bytes.
    /// </remarks>
    public async ValueTask<PutReply> ReplaceAsync(EntryKey key, PutRequest put, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        ArgumentNullException.ThrowIfNull(put);
        var deadline = _sender.NewDeadline();
        KvError? unknown = null;
        for (int round = 1; ; round++)
        {
            var head = ContextOf(await _sender.SendAsync(HeadShape(key, options), deadline, cancellation));
            if (head.Error is { } unread)
                return PutReply.Failed(unknown ?? unread);
            var result = await _sender.SendAsync(PutShape(key, put with { Context = head.Context }, options, repeat: false), deadline, cancellation);
            if (result.Error is { } failed && unknown is not null)
                result = result with { Error = failed with { Outcome = KvOutcome.Indeterminate } };
            if (result.Error is not { Outcome: KvOutcome.Indeterminate } error || !_options.RetryIndeterminate || round >= _options.AttemptsMax)
                return WrittenOf(result);
            unknown = error;
            if (!await _sender.PauseAsync(round, result.RetryAfter, deadline, cancellation))
                return WrittenOf(result);
            _sender.CountRetry();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<PutReply> DeleteAsync(EntryKey key, CausalContext? context, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        var shape = new CallShape(
            HttpMethod.Delete, RequestPath.Of(key, "", options), IsRead: false, KvWritten, AttemptTimeout(options), _options.RetryIndeterminate)
        {
            Body = ReadOnlyMemory<byte>.Empty,
            Context = context?.ToString(),
        };
        return WrittenOf(await _sender.SendAsync(shape, cancellation));
    }

    /// <inheritdoc/>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<IReadOnlyList<MemberInfo>> MembersAsync(CancellationToken cancellation) =>
        AnswerReader.ReadOrThrow(await AboutClusterAsync("/cluster/members", cancellation), ClusterReader.Members);

    /// <inheritdoc/>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<RingInfo> RingAsync(CancellationToken cancellation) =>
        AnswerReader.ReadOrThrow(await AboutClusterAsync("/cluster/ring", cancellation), ClusterReader.Ring);

    /// <inheritdoc/>
    public async ValueTask<(PlacementInfo? Placement, KvError? Error)> PlacementAsync(EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        var shape = Read(HttpMethod.Get, RequestPath.Of(key, "/placement", new RequestOptions(options.N)), options, Ok);
        var result = await _sender.SendAsync(shape, cancellation);
        return AnswerReader.Read(result, received => ClusterReader.Placement(received, key));
    }

    /// <inheritdoc/>
    /// <remarks>Of the next endpoint in turn; all of it from that one node.</remarks>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<NodeReport> ReportAsync(CancellationToken cancellation) =>
        AnswerReader.ReadOrThrow(await AboutClusterAsync("/cluster/report", cancellation), ReportReader.Report);

    /// <inheritdoc/>
    /// <remarks>On the next endpoint in turn. Repeated like a read: a second start joins the first.</remarks>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<RepairInfo?> RepairAsync(CancellationToken cancellation) =>
        AnswerReader.ReadOrThrow(await _sender.SendAsync(RepairShape(HttpMethod.Post), cancellation), ReportReader.Repair).Repair;

    /// <inheritdoc/>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<ClusterChangeInfo?> ClusterAsync(CancellationToken cancellation) =>
        AnswerReader.ReadOrThrow(await AboutClusterAsync("/cluster/changes", cancellation), ChangeReader.Cluster);

    /// <inheritdoc/>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<ChangeReply> StageAsync(ClusterChange change, bool takenBack, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        return ChangeReader.Order(await OrderAsync(takenBack ? HttpMethod.Delete : HttpMethod.Post, "/cluster/changes", change, cancellation));
    }

    /// <inheritdoc/>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<PlanReply> PlanAsync(CancellationToken cancellation)
    {
        var attempt = await AboutClusterAsync("/cluster/plan", cancellation);
        return ChangeReader.IsRefusal(attempt)
            ? new PlanReply(null, attempt.Error!.Detail)
            : new PlanReply(AnswerReader.ReadOrThrow(attempt, ChangeReader.Plan), "");
    }

    /// <inheritdoc/>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<ChangeReply> CommitAsync(long epoch, CancellationToken cancellation) =>
        ChangeReader.Order(await OrderAsync(HttpMethod.Post, "/cluster/commit", new { epoch }, cancellation));

    /// <inheritdoc/>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<ChangeReply> AbortAsync(IReadOnlyList<string> dead, CancellationToken cancellation) =>
        ChangeReader.Order(await OrderAsync(HttpMethod.Post, "/cluster/abort", new { dead }, cancellation));

    /// <summary>How the next endpoint in turn is.</summary>
    /// <exception cref="AkkaKvException">No endpoint answered.</exception>
    public async ValueTask<NodeHealth> HealthAsync(CancellationToken cancellation)
    {
        var result = await _sender.SendAsync(Read(HttpMethod.Get, "/ready", RequestOptions.Default, ReadyOrNot), cancellation);
        return AnswerReader.ReadOrThrow(result, ClusterReader.Health);
    }

    /// <summary>How one node is: asked once, no other node in its place.</summary>
    /// <param name="endpoint">Its URL; need not be one of the client's endpoints.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async ValueTask<(NodeHealth? Health, KvError? Error)> HealthOfAsync(Uri endpoint, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var shape = Read(HttpMethod.Get, "/ready", RequestOptions.Default, ReadyOrNot);
        var result = await _sender.OnceAsync(endpoint, shape, _sender.NewDeadline(), cancellation);
        return AnswerReader.Read(result, ClusterReader.Health);
    }

    /// <summary>What one node says of the cluster: asked once, no other node in its place.</summary>
    /// <param name="endpoint">Its URL; need not be one of the client's endpoints.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async ValueTask<(NodeReport? Report, KvError? Error)> ReportOfAsync(Uri endpoint, CancellationToken cancellation)
    {
        var shape = Read(HttpMethod.Get, "/cluster/report", RequestOptions.Default, Ok);
        return AnswerReader.Read(await _sender.OnceAsync(endpoint, shape, _sender.NewDeadline(), cancellation), ReportReader.Report);
    }

    /// <summary>Starts a repair on one node, or joins the one that is under way there; no other node in its place.</summary>
    /// <param name="endpoint">Its URL; need not be one of the client's endpoints.</param>
    /// <param name="cancellation">Stops the wait, not the repair.</param>
    public async ValueTask<(RepairReply? Repair, KvError? Error)> StartRepairOfAsync(Uri endpoint, CancellationToken cancellation) =>
        AnswerReader.Read(await _sender.OnceAsync(endpoint, RepairShape(HttpMethod.Post), _sender.NewDeadline(), cancellation), ReportReader.Repair);

    /// <summary>How the last repair on command of one node goes, or went.</summary>
    /// <param name="endpoint">Its URL; need not be one of the client's endpoints.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async ValueTask<(RepairReply? Repair, KvError? Error)> RepairOfAsync(Uri endpoint, CancellationToken cancellation) =>
        AnswerReader.Read(await _sender.OnceAsync(endpoint, RepairShape(HttpMethod.Get), _sender.NewDeadline(), cancellation), ReportReader.Repair);

    /// <inheritdoc/>
    public IIdService Ids => new IdsOverHttp(_sender, _options.AttemptTimeout);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _sender.Dispose();

    private static TimeSpan OrderTimeout => TimeSpan.FromSeconds(20);

    private static HttpStatusCode[] KvRead => [HttpStatusCode.OK, HttpStatusCode.MultipleChoices, HttpStatusCode.NotFound];

    private static HttpStatusCode[] KvWritten => [HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.Created];

    private static HttpStatusCode[] Ok => [HttpStatusCode.OK];

    private static HttpStatusCode[] OkOrAccepted => [HttpStatusCode.OK, HttpStatusCode.Accepted];

    private static HttpStatusCode[] ReadyOrNot => [HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable];

    private static ContextReply ContextOf(Attempt result) =>
        result.Error is { } error ? new ContextReply(false, 0, null, null, error) : KvReader.Head(result.Received!);

    private static PutReply WrittenOf(Attempt result) => result.Error is { } error ? PutReply.Failed(error) : KvReader.Put(result.Received!);

    private static void Require(EntryKey key, RequestOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(key.Bucket, nameof(key));
        ArgumentNullException.ThrowIfNull(options);
    }

    private CallShape HeadShape(EntryKey key, RequestOptions options) =>
        Read(HttpMethod.Head, RequestPath.Of(key, "", options), options, KvRead);

    private CallShape Read(HttpMethod method, string target, RequestOptions options, HttpStatusCode[] accepted) =>
        new(method, target, IsRead: true, accepted, AttemptTimeout(options));

    // A start is as harmless to repeat as a read: the second one joins the first.
    private CallShape RepairShape(HttpMethod method) => Read(method, "/cluster/repair", RequestOptions.Default, OkOrAccepted);

    private CallShape PutShape(EntryKey key, PutRequest put, RequestOptions options, bool repeat)
    {
        string? ttl = put.ExpiresAt is { } moment ? "ttl=" + RequestPath.Milliseconds(moment - _time.GetUtcNow()) : null;
        string target = RequestPath.Of(key, "", options, ttl, put.LastWriteWins ? "lww=true" : null);
        return new CallShape(HttpMethod.Put, target, IsRead: false, KvWritten, AttemptTimeout(options), repeat)
        {
            Body = put.Value,
            ContentType = put.ContentType,
            Context = put.Context?.ToString(),
        };
    }

    private TimeSpan AttemptTimeout(RequestOptions options)
    {
        var asked = options.Timeout is { } timeout ? timeout + TimeSpan.FromSeconds(1) : TimeSpan.Zero;
        return asked > _options.AttemptTimeout ? asked : _options.AttemptTimeout;
    }

    // Orders of an operator are few and their decision takes long: the whole of the deadline is theirs.
    private Task<Attempt> OrderAsync<T>(HttpMethod method, string path, T order, CancellationToken cancellation)
    {
        var shape = new CallShape(method, path, IsRead: false, Ok, OrderTimeout)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(order, JsonSerializerOptions.Web),
            ContentType = "application/json",
        };
        return _sender.SendAsync(shape, new Deadline(OrderTimeout, _time), cancellation);
    }

    private Task<Attempt> AboutClusterAsync(string path, CancellationToken cancellation) =>
        _sender.SendAsync(Read(HttpMethod.Get, path, RequestOptions.Default, Ok), cancellation);
}
