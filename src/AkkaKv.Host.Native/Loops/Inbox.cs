namespace AkkaKv.Host.Native.Loops;

/// <summary>
/// Many threads post, one loop takes everything at once: a short lock around two lists that change places. The bound
/// counts what was posted and not taken.
/// </summary>
internal sealed class Inbox(int messagesMax)
{
    private readonly object _gate = new();
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
        lock (_gate)
        {
            if (_closed || _filling.Count >= messagesMax)
                return false;
            _filling.Add(delivery);
            WakeLocked();
            return true;
        }
    }

    /// <summary>Posts as many as there is room for, in order, with one lock.</summary>
    /// <returns>How many were taken.</returns>
    public int Post(ReadOnlySpan<Delivery> deliveries)
    {
        lock (_gate)
        {
            if (_closed)
                return 0;
            int room = Math.Clamp(messagesMax - _filling.Count, 0, deliveries.Length);
            _filling.AddRange(deliveries[..room]);
            WakeLocked();
            return room;
        }
    }

    /// <summary>Posts a completion, past the bound.</summary>
    public void PostCompletion(object completion) => PostPastBound(new Delivery(completion));

    public void PostPastBound(in Delivery delivery)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _filling.Add(delivery);
            WakeLocked();
        }
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
            if (_filling.Count == 0 && !_closed)
            {
                _parked = true;
                Monitor.Wait(_gate, timeoutMillis);
                _parked = false;
            }
        }
    }

    /// <summary>Refuses everything from now on and wakes the loop.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            WakeLocked();
        }
    }

    private void WakeLocked()
    {
        _waiting = _filling.Count;
        if (_parked)
            Monitor.Pulse(_gate);
    }
}
