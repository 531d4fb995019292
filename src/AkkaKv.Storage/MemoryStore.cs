using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage;

/// <summary>
/// A store that forgets everything when it ends, behind the same ports. Its actor id is new every time, so that a node
/// that comes back empty is a new actor.
/// </summary>
public sealed class MemoryStore : INodeStore
{
    private readonly MemoryPort?[] _ports;
    private readonly StoreOptions _options;
    private readonly Func<ulong, int> _loopOfHash;
    private readonly CommitQueue _pending;
    private long _lastDot;
    private long _batches;

    public MemoryStore(StoreOptions options, int loops, Func<ulong, int> loopOfHash)
    {
        options.Validate();
        _options = options;
        _loopOfHash = loopOfHash;
        _pending = new CommitQueue(options.PendingBytesMax);
        _ports = new MemoryPort?[loops];
        ulong actor = options.DrawId();
        Identity = new StoreIdentity(actor == 0 ? 1 : actor, 0, "memory", options.Node, options.Cluster, options.Time.GetUtcNow(), null);
    }

    /// <inheritdoc/>
    public StoreIdentity Identity { get; }

    /// <inheritdoc/>
    public StoreStatus Status => new(
        Kind: "memory",
        ReadOnlyBecause: null,
        Durability: null,
        Keys: _ports.Sum(port => port?.Keys ?? 0),
        LiveBytes: _ports.Sum(port => port?.LiveBytes ?? 0),
        IndexBytes: 0,
        PendingBytes: _pending.PendingBytes,
        Segments: 0,
        LogBytes: 0,
        BytesWritten: 0,
        Records: 0,
        Batches: Interlocked.Read(ref _batches),
        Commits: 0,
        Syncs: 0,
        CutBytes: 0,
        PrepareFault: null);

    /// <inheritdoc/>
    public IStorePort OpenPort(int loop, Action<StoreCompletion> completed)
    {
        Invariant.Require(loop >= 0 && loop < _ports.Length, "a port is opened for a loop of the store", loop);
        Invariant.Require(_ports[loop] is null, "each loop opens its port once", loop);
        return _ports[loop] = new MemoryPort(this, loop, completed);
    }

    public void Dispose()
    {
    }

    private sealed class MemoryPort(MemoryStore store, int loop, Action<StoreCompletion> completed) : IStorePort
    {
        private readonly Dictionary<StoreKey, int> _numbers = [];
        private readonly List<(StoreKey Key, ReadOnlyMemory<byte> Object)> _entries = [];
        private StoreCompletion? _turn;
        private long _keys;
        private long _liveBytes;

        public long Keys => Volatile.Read(ref _keys);

        public long LiveBytes => Volatile.Read(ref _liveBytes);

        public void Submit(Message storeMessage, Action<Address, Message> send)
        {
            switch (storeMessage)
            {
                case StoreRead read:
                    RequireOwned(read.Key);
                    ReadOnlyMemory<byte> found = _numbers.TryGetValue(read.Key, out int number) ? _entries[number].Object : default;
                    send(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Done, found));
                    break;
                case StoreWrite write:
                    RequireOwned(write.Key);
                    Stage(write, send);
                    break;
                case StoreReserveDots reserve:
                    Turn().Add(new StagedOperation(null, default, 0, reserve.ReplyTo), 0);
                    break;
                default:
                    throw new InvariantException($"a store port takes store messages; found {storeMessage.GetType().Name}");
            }
        }

        // Nothing to wait for, but the completion still goes around through the host: a store whose answers came within
        // the turn would hide mistakes that the durable one shows.
        public void EndTurn()
        {
            if (_turn is not { } batch)
                return;
            _turn = null;
            batch.Outcome = StoreOutcome.Done;
            Interlocked.Increment(ref store._batches);
            completed(batch);
        }

        public void Complete(StoreCompletion completion, Action<Address, Message> send)
        {
            Invariant.Require(completion.Loop == loop, "a completion returns to the loop it came from", completion.Loop);
            store._pending.Release(completion.Bytes);
            foreach (StagedOperation operation in completion.Operations)
            {
                if (operation.Key is { } key)
                {
                    Put(key, operation.Object);
                    send(operation.ReplyTo, new StoreWriteDone(operation.Ticket, StoreOutcome.Done));
                }
                else
                {
                    send(operation.ReplyTo, TakeDots());
                }
            }

            completion.Clear();
        }

        public long CollectKeys(ulong firstHash, ulong lastHash, long cursor, int examineMax, ICollection<StoreKey> found)
        {
            long end = Math.Min(_entries.Count, cursor + examineMax);
            for (; cursor < end; cursor++)
            {
                StoreKey key = _entries[(int)cursor].Key;
                if (key.Hash >= firstHash && key.Hash <= lastHash)
                    found.Add(key);
            }

            return cursor < _entries.Count ? cursor : -1;
        }

        private void Stage(StoreWrite write, Action<Address, Message> send)
        {
            long bytes = write.Key.Bytes.Length + (long)write.Object.Length;
            if (store._pending.TryReserve(bytes))
                Turn().Add(new StagedOperation(write.Key, write.Object, write.Ticket, write.ReplyTo), bytes);
            else
                send(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Busy));
        }

        private void Put(StoreKey key, ReadOnlyMemory<byte> value)
        {
            int before = 0;
            if (_numbers.TryGetValue(key, out int number))
            {
                before = _entries[number].Object.Length;
                _entries[number] = (key, value);
            }
            else
            {
                _numbers.Add(key, _entries.Count);
                _entries.Add((key, value));
            }

            Volatile.Write(ref _keys, _entries.Count);
            Volatile.Write(ref _liveBytes, _liveBytes + value.Length - before);
        }

        private DotsReserved TakeDots()
        {
            int count = store._options.DotsPerBlock;
            long last = Interlocked.Add(ref store._lastDot, count);
            return new DotsReserved(StoreOutcome.Done, store.Identity.ActorId, (ulong)(last - count + 1), count);
        }

        private StoreCompletion Turn() => _turn ??= new StoreCompletion(loop, completed);

        private void RequireOwned(StoreKey key) =>
            Invariant.Require(store._loopOfHash(key.Hash) == loop, "a key's messages go to the loop that owns its hash", key.Hash);
    }
}
