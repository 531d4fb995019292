using AkkaKv.Core.Replica;
using AkkaKv.Storage.Log;
using System.Buffers.Binary;
using System.Text;

namespace AkkaKv.Storage;

/// <summary>
/// Turns batches into log records, decides when to sync, hands out dots. One thread; no locks; knows nothing of loops.
/// After the first failure of the disk it does nothing any more: a failed sync says that some of what was written is
/// gone, not which part, and asking again would only hear that there is nothing left to write (Rebello et al. 2020,
/// "Can Applications Recover from fsync Failures?").
/// </summary>
internal sealed class Committer(LogEngine engine, StoreOptions options, ulong dotsInUse)
{
    private ulong _nextDot = dotsInUse + 1;
    private ulong _dotsReserved = dotsInUse;
    private bool _mustSync;
    private bool _markWanted;
    private long _unsyncedSince;
    private bool _unsyncedWrites;
    private long _lastCommit = options.Time.GetTimestamp();
    private volatile string? _fault;

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public string? Fault => _fault;

    public int DotsPerBlock => options.DotsPerBlock;

    public long Records { get; private set; }

    public long Batches { get; private set; }

    public long Commits { get; private set; }

    /// <summary>In how long <see cref="RunIdle"/> has something to do; null when there is nothing.</summary>
    public TimeSpan? IdleDelay
    {
        get
        {
            if (_fault is not null)
                return null;
            if (engine.CanPrepare)
                return TimeSpan.Zero;
            if (options.Durability == Durability.Interval && _unsyncedWrites)
                return Remaining(_unsyncedSince, options.SyncInterval);
            return _markWanted && !_unsyncedWrites ? Remaining(_lastCommit, options.MarkDelay) : null;
        }
    }

    /// <summary>First half of a commit: writes the records of all batches, without waiting for the disk.</summary>
    public void Write(List<StoreCompletion> batches) => Guard("writing", () =>
    {
        foreach (StoreCompletion batch in batches)
            Append(batch.Operations);
        engine.Write();
    });

    /// <summary>Second half: makes it as durable as promised and sets every batch's outcome.</summary>
    public void Finish(List<StoreCompletion> batches)
    {
        Guard("syncing", () =>
        {
            if (_mustSync || SyncIsDue())
                Sync();
        });
        foreach (StoreCompletion batch in batches)
            batch.Outcome = _fault is null ? StoreOutcome.Done : StoreOutcome.Failed;
        Batches += batches.Count;
        Commits++;
        _lastCommit = options.Time.GetTimestamp();
        Guard("preparing", () => engine.Prepare(idle: false));
    }

    /// <summary>What is done between commits: the interval's sync, the next segment, the mark.</summary>
    public void RunIdle() => Guard("syncing", () =>
    {
        if (options.Durability == Durability.Interval && SyncIsDue())
            Sync();
        if (engine.CanPrepare)
            engine.Prepare(idle: true);
        if (_markWanted && !_unsyncedWrites && Remaining(_lastCommit, options.MarkDelay) == TimeSpan.Zero)
            Mark();
    });

    /// <summary>Makes everything durable, then says so in the log.</summary>
    public void Close() => Guard("closing", () =>
    {
        // Two syncs, and in this order: a closed record must not become durable before what it vouches for.
        engine.Sync();
        engine.Append(RecordType.Closed, default, default);
        engine.Sync();
    });

    private void Append(Span<StagedOperation> operations)
    {
        foreach (ref StagedOperation operation in operations)
        {
            if (operation.Kind == StagedKind.Dots)
            {
                operation.FirstDot = TakeDots();
                continue;
            }

            if (operation.Kind == StagedKind.Fact)
            {
                AppendFact(operation.Fact!, operation.Object.Span);
                continue;
            }

            RecordType type = operation.Kind == StagedKind.Put ? RecordTypes.PutIn(operation.Space) : RecordTypes.RemovedIn(operation.Space);
            ReadOnlySpan<byte> key = operation.Key!.Bytes.Span;
            operation.RecordBytes = RecordFormat.SizeOf(key.Length, operation.Object.Length);
            operation.At = engine.Append(type, key, operation.Object.Span);
            Records++;
            NoteWritten();
        }
    }

    // Synced under every durability: what a node has promised holds for others too, and not for a tenth of a second only.
    private void AppendFact(string name, ReadOnlySpan<byte> value)
    {
        Span<byte> key = stackalloc byte[FactTable.NameCharsMax];
        int length = Encoding.ASCII.GetBytes(name, key);
        engine.Append(RecordType.Fact, key[..length], value);
        Records++;
        NoteWritten();
        _mustSync = true;
    }

    // A reservation is synced under every durability: dots made twice would break what all replicas hold, not only what
    // this one has.
    private ulong TakeDots()
    {
        ulong last = _nextDot + (ulong)options.DotsPerBlock - 1;
        if (last > _dotsReserved)
        {
            _dotsReserved = Math.Max(last, _dotsReserved + (ulong)options.DotsPerReservation);
            Span<byte> number = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(number, _dotsReserved);
            engine.Append(RecordType.DotsReserved, default, number);
            NoteWritten();
            _mustSync = true;
        }

        ulong first = _nextDot;
        _nextDot = last + 1;
        return first;
    }

    private void NoteWritten()
    {
        _markWanted = true;
        _mustSync |= options.Durability == Durability.Always;
        if (_unsyncedWrites)
            return;
        _unsyncedWrites = true;
        _unsyncedSince = options.Time.GetTimestamp();
    }

    private bool SyncIsDue() =>
        options.Durability == Durability.Interval && _unsyncedWrites && Remaining(_unsyncedSince, options.SyncInterval) == TimeSpan.Zero;

    private void Sync()
    {
        engine.Sync();
        _mustSync = false;
        _unsyncedWrites = false;
    }

    // Not synced by itself: it only says what is true already, and reaches the disk when the system gets to it.
    private void Mark()
    {
        engine.Append(RecordType.Mark, default, default);
        engine.Write();
        _markWanted = false;
    }

    private TimeSpan Remaining(long since, TimeSpan delay)
    {
        TimeSpan remaining = delay - options.Time.GetElapsedTime(since);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private void Guard(string what, Action work)
    {
        if (_fault is not null)
            return;
        try
        {
            work();
        }
        catch (IOException failure)
        {
            _fault = $"The store takes no writes until it is restarted: {what} its log failed ({failure.Message}). " +
                "Check the disk and its free space, then restart the node.";
            options.BecameReadOnly?.Invoke(_fault);
        }
    }
}
