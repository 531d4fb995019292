using System.Threading.Channels;
using AkkaKv.Api;
using AkkaKv.Cli.Output;

namespace AkkaKv.Cli.Load;

/// <summary>How a load runs.</summary>
internal sealed record LoadOptions
{
    public required string Bucket { get; init; }

    /// <summary>Records in flight at once, each in a lane of its own.</summary>
    public required int Concurrency { get; init; }

    /// <summary>So many records in a row lost to an unreachable cluster end the load.</summary>
    public required int GiveUpAfter { get; init; }

    /// <summary>Records that wait in one lane, so that a slow one does not stop the reader at once; bounds the memory.</summary>
    public int LaneRecordsMax { get; init; } = 8;

    /// <summary>What is under way when the load is stopped may take this long to end.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>Writes one record; never throws for a refusal.</summary>
internal delegate ValueTask<PutReply> RecordPut(EntryKey key, ReadOnlyMemory<byte> value, CancellationToken cancellation);

/// <summary>
/// Moves records from the reader to the cluster. Each key belongs to one lane, and a lane works on one record at a
/// time: records of one key are written in the file's order and never two at once.
/// </summary>
internal sealed class LoadEngine(LoadOptions options, RecordPut put, LoadCounts counts, FailureFile failures, AckLog? acks, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _giveUp = new();
    private int _unavailableInARow;

    /// <summary>True when the load ended because the cluster stayed unreachable.</summary>
    public bool GaveUp => _giveUp.IsCancellationRequested;

    public async Task RunAsync(IRecordReader reader, CancellationToken interrupt)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt, _giveUp.Token);
        using var grace = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var onStop = stop.Token.Register(() => grace.CancelAfter(options.StopGrace));
        var lanes = new Channel<LoadItem>[options.Concurrency];
        for (int lane = 0; lane < lanes.Length; lane++)
            lanes[lane] = Channel.CreateBounded<LoadItem>(new BoundedChannelOptions(options.LaneRecordsMax) { SingleReader = true, SingleWriter = true });
        var workers = lanes.Select(lane => Task.Run(() => WorkAsync(lane.Reader, stop.Token, grace.Token), CancellationToken.None)).ToArray();
        var dispatch = Task.Run(() => DispatchAsync(reader, lanes, stop.Token), CancellationToken.None);
        // A reader that waits on standard input can't be woken; when the load is stopped it is left where it is.
        await Task.WhenAny(dispatch, Task.Delay(Timeout.InfiniteTimeSpan, stop.Token));
        foreach (var lane in lanes)
            lane.Writer.TryComplete();
        await Task.WhenAll(workers);
        await Task.WhenAny(dispatch, Task.Delay(TimeSpan.FromMilliseconds(500), time, CancellationToken.None));
        if (dispatch.IsFaulted)
            await dispatch;
    }

    private async Task DispatchAsync(IRecordReader reader, Channel<LoadItem>[] lanes, CancellationToken stop)
    {
        foreach (var item in reader.Read())
        {
            if (stop.IsCancellationRequested)
                return;
            counts.CountRead(item.Line);
            if (item.Problem is { } problem)
            {
                counts.CountMalformed();
                failures.Write(item, "malformed", problem);
                continue;
            }
            try
            {
                await lanes[LaneOf(item.Key!, lanes.Length)].Writer.WriteAsync(item, stop);
            }
            catch (Exception failure) when (failure is OperationCanceledException or ChannelClosedException)
            {
                NotAttempted(item);
                return;
            }
        }
    }

    private async Task WorkAsync(ChannelReader<LoadItem> lane, CancellationToken stop, CancellationToken grace)
    {
        await foreach (var item in lane.ReadAllAsync(CancellationToken.None))
        {
            if (stop.IsCancellationRequested)
                NotAttempted(item);
            else
                await WriteAsync(item, grace);
        }
    }

    private async Task WriteAsync(LoadItem item, CancellationToken grace)
    {
        KvError? error;
        try
        {
            error = (await put(EntryKey.FromText(options.Bucket, item.Key!), item.Value, grace)).Error;
        }
        catch (OperationCanceledException)
        {
            error = new KvError(KvErrorCode.QuorumNotReached, "the load was stopped while this record was under way", KvOutcome.Indeterminate);
        }
        if (error is null)
            Acknowledged(item);
        else
            Failed(item, error);
    }

    private void Acknowledged(LoadItem item)
    {
        Interlocked.Exchange(ref _unavailableInARow, 0);
        counts.CountAcknowledged();
        acks?.Write(item.Key!);
    }

    private void Failed(LoadItem item, KvError error)
    {
        bool indeterminate = error.Outcome == KvOutcome.Indeterminate;
        counts.CountFailed(indeterminate);
        failures.Write(item, indeterminate ? "indeterminate" : "not-attempted", $"{error.Slug}: {error.Detail}");
        if (!ErrorPrinter.IsUnavailable(error.Code))
            Interlocked.Exchange(ref _unavailableInARow, 0);
        else if (Interlocked.Increment(ref _unavailableInARow) >= options.GiveUpAfter)
            _giveUp.Cancel();
    }

    private void NotAttempted(LoadItem item)
    {
        counts.CountNotAttempted();
        failures.Write(item, "not-attempted", GaveUp ? "the load gave up before this record's turn" : "the load was interrupted before this record's turn");
    }

    public void Dispose() => _giveUp.Dispose();

    /// <summary>The lane of a key within this run: any even spread will do, as long as equal keys meet.</summary>
    private static int LaneOf(string key, int lanes) => (int)((uint)string.GetHashCode(key, StringComparison.Ordinal) % (uint)lanes);
}
