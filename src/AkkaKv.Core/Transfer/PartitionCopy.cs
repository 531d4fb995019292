using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Transfer;

/// <summary>What all copies of one epoch share.</summary>
internal sealed record CopyMeans(
    long Epoch, int Partitions, TransferOptions Options, WorkCalls Calls, ExchangePace Pace, TransferMeter Meter, SourceChoice Choice);

/// <summary>
/// Brings one partition from one node to this one: pulls a batch, merges it, notes the cursor, pulls the next. The next pull
/// tells the source that the batch is durable here.
/// </summary>
/// <remarks>
/// Whatever is lost, doubled, or cut off by a crash of either side, is asked for again from the last cursor noted: merges
/// make every repetition harmless. Only a last batch that was merged and noted ends it.
/// </remarks>
internal sealed class PartitionCopy(PartitionFetch fetch, CopyMeans means, Action<IActorContext, PartitionCopy> ended)
{
    private readonly PartitionRange _range = PartitionRange.Of(fetch.Partition, means.Partitions);
    private readonly Queue<TransferredObject> _waiting = new();
    private NodeId? _source;
    private long _cursor;
    private long _next;
    private long _bytes;
    private int _keys;
    private int _underWay;
    private int _failures;
    private string _mergeFailure = "";
    private TimeSpan _waitingSince;

    public PartitionFetch Fetch => fetch;

    public bool IsCopied { get; private set; }

    /// <summary>Keys that a source could not read, or that this node could not take in: the comparison looks for them elsewhere.</summary>
    public long DamagedKeys { get; private set; }

    /// <summary>Why it does not go on; empty when it does.</summary>
    public string Waiting { get; private set; } = "";

    public string WaitingAt(TimeSpan now) => Waiting.Length == 0
        ? ""
        : $"partition {fetch.Partition}: {Waiting}, for {(now - _waitingSince).TotalSeconds:0} s";

    public void Begin(IActorContext context)
    {
        ulong ticket = means.Calls.Ask(OnFact);
        context.Send(TransferSourceActor.StoreOf(context), new FactRead(CopyRecord.FactOf(fetch.Partition), ticket, context.Self));
    }

    private void OnFact(IActorContext context, Message answer)
    {
        CopyRecord? record = answer is FactReadDone done ? CopyRecord.Decode(done.Value) : null;
        if (record is not null && record.Epoch == means.Epoch && fetch.Sources.Contains(record.Source) && _range.Has(record.Cursor))
        {
            _source = record.Source;
            _cursor = record.Cursor;
            IsCopied = record.IsCopied;
        }

        if (IsCopied)
            ended(context, this);
        else
            Pull(context);
    }

    private void Pull(IActorContext context)
    {
        if (_source is not { } source || !means.Choice.IsReachable(source))
        {
            TakeSource(context);
            return;
        }

        ulong ticket = means.Calls.AskWithin(context, means.Options.PullTimeout, OnBatch);
        context.Send(
            new Address(source, ActorRole.TransferSource, (ulong)fetch.Partition),
            new TransferPull(fetch.Partition, _cursor, means.Options.BatchBytes, ticket, context.Self));
    }

    // The one that was begun with is waited for a while: a restart is no reason to begin anew.
    private void TakeSource(IActorContext context)
    {
        if (_source is null || _failures >= means.Options.TriesMax)
            ChangeSource(means.Choice.Choose(fetch, _source));
        if (_source is { } source && means.Choice.IsReachable(source))
            Pull(context);
        else
            Fail(context, $"{_source ?? fetch.Sources[0]} cannot be reached");
    }

    private void ChangeSource(NodeId? source)
    {
        if (source is null || source == _source)
            return;
        _source = source;
        _cursor = 0;
        _failures = 0;
    }

    private void OnBatch(IActorContext context, Message? answer)
    {
        if (answer is not TransferBatch batch)
            FailAtSource(context, answer is null ? "does not answer" : "answered with something else");
        else if (batch.Outcome == TransferOutcome.Busy)
            FailAtSource(context, "is busy");
        else if (batch.Outcome != TransferOutcome.Done)
            FailAtSource(context, "refuses: all nodes must have the same number of partitions");
        else if (!IsSound(batch))
            FailAtSource(context, "gave a batch that is none of this partition");
        else
            Take(context, batch);
    }

    private bool IsSound(TransferBatch batch)
    {
        if (batch.NextCursor >= 0 && (batch.NextCursor <= _cursor || !_range.Has(batch.NextCursor)))
            return false;
        foreach (TransferredObject moved in batch.Objects)
        {
            if (moved.Key.Hash < _range.First || moved.Key.Hash > _range.Last)
                return false;
        }

        return true;
    }

    private void Take(IActorContext context, TransferBatch batch)
    {
        _next = batch.NextCursor;
        _keys = batch.Objects.Count;
        _bytes = 0;
        _mergeFailure = "";
        DamagedKeys += batch.Damaged.Count;
        foreach (TransferredObject moved in batch.Objects)
        {
            _waiting.Enqueue(moved);
            _bytes += moved.Object.Length;
        }

        Merge(context);
    }

    private void Merge(IActorContext context)
    {
        var replica = new Address(context.Self.Node, ActorRole.Replica, (ulong)fetch.Partition);
        while (_underWay < means.Options.MergesMax && _waiting.TryDequeue(out TransferredObject moved))
        {
            _underWay++;
            context.Send(replica, new ReplicaMerge(moved.Key, moved.Object, means.Calls.Ask(OnMerged), context.Self));
        }

        if (_underWay == 0)
            EndBatch(context);
    }

    private void OnMerged(IActorContext context, Message answer)
    {
        _underWay--;
        ReplicaOutcome? outcome = (answer as ReplicaMergeDone)?.Outcome;
        if (outcome == ReplicaOutcome.Corrupt)
            DamagedKeys++;
        else if (outcome != ReplicaOutcome.Done)
            GiveUpBatch(outcome);
        Merge(context);
    }

    // The whole batch is pulled again: what was merged of it, is merged again.
    private void GiveUpBatch(ReplicaOutcome? outcome)
    {
        _mergeFailure = $"this node cannot take in objects ({outcome})";
        _waiting.Clear();
        if (outcome is ReplicaOutcome.Busy or ReplicaOutcome.BusyUnsure)
            means.Pace.SlowDown();
    }

    private void EndBatch(IActorContext context)
    {
        if (_mergeFailure.Length > 0)
            Fail(context, _mergeFailure);
        else
            Note(context);
    }

    private void Note(IActorContext context)
    {
        var record = new CopyRecord(means.Epoch, _source!.Value, _next < 0 ? 0 : _next, _next < 0);
        ulong ticket = means.Calls.Ask(OnNoted);
        context.Send(
            TransferSourceActor.StoreOf(context), new FactWrite(CopyRecord.FactOf(fetch.Partition), record.Encode(), ticket, context.Self));
    }

    private void OnNoted(IActorContext context, Message answer)
    {
        if (answer is not FactWriteDone { IsDone: true })
        {
            Fail(context, "this node's store takes no writes");
            return;
        }

        Count(context);
        _failures = 0;
        Waiting = "";
        if (_next < 0)
        {
            IsCopied = true;
            ended(context, this);
            return;
        }

        _cursor = _next;
        TimeSpan delay = means.Meter.DelayAt(context.Now);
        means.Calls.After(context, delay > means.Pace.Pause ? delay : means.Pace.Pause, Pull);
    }

    private void Count(IActorContext context)
    {
        means.Meter.Add(context.Now, _keys, _bytes);
        context.Count(Counter.TransferBatches);
        context.Count(Counter.TransferKeys, _keys);
        context.Count(Counter.TransferBytes, _bytes);
    }

    private void FailAtSource(IActorContext context, string why)
    {
        NodeId source = _source!.Value;
        if (_failures + 1 >= means.Options.TriesMax)
            ChangeSource(means.Choice.Choose(fetch, source));
        Fail(context, $"{source} {why}");
    }

    private void Fail(IActorContext context, string why)
    {
        if (Waiting.Length == 0)
            _waitingSince = context.Now;
        Waiting = why;
        TimeSpan delay = means.Options.RetryDelay * (1 << Math.Min(_failures++, 10));
        TimeSpan longest = means.Options.RetryDelayMax;
        means.Calls.After(context, (delay < longest ? delay : longest) * (0.75 + (0.5 * context.Random.NextDouble())), Pull);
    }
}
