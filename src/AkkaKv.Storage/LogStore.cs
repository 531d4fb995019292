using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Disk;
using AkkaKv.Storage.Index;

namespace AkkaKv.Storage;

/// <summary>
/// The durable store: an append-only log, an index in memory, one writer for all loops. <see cref="Open(string, StoreOptions, int, Func{ulong, int})"/>
/// gives it a writer thread of its own; <see cref="OpenInline"/> leaves the writer's steps to the caller, as a
/// deterministic host needs it.
/// </summary>
/// <remarks>The format, the rules of recovery and the reasons are in <c>docs/storage-format.md</c>.</remarks>
public sealed class LogStore : INodeStore
{
    private readonly OpenedLog _log;
    private readonly StoreOptions _options;
    private readonly Func<ulong, int> _loopOfHash;
    private readonly Committer _committer;
    private readonly CommitQueue _queue;
    private readonly StorePort?[] _ports;
    private readonly Thread? _writer;
    private List<StoreCompletion> _committing = [];
    private bool _written;
    private bool _disposed;

    private LogStore(OpenedLog log, StoreOptions options, Func<ulong, int> loopOfHash, bool ownThread)
    {
        _log = log;
        _options = options;
        _loopOfHash = loopOfHash;
        _committer = new Committer(log.Engine, options, log.DotsInUse);
        _queue = new CommitQueue(options.PendingBytesMax);
        _ports = new StorePort?[log.Indexes.Length];
        if (!ownThread)
            return;
        _writer = new Thread(RunWriter) { Name = "akkakv-store-writer", IsBackground = true };
        _writer.Start();
    }

    /// <inheritdoc/>
    public StoreIdentity Identity => _log.Identity;

    /// <inheritdoc/>
    public StoreStatus Status => new(
        Kind: "log",
        ReadOnlyBecause: _committer.Fault,
        Durability: _options.Durability,
        Keys: _log.Indexes.Sum(index => index.Of(StoreSpace.Objects).Count),
        LiveBytes: _log.Indexes.Sum(index => index.Of(StoreSpace.Objects).LiveBytes),
        HintKeys: _log.Indexes.Sum(index => index.Of(StoreSpace.Hints).Count),
        HintLiveBytes: _log.Indexes.Sum(index => index.Of(StoreSpace.Hints).LiveBytes),
        IndexBytes: _log.Indexes.Sum(index => index.Bytes),
        PendingBytes: _queue.PendingBytes,
        Segments: _log.Engine.Segments.Count,
        LogBytes: _log.Engine.LogBytes,
        BytesWritten: _log.Engine.BytesWritten,
        Records: _committer.Records,
        Batches: _committer.Batches,
        Commits: _committer.Commits,
        Syncs: _log.Engine.Syncs,
        CutBytes: _log.CutBytes,
        PrepareFault: _log.Engine.PrepareFault);

    /// <summary>For a host without a writer thread: in how long <see cref="RunIdle"/> has something to do; null for never.</summary>
    public TimeSpan? IdleDelay => _committer.IdleDelay;

    /// <summary>Opens or makes the store of a directory, with a writer thread.</summary>
    /// <param name="loopOfHash">Which loop, from 0 to <paramref name="loops"/> − 1, owns the keys of a hash. May differ from one open to the next.</param>
    /// <exception cref="StoreOpenException">The directory cannot be opened as what was asked for.</exception>
    public static LogStore Open(string directory, StoreOptions options, int loops, Func<ulong, int> loopOfHash)
    {
        PosixDisk disk;
        try
        {
            disk = new PosixDisk(directory);
        }
        catch (IOException failure)
        {
            throw new StoreOpenException($"The data directory {directory} could not be made: {failure.Message}. Make it, or name another.", failure);
        }

        return Open(disk, options, loops, loopOfHash);
    }

    /// <inheritdoc cref="Open(string, StoreOptions, int, Func{ulong, int})"/>
    public static LogStore Open(IStoreDisk disk, StoreOptions options, int loops, Func<ulong, int> loopOfHash) =>
        new(new LogOpening(disk, options, loops, loopOfHash).Run(), options, loopOfHash, ownThread: true);

    /// <summary>
    /// As above, without a thread: the caller runs the writer's steps, <see cref="WriteQueued"/>, <see cref="FinishWritten"/>
    /// and <see cref="RunIdle"/>, and decides what happens in between.
    /// </summary>
    public static LogStore OpenInline(IStoreDisk disk, StoreOptions options, int loops, Func<ulong, int> loopOfHash) =>
        new(new LogOpening(disk, options, loops, loopOfHash).Run(), options, loopOfHash, ownThread: false);

    /// <inheritdoc/>
    public IStorePort OpenPort(int loop, Action<StoreCompletion> completed)
    {
        Invariant.Require(loop >= 0 && loop < _ports.Length, "a port is opened for a loop of the store", loop);
        Invariant.Require(_ports[loop] is null, "each loop opens its port once", loop);
        LoopIndex index = _log.Indexes[loop];
        return _ports[loop] = new StorePort(loop, completed, index, _queue, _loopOfHash, new LogShelf(index, _log, _queue, _committer), _log.Facts);
    }

    /// <inheritdoc/>
    public bool TryReadFact(string name, out ReadOnlyMemory<byte> value) => _log.Facts.TryRead(name, out value);

    /// <summary>Takes all batches that wait and hands their records to the disk.</summary>
    /// <returns>False when there were none. When true, <see cref="FinishWritten"/> comes next.</returns>
    public bool WriteQueued()
    {
        RequireInline();
        return WriteWaiting();
    }

    /// <summary>Syncs what was written, as the durability asks, and calls the completions.</summary>
    public void FinishWritten()
    {
        RequireInline();
        FinishCommit();
    }

    /// <summary>What the writer does between commits: the interval's sync, preparing the next segment, the mark.</summary>
    public void RunIdle()
    {
        RequireInline();
        _committer.RunIdle();
    }

    /// <summary>Commits what waits, records a clean close, and lets go of the directory.</summary>
    public void Dispose() => Shut(cleanly: true);

    /// <summary>Lets go of the directory as a process that is killed does.</summary>
    internal void Abandon() => Shut(cleanly: false);

    private void Shut(bool cleanly)
    {
        if (_disposed)
            return;
        _disposed = true;
        _queue.Stop();
        _writer?.Join();
        if (cleanly)
        {
            if (_written || WriteWaiting())
                FinishCommit();
            _committer.Close();
        }

        _log.Engine.Dispose();
        _log.Held.Dispose();
    }

    private void RunWriter()
    {
        while (_queue.Wait(_committer.IdleDelay))
        {
            if (WriteWaiting())
                FinishCommit();
            else
                _committer.RunIdle();
        }
    }

    private bool WriteWaiting()
    {
        Invariant.Require(!_written, "a commit is finished before the next begins");
        _written = _queue.TakeAll(ref _committing);
        if (_written)
            _committer.Write(_committing);
        return _written;
    }

    private void FinishCommit()
    {
        Invariant.Require(_written, "a commit is written before it is finished");
        _written = false;
        _committer.Finish(_committing);
        foreach (StoreCompletion batch in _committing)
        {
            _queue.Release(batch.Bytes);
            batch.Completed(batch);
        }

        _committing.Clear();
    }

    private void RequireInline() => Invariant.Require(_writer is null, "the writer's steps are the caller's only in a store that was opened inline");
}
