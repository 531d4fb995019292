namespace AkkaKv.Host.Native.Loops;

/// <summary>
/// Many threads post, one loop takes everything at once: a short lock around two lists that change places. The bound
/// counts what was posted and not taken.
/// </summary>
#pragma warning disable CA1001 // The event is left to its finalizer: posters may set it for as long as they know the inbox.
internal sealed class Inbox(int messagesMax)
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private DeliveryBatch _filling = new();
    private DeliveryBatch _spare = new();
    private volatile int _waiting;
    private bool _parked;
    private bool _closed;

    /// <summary>True when something can be taken; may be stale by a moment.</summary>
    public bool HasMail => _waiting > 0;

    /// <summary>Posts one message.</summary>
    /// <returns>False when the inbox is full or closed.</returns>
    public bool TryPost(in Delivery delivery)
    {
        bool wakes;
        lock (_gate)
        {
            if (_closed || _filling.Count >= messagesMax)
                return false;
            _filling.Add(delivery);
            wakes = NotePostLocked();
        }

        if (wakes)
            _wake.Set();
        return true;
    }

    /// <summary>Posts as many as there is room for, in order, with one lock.</summary>
    /// <returns>How many were taken.</returns>
    public int Post(ReadOnlySpan<Delivery> deliveries)
    {
        int room;
        bool wakes;
        lock (_gate)
        {
            if (_closed)
                return 0;
            room = Math.Clamp(messagesMax - _filling.Count, 0, deliveries.Length);
            _filling.AddRange(deliveries[..room]);
            wakes = NotePostLocked();
        }

        if (wakes)
            _wake.Set();
        return room;
    }

    /// <summary>Posts a completion, past the bound.</summary>
    public void PostCompletion(object completion) => PostPastBound(new Delivery(completion));

    public void PostPastBound(in Delivery delivery)
    {
        bool wakes;
        lock (_gate)
        {
            if (_closed)
                return;
            _filling.Add(delivery);
            wakes = NotePostLocked();
        }

        if (wakes)
            _wake.Set();
    }

    /// <summary>Takes all that waits. The batch is the caller's until <see cref="GiveBack"/>.</summary>
    public DeliveryBatch Take()
    {
        lock (_gate)
        {
            DeliveryBatch taken = _filling;
            _filling = _spare;
            _waiting = 0;
            return taken;
        }
    }

    /// <summary>Returns an emptied batch for reuse.</summary>
    public void GiveBack(DeliveryBatch batch)
    {
        batch.Clear();
        _spare = batch;
    }

    /// <summary>Sleeps until something is posted, the inbox is closed, or the time is over.</summary>
    public void Park(int timeoutMillis)
    {
        lock (_gate)
        {
            if (_filling.Count > 0 || _closed)
                return;
            _parked = true;
        }

        // Who wakes the loop has set parked back. After a timeout a late wake-up may be left over: one turn without work.
        if (!_wake.WaitOne(timeoutMillis))
        {
            lock (_gate)
                _parked = false;
        }
    }

    /// <summary>Refuses everything from now on and wakes the loop.</summary>
    public void Close()
    {
        bool wakes;
        lock (_gate)
        {
            _closed = true;
            wakes = NotePostLocked();
        }

        if (wakes)
            _wake.Set();
    }

    // True for the one post that has to wake the loop: it does so after it has let go of the lock, or the loop would
    // wake up to wait for that lock.
    private bool NotePostLocked()
    {
        _waiting = _filling.Count;
        bool wakes = _parked;
        _parked = false;
        return wakes;
    }
}
