using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Index;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage;

/// <summary>One loop's objects in the log.</summary>
internal sealed class LogShelf(LoopIndex index, OpenedLog log, CommitQueue queue, Committer committer) : IStoreShelf
{
    private readonly uint _seed = RecordFormat.StoreSeed(log.Identity.StoreId);

    public bool IsReadOnly => committer.Fault is not null;

    public long SizeOf(StoreKey key, ReadOnlyMemory<byte> stored) => RecordFormat.SizeOf(key.Bytes.Length, stored.Length);

    public StoreReadDone Read(StoreRead read)
    {
        ReadOnlySpan<byte> key = read.Key.Bytes.Span;
        if (!index.Of(read.Space).TryFind(key, read.Key.Hash, out LogPosition at, out int recordBytes))
            return new StoreReadDone(read.Ticket, StoreOutcome.Done, default);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(recordBytes);
        if (!TryReadRecord(at, bytes)
            || !RecordFormat.TryRead(bytes, _seed, at, out RecordView record)
            || record.Type != RecordTypes.PutIn(read.Space)
            || !record.Key.SequenceEqual(key))
            return new StoreReadDone(read.Ticket, StoreOutcome.Corrupt, default);
        return new StoreReadDone(read.Ticket, StoreOutcome.Done, bytes.AsMemory(RecordFormat.HeaderBytes + key.Length, record.Object.Length));
    }

    public void Commit(StoreCompletion batch) => queue.Enqueue(batch);

    public void Apply(in StagedOperation operation)
    {
        StoreKey key = operation.Key!;
        KeyIndex keys = index.Of(operation.Space);
        if (operation.Kind == StagedKind.Put)
            keys.Put(key.Bytes.Span, key.Hash, operation.At, operation.RecordBytes);
        else
            keys.Remove(key.Bytes.Span, key.Hash);
    }

    public DotsReserved Dots(StoreOutcome outcome, ulong first) => outcome == StoreOutcome.Done
        ? new DotsReserved(outcome, log.Identity.ActorId, first, committer.DotsPerBlock)
        : new DotsReserved(outcome, log.Identity.ActorId, 0, 0);

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
}
