using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Index;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage;

/// <summary>One loop's access to the log store: its part of the index, and the batch of the present turn.</summary>
internal sealed class LogPort(
    int loop, Action<StoreCompletion> completed, OpenedLog log, CommitQueue queue, Committer committer, Func<ulong, int> loopOfHash) : IStorePort
{
    private readonly KeyIndex _index = log.Indexes[loop];
    private readonly uint _seed = RecordFormat.StoreSeed(log.Identity.StoreId);
    private readonly Stack<StoreCompletion> _free = new();
    private StoreCompletion? _turn;

    /// <inheritdoc/>
    public void Submit(Message storeMessage, Action<Address, Message> send)
    {
        switch (storeMessage)
        {
            case StoreRead read:
                RequireOwned(read.Key);
                send(read.ReplyTo, Read(read));
                break;
            case StoreWrite write:
                RequireOwned(write.Key);
                Stage(write, send);
                break;
            case StoreReserveDots reserve when committer.Fault is not null:
                send(reserve.ReplyTo, Dots(StoreOutcome.ReadOnly, 0));
                break;
            case StoreReserveDots reserve:
                Turn().Add(new StagedOperation(null, default, 0, reserve.ReplyTo), 0);
                break;
            default:
                throw new InvariantException($"a store port takes store messages; found {storeMessage.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    public void EndTurn()
    {
        if (_turn is not { } batch)
            return;
        _turn = null;
        queue.Enqueue(batch);
    }

    /// <inheritdoc/>
    public void Complete(StoreCompletion completion, Action<Address, Message> send)
    {
        Invariant.Require(completion.Loop == loop, "a completion returns to the loop it came from", completion.Loop);
        foreach (ref StagedOperation operation in completion.Operations)
        {
            if (operation.Key is { } key)
            {
                if (completion.Outcome == StoreOutcome.Done)
                    _index.Put(key.Bytes.Span, key.Hash, operation.At, operation.RecordBytes);
                send(operation.ReplyTo, new StoreWriteDone(operation.Ticket, completion.Outcome));
            }
            else
            {
                send(operation.ReplyTo, Dots(completion.Outcome, operation.FirstDot));
            }
        }

        completion.Clear();
        _free.Push(completion);
    }

    /// <inheritdoc/>
    public long CollectKeys(ulong firstHash, ulong lastHash, long cursor, int examineMax, ICollection<StoreKey> found) =>
        _index.CollectKeys(firstHash, lastHash, cursor, examineMax, found);

    private StoreReadDone Read(StoreRead read)
    {
        ReadOnlySpan<byte> key = read.Key.Bytes.Span;
        if (!_index.TryFind(key, read.Key.Hash, out LogPosition at, out int recordBytes))
            return new StoreReadDone(read.Ticket, StoreOutcome.Done, default);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(recordBytes);
        if (!TryReadRecord(at, bytes)
            || !RecordFormat.TryRead(bytes, _seed, at, out RecordView record)
            || record.Type != RecordType.Put
            || !record.Key.SequenceEqual(key))
            return new StoreReadDone(read.Ticket, StoreOutcome.Corrupt, default);
        return new StoreReadDone(read.Ticket, StoreOutcome.Done, bytes.AsMemory(RecordFormat.HeaderBytes + key.Length, record.Object.Length));
    }

    // A disk that refuses to read the record and one that returns something else are the same to the asker.
    private bool TryReadRecord(LogPosition at, byte[] bytes)
    {
        try
        {
            return log.Engine.Segments.TryRead(at, bytes);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Stage(StoreWrite write, Action<Address, Message> send)
    {
        long bytes = RecordFormat.SizeOf(write.Key.Bytes.Length, write.Object.Length);
        if (committer.Fault is not null)
            send(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.ReadOnly));
        else if (!queue.TryReserve(bytes))
            send(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Busy));
        else
            Turn().Add(new StagedOperation(write.Key, write.Object, write.Ticket, write.ReplyTo), bytes);
    }

    private StoreCompletion Turn() => _turn ??= _free.TryPop(out StoreCompletion? free) ? free : new StoreCompletion(loop, completed);

    private DotsReserved Dots(StoreOutcome outcome, ulong first) => outcome == StoreOutcome.Done
        ? new DotsReserved(outcome, log.Identity.ActorId, first, committer.DotsPerBlock)
        : new DotsReserved(outcome, log.Identity.ActorId, 0, 0);

    // A key of another loop would be looked for in the wrong part of the index: a lost value, without an error.
    private void RequireOwned(StoreKey key) =>
        Invariant.Require(loopOfHash(key.Hash) == loop, "a key's messages go to the loop that owns its hash", key.Hash);
}
