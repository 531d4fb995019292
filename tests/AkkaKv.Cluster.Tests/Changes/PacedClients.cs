using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using AkkaKv.Api;
using AkkaKv.Client;

namespace AkkaKv.Cluster.Tests.Changes;

/// <summary>One call as its client saw it, all its attempts together; times are since the load began.</summary>
/// <param name="Error">Null when it succeeded.</param>
internal sealed record PacedCall(bool IsWrite, string Key, TimeSpan StartedAt, TimeSpan EndedAt, KvError? Error)
{
    public TimeSpan Took => EndedAt - StartedAt;
}

/// <summary>
/// Clients that each read and write a key of their own, through any node, at a fixed pace: a constant load however fast the
/// cluster is. The .NET client's own retries are part of a call; each attempt beyond the first is counted.
/// </summary>
internal sealed class PacedClients : IAsyncDisposable
{
    public const string Bucket = "paced";

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<PacedCall> _done = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly AkkaKvClient _client;
    private readonly RequestOptions _options;
    private readonly Task[] _clients;
    private readonly Written[] _written;

    private PacedClients(IReadOnlyList<Uri> endpoints, int clients, TimeSpan pause, RequestOptions options)
    {
        var reach = new AkkaKvClientOptions { Endpoints = endpoints, ConnectionsPerEndpointMax = 256, AttemptsMax = 3 * endpoints.Count };
        _client = new AkkaKvClient(reach, TimeProvider.System, new Random(1));
        _options = options;
        _written = [.. Enumerable.Range(0, clients).Select(_ => new Written())];
        _clients = [.. Enumerable.Range(0, clients).Select(number => Task.Run(() => LiveAsync(number, pause)))];
    }

    public TimeSpan Now => _watch.Elapsed;

    public IReadOnlyList<PacedCall> Done => [.. _done];

    /// <summary>Answers that no store may give: an acknowledged value is missing, or an older one is back.</summary>
    public IReadOnlyList<string> Wrong => [.. _wrong];

    public long Retries => _client.Retries;

    /// <summary>Starts, and waits until every client has written.</summary>
    public static async Task<PacedClients> StartAsync(IReadOnlyList<Uri> endpoints, int clients, TimeSpan pause, RequestOptions options)
    {
        var load = new PacedClients(endpoints, clients, pause, options);
        await Processes.Wait.UntilAsync("every client has written", () => load._written.All(written => written.Acknowledged is not null));
        return load;
    }

    /// <summary>Ends the calls under way, then reads every key from all of its owners.</summary>
    public async Task EndAndCheckAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        for (int number = 0; number < _written.Length; number++)
        {
            GetReply reply = await _client.GetAsync(KeyOf(number), new RequestOptions(R: 3, Mode: QuorumMode.Strict), CancellationToken.None);
            Judge(number, reply, isLast: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
        _client.Dispose();
    }

    private async Task LiveAsync(int number, TimeSpan pause)
    {
        using var ticks = new PeriodicTimer(pause);
        for (int step = 0; !_stop.IsCancellationRequested; step++)
        {
            if (step % 2 == 0 && !_written[number].MustRead)
                await WriteAsync(number, step);
            else
                await ReadAsync(number);
            await ticks.WaitForNextTickAsync();
        }
    }

    private async Task WriteAsync(int number, int step)
    {
        Written written = _written[number];
        string value = $"client {number} step {step}";
        TimeSpan started = Now;
        var put = new PutRequest(Encoding.UTF8.GetBytes(value), Context: written.Context);
        PutReply reply = await _client.PutAsync(KeyOf(number), put, _options, CancellationToken.None);
        _done.Enqueue(new PacedCall(IsWrite: true, KeyOf(number).ToString(), started, Now, reply.Error));
        if (reply.Error is null)
        {
            written.Acknowledged = value;
            written.UnsureBefore = written.Unsure.Count;
            written.Context = reply.Context;
        }
        else if (reply.Error.Outcome == KvOutcome.Indeterminate)
        {
            written.Unsure.Add(value);
        }

        // Beside what an unsure write may have left, only a read knows what the next one replaces.
        written.MustRead = reply.Error is not null || reply.Context is null;
    }

    private async Task ReadAsync(int number)
    {
        TimeSpan started = Now;
        GetReply reply = await _client.GetAsync(KeyOf(number), _options, CancellationToken.None);
        _done.Enqueue(new PacedCall(IsWrite: false, KeyOf(number).ToString(), started, Now, reply.Error));
        if (reply.Error is not null)
            return;
        Judge(number, reply, isLast: false);
        _written[number].Context = reply.Context;
        _written[number].MustRead = false;
    }

    // Each key has one writer, which replaces what it has seen: a read shows the last acknowledged value, or a write after it
    // whose outcome nobody knows, which replaced it. Any of the unsure ones may come up beside it, late as it may be.
    private void Judge(int number, GetReply reply, bool isLast)
    {
        Written written = _written[number];
        string when = isLast ? "at the end" : $"at {Now.TotalSeconds:0.0} s";
        if (reply.Error is { } error)
        {
            if (isLast)
                _wrong.Enqueue($"client {number} {when}: {error.Detail}");
            return;
        }

        string[] values = [.. reply.Siblings.Select(sibling => Encoding.UTF8.GetString(sibling.Value.Span))];
        string expected = $"'{written.Acknowledged}'" + string.Concat(written.Unsure.Select(value => $" or '{value}'"));
        bool holds = values.Any(value => value == written.Acknowledged || written.Unsure.Skip(written.UnsureBefore).Contains(value));
        if (!holds || values.Any(value => value != written.Acknowledged && !written.Unsure.Contains(value)))
            _wrong.Enqueue($"client {number} {when}: expected {expected}, found [{string.Join(" | ", values)}]");
    }

    private static EntryKey KeyOf(int number) => EntryKey.FromText(Bucket, $"client-{number}");

    private sealed class Written
    {
        public string? Acknowledged { get; set; }

        /// <summary>Writes of which nobody knows whether they happened.</summary>
        public List<string> Unsure { get; } = [];

        /// <summary>How many of them came before the acknowledged one.</summary>
        public int UnsureBefore { get; set; }

        public CausalContext? Context { get; set; }

        public bool MustRead { get; set; }
    }
}
