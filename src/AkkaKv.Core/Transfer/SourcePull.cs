using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Transfer;

/// <summary>One pull at its source: reads one object after the other, so that requests are served in between.</summary>
/// <remarks>
/// The parts of a scan come in the order of the hashes, and a part's keys are sorted here; so all keys before the one at
/// which a batch ends were told, wherever in a part that is.
/// </remarks>
internal sealed class SourcePull(TransferPull pull, PartitionRange range, ulong ticket)
{
    // What a key costs beside its bytes and its object.
    private const int KeyOverheadBytes = 32;

    private readonly List<TransferredObject> _objects = [];
    private readonly List<StoreKey> _damaged = [];
    private readonly Queue<StoreKey> _part = new();
    private long _scanCursor;
    private long _bytes;
    private int _leftOut;

    public Address Puller => pull.ReplyTo;

    /// <summary>Of its questions to the store.</summary>
    public ulong Ticket => ticket;

    public void Begin(IActorContext context) => Scan(context);

    /// <returns>True when it has answered.</returns>
    public bool OnScanned(IActorContext context, StoreScanDone done)
    {
        List<StoreKey> keys = [.. done.Keys];
        keys.Sort(PartitionRange.Compare);
        foreach (StoreKey key in keys)
            _part.Enqueue(key);
        _scanCursor = done.NextCursor;
        return GoOn(context);
    }

    /// <returns>True when it has answered.</returns>
    public bool OnRead(IActorContext context, StoreReadDone done)
    {
        StoreKey key = _part.Peek();
        int bytes = key.Bytes.Length + done.Object.Length + KeyOverheadBytes;
        if (done.Outcome != StoreOutcome.Done)
            _damaged.Add(key);
        else if (_objects.Count > 0 && _bytes + bytes > pull.BytesMax && !IsStuckAt(key))
            return End(context, range.CursorOf(key));
        else if (_objects.Count > 0 && _bytes + bytes > pull.BytesMax)
            _leftOut++;
        else if (!done.Object.IsEmpty)
            Add(key, done.Object, bytes);
        _part.Dequeue();
        return GoOn(context);
    }

    private int Keys => _objects.Count + _damaged.Count + _leftOut;

    // All that the batch holds has this hash: to end here would be to begin here again. What does not fit is left out.
    private bool IsStuckAt(StoreKey key) => range.CursorOf(key) == pull.Cursor;

    private bool GoOn(IActorContext context)
    {
        if (_part.TryPeek(out StoreKey? key))
        {
            if (Keys >= TransferBatch.KeysMax && !IsStuckAt(key))
                return End(context, range.CursorOf(key));
            if (Keys >= TransferBatch.KeysMax)
                return SkipHash(context);
            context.Send(TransferSourceActor.StoreOf(context), new StoreRead(key, ticket, context.Self));
            return false;
        }

        if (_scanCursor < 0)
            return End(context, -1);
        Scan(context);
        return false;
    }

    // A batch full of keys of one hash: somebody made them so.
    private bool SkipHash(IActorContext context)
    {
        for (; _part.TryPeek(out StoreKey? key) && IsStuckAt(key); _leftOut++)
            _part.Dequeue();
        return GoOn(context);
    }

    private void Add(StoreKey key, ReadOnlyMemory<byte> value, int bytes)
    {
        _objects.Add(new TransferredObject(key, value));
        _bytes += bytes;
    }

    private void Scan(IActorContext context) => context.Send(
        TransferSourceActor.StoreOf(context),
        new StoreScan(range.HashAt(pull.Cursor), range.Last, _scanCursor, ticket, context.Self));

    private bool End(IActorContext context, long next)
    {
        context.Send(pull.ReplyTo, new TransferBatch(pull.Ticket, TransferOutcome.Done, next, _objects, _damaged, _leftOut));
        return true;
    }
}
