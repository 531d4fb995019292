using System.Collections.Concurrent;
using System.Diagnostics;
using AkkaKv.Cluster.Tests.Abuse;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Faults.Loads;

/// <summary>
/// Reads and writes at a fixed rate, whatever becomes of those that were sent: a slow answer holds up no other request, so
/// none is missing from the figures. Each value is written once, and a key has one writer at a time.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    public const string Bucket = "load";

    /// <summary>A tick sends so many at once; finer ones would be lost in the scheduler.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly IReadOnlyList<NodeProcess> _entries;
    private readonly IReadOnlyList<LoadKey> _keys;
    private readonly int _requestsPerTick;
    private readonly ConcurrentQueue<LoadRequest> _done = new();
    private readonly ConcurrentDictionary<Task, byte> _underWay = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Task _pump;
    private int _staleReads;

    private SteadyLoad(IReadOnlyList<NodeProcess> entries, int requestsPerSecond, int keysOfEachPartition)
    {
        _entries = entries;
        _keys = [.. SpreadKeys.Names(Bucket, keysOfEachPartition).Select((name, number) => new LoadKey(number, name, SpreadKeys.PathOf(Bucket, name)))];
        _requestsPerTick = Math.Max(1, (int)(requestsPerSecond * Tick.TotalSeconds));

        // Not on the test's own scheduler, which would have it wait for what the test does.
        _pump = Task.Run(PumpAsync);
    }

    public WriteLedger Ledger { get; } = new();

    public IReadOnlyList<LoadKey> Keys => _keys;

    /// <summary>The clock of the requests.</summary>
    public TimeSpan Now => _watch.Elapsed;

    public IReadOnlyList<LoadRequest> Done => [.. _done];

    /// <summary>Answers that no store may give: values that nobody wrote, or beside what they replaced.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Reads that did not show the newest acknowledged value: a sloppy quorum does not promise it while owners are away.</summary>
    public int StaleReads => Volatile.Read(ref _staleReads);

    /// <summary>Starts, and waits until each key has been written.</summary>
    public static async Task<SteadyLoad> StartAsync(IReadOnlyList<NodeProcess> entries, int requestsPerSecond = 250, int keysOfEachPartition = 1)
    {
        var load = new SteadyLoad(entries, requestsPerSecond, keysOfEachPartition);
        try
        {
            await Wait.UntilAsync("each key of the load has been written", () => load._keys.All(key => key.Acknowledged is not null) || load._done.Any(request => request.Failed));
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }

        return load;
    }

    /// <summary>Waits until the load has gone on for so long.</summary>
    public Task GoOnAsync(TimeSpan duration)
    {
        TimeSpan end = Now + duration;
        return Wait.UntilAsync($"the load goes on for {duration.TotalSeconds:0} s", () => Now >= end);
    }

    /// <summary>Sends no more, and waits for the answers of what was sent.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        await Task.WhenAll(_underWay.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        using var ticks = new PeriodicTimer(Tick);
        int next = 0;
        int entry = 0;
        while (!_stop.IsCancellationRequested)
        {
            for (int sent = 0; sent < _requestsPerTick; sent++)
            {
                // Those that wait for an answer are passed over; all of them at once would be a load of its own kind.
                LoadKey key = _keys[next++ % _keys.Count];
                if (key.TryTake())
                    Send(key, _entries[entry++ % _entries.Count]);
            }

            await ticks.WaitForNextTickAsync();
        }
    }

    private void Send(LoadKey key, NodeProcess entry)
    {
        Task request = Task.Run(() => RequestAsync(key, entry));
        _underWay.TryAdd(request, 0);
        _ = request.ContinueWith(ended => _underWay.TryRemove(ended, out _), TaskScheduler.Default);
    }

    private async Task RequestAsync(LoadKey key, NodeProcess entry)
    {
        bool writes = key.NextWrites();
        TimeSpan startedAt = Now;
        string? refusal;
        try
        {
            refusal = writes ? await WriteAsync(key, entry) : await ReadAsync(key, entry);
        }
        catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException)
        {
            key.MustRead = true;
            refusal = broken.Message;
        }

        _done.Enqueue(new LoadRequest(writes, entry.Name, key.Name, startedAt, Now, refusal));
        key.Give();
    }

    private async Task<string?> WriteAsync(LoadKey key, NodeProcess entry)
    {
        var write = Ledger.Begin(new LedgerWrite(key.Name, key.NextValue(), IsDelete: false, key.Seen.Values));
        KvAnswer answer = await entry.Http.PutAsync(key.Path, write.Value, key.Seen.Token);
        if (answer.Status != 204)
        {
            if (answer.Outcome == "not-attempted")
                write.Outcome = WriteOutcome.NotAttempted;
            key.MustRead = true;
            return answer.ToString();
        }

        write.Outcome = WriteOutcome.Acknowledged;
        key.Acknowledged = write.Value;
        key.MustRead = answer.Context is null;
        if (answer.Context is not null)
            key.Seen = new SeenContext(answer.Context, new HashSet<string> { write.Value });
        return null;
    }

    private async Task<string?> ReadAsync(LoadKey key, NodeProcess entry)
    {
        KvAnswer answer = await entry.Http.GetAsync(key.Path);
        if (answer.Status is not (200 or 300 or 404))
            return answer.ToString();
        var texts = answer.Texts;
        foreach (string error in Ledger.ErrorsOfRead(key.Name, texts))
            _errors.Enqueue($"through {entry.Name}: {error}");
        bool isStale = key.Acknowledged is { } newest && !texts.Contains(newest) && !Ledger.MayBeGone(newest);
        if (isStale)
            Interlocked.Increment(ref _staleReads);
        else
            key.Seen = new SeenContext(answer.Context, texts.ToHashSet(StringComparer.Ordinal));
        key.MustRead = false;
        return null;
    }
}
