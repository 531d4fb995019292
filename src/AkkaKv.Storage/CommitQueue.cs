namespace AkkaKv.Storage;

/// <summary>
/// Batches on their way from the loops to the writer. Batching is natural: whatever arrives while the writer waits for
/// the disk is taken at once when it comes back.
/// </summary>
internal sealed class CommitQueue(long bytesMax)
{
    private readonly object _gate = new();
    private List<StoreCompletion> _waiting = [];
    private bool _stopping;
    private long _pendingBytes;

    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    /// <summary>Counts bytes against the bound. A single write larger than the bound passes when nothing else waits.</summary>
    public bool TryReserve(long bytes)
    {
        long before = Interlocked.Add(ref _pendingBytes, bytes) - bytes;
        if (before == 0 || before + bytes <= bytesMax)
            return true;
        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _pendingBytes, -bytes);

    public void Enqueue(StoreCompletion batch)
    {
        lock (_gate)
        {
            _waiting.Add(batch);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Swaps the given empty list against all that waits.</summary>
    public bool TakeAll(ref List<StoreCompletion> batches)
    {
        lock (_gate)
        {
            (_waiting, batches) = (batches, _waiting);
            return batches.Count > 0;
        }
    }

    /// <summary>Waits for work, or for so long.</summary>
    /// <returns>False when there is no more work and the store is being closed.</returns>
    public bool Wait(TimeSpan? atMost)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_stopping)
                Monitor.Wait(_gate, atMost is { } delay ? (int)Math.Ceiling(delay.TotalMilliseconds) : Timeout.Infinite);
            return _waiting.Count > 0 || !_stopping;
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
    }
}
