using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Index;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage;

/// <summary>One loop's objects in memory: the index names a place in a list instead of one in a log.</summary>
internal sealed class MemoryShelf(LoopIndex index, CommitQueue pending, Func<ulong> takeDots, ulong actorId, int dotsPerBlock) : IStoreShelf
{
    private readonly List<ReadOnlyMemory<byte>> _places = [];
    private readonly Stack<int> _free = new();
    private long _batches;

    public bool IsReadOnly => false;

    /// <summary>May be read by any thread.</summary>
    public long Batches => Volatile.Read(ref _batches);

    public long SizeOf(StoreKey key, ReadOnlyMemory<byte> stored) => key.Bytes.Length + (long)stored.Length;

    public StoreReadDone Read(StoreRead read) => new(
        read.Ticket,
        StoreOutcome.Done,
        TryFind(index.Of(read.Space), read.Key, out int place) ? _places[place] : default);

    // Nothing to wait for, but the completion still goes around through the host: a store whose answers came within the
    // turn would hide mistakes that the durable one shows.
    public void Commit(StoreCompletion batch)
    {
        foreach (ref StagedOperation operation in batch.Operations)
        {
            if (operation.Kind == StagedKind.Dots)
                operation.FirstDot = takeDots();
        }

        batch.Outcome = StoreOutcome.Done;
        pending.Release(batch.Bytes);
        Volatile.Write(ref _batches, _batches + 1);
        batch.Completed(batch);
    }

    public void Apply(in StagedOperation operation)
    {
        KeyIndex keys = index.Of(operation.Space);
        StoreKey key = operation.Key!;
        bool known = TryFind(keys, key, out int place);
        if (operation.Kind == StagedKind.Remove)
        {
            if (!known)
                return;
            keys.Remove(key.Bytes.Span, key.Hash);
            _places[place] = default;
            _free.Push(place);
            return;
        }

        if (!known)
            place = NewPlace();
        _places[place] = operation.Object;
        keys.Put(key.Bytes.Span, key.Hash, LogPosition.Unpack((ulong)place), operation.Object.Length);
    }

    public DotsReserved Dots(StoreOutcome outcome, ulong first) => new(outcome, actorId, first, dotsPerBlock);

    private static bool TryFind(KeyIndex keys, StoreKey key, out int place)
    {
        bool found = keys.TryFind(key.Bytes.Span, key.Hash, out LogPosition at, out _);
        place = (int)at.Packed;
        return found;
    }

    private int NewPlace()
    {
        if (_free.TryPop(out int place))
            return place;
        _places.Add(default);
        return _places.Count - 1;
    }
}
