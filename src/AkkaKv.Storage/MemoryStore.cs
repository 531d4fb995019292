using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Index;

namespace AkkaKv.Storage;

/// <summary>
/// A store that forgets everything when it ends, behind the same ports. Its actor id is new every time, so that a node
/// that comes back empty is a new actor.
/// </summary>
public sealed class MemoryStore : INodeStore
{
    private readonly LoopIndex[] _indexes;
    private readonly MemoryShelf?[] _shelves;
    private readonly StoreOptions _options;
    private readonly Func<ulong, int> _loopOfHash;
    private readonly CommitQueue _pending;
    private readonly FactTable _facts = new();
    private long _lastDot;

    public MemoryStore(StoreOptions options, int loops, Func<ulong, int> loopOfHash)
    {
        options.Validate();
        _options = options;
        _loopOfHash = loopOfHash;
        _pending = new CommitQueue(options.PendingBytesMax);
        _indexes = Enumerable.Range(0, loops).Select(_ => new LoopIndex()).ToArray();
        _shelves = new MemoryShelf?[loops];
        ulong actor = options.DrawId();
        actor = actor == 0 ? 1 : actor;
        Identity = new StoreIdentity(actor, 0, "memory", options.Node, options.Cluster, options.Time.GetUtcNow(), null) { VoterId = actor };
    }

    /// <inheritdoc/>
    public StoreIdentity Identity { get; }

    /// <inheritdoc/>
    public StoreStatus Status => new(
        Kind: "memory",
        ReadOnlyBecause: null,
        Durability: null,
        Keys: _indexes.Sum(index => index.Of(StoreSpace.Objects).Count),
        LiveBytes: _indexes.Sum(index => index.Of(StoreSpace.Objects).LiveBytes),
        HintKeys: _indexes.Sum(index => index.Of(StoreSpace.Hints).Count),
        HintLiveBytes: _indexes.Sum(index => index.Of(StoreSpace.Hints).LiveBytes),
        IndexBytes: _indexes.Sum(index => index.Bytes),
        PendingBytes: _pending.PendingBytes,
        Segments: 0,
        LogBytes: 0,
        BytesWritten: 0,
        Records: 0,
        Batches: _shelves.Sum(shelf => shelf?.Batches ?? 0),
        Commits: 0,
        Syncs: 0,
        CutBytes: 0,
        PrepareFault: null);

    /// <inheritdoc/>
    public IStorePort OpenPort(int loop, Action<StoreCompletion> completed)
    {
        Invariant.Require(loop >= 0 && loop < _shelves.Length, "a port is opened for a loop of the store", loop);
        Invariant.Require(_shelves[loop] is null, "each loop opens its port once", loop);
        var shelf = new MemoryShelf(_indexes[loop], _pending, TakeDots, Identity.ActorId, _options.DotsPerBlock);
        _shelves[loop] = shelf;
        return new StorePort(loop, completed, _indexes[loop], _pending, _loopOfHash, shelf, _facts);
    }

    /// <inheritdoc/>
    public bool TryReadFact(string name, out ReadOnlyMemory<byte> value) => _facts.TryRead(name, out value);

    public void Dispose()
    {
    }

    private ulong TakeDots() => (ulong)(Interlocked.Add(ref _lastDot, _options.DotsPerBlock) - _options.DotsPerBlock + 1);
}
