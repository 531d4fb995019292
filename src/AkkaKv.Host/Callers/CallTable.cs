using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Callers;

/// <summary>The callers who wait, by number; bounded, reused, for any thread.</summary>
internal sealed class CallTable
{
    /// <summary>Slots are the low bits of a call's number.</summary>
    public const int SlotsMax = 1 << SlotBits;

    private const int SlotBits = 24;

    private readonly Lock _gate = new();
    private readonly PendingCall?[] _calls;
    private readonly Stack<PendingCall> _free = new();
    private readonly bool _runAsynchronously;
    private ulong _nextGeneration;
    private int _made;
    private bool _closed;

    public CallTable(int callsMax, bool runAsynchronously, ulong seed)
    {
        _calls = new PendingCall[callsMax];
        _runAsynchronously = runAsynchronously;

        // A random start, above zero: a late reply to a caller of before a restart finds no one.
        _nextGeneration = (new RandomSource(seed).NextUInt64() >> (SlotBits + 1)) + 1;
    }

    /// <summary>Callers waiting now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _made - _free.Count;
        }
    }

    /// <summary>Opens a call; null when too many wait or the node has stopped.</summary>
    public PendingCall? TryOpen(out ulong number)
    {
        lock (_gate)
        {
            number = 0;
            if (_closed || (_free.Count == 0 && _made == _calls.Length))
                return null;
            if (!_free.TryPop(out PendingCall? call))
            {
                call = new PendingCall(this, _made, _runAsynchronously);
                _calls[_made++] = call;
            }

            number = (_nextGeneration++ << SlotBits) | (uint)call.Slot;
            call.Open(number);
            return call;
        }
    }

    /// <summary>What <see cref="INodeRuntime.TryAsk"/> promises, on a host that can post.</summary>
    /// <param name="caller">The node's callers; the number is the call's.</param>
    public bool TryAsk<TState>(
        INodeRuntime host,
        Address to,
        Address caller,
        TState state,
        Func<TState, Address, Message> makeRequest,
        CancellationToken cancellation,
        out ValueTask<Message> reply)
    {
        reply = default;
        PendingCall? call = TryOpen(out ulong number);
        if (call is null)
            return false;
        ValueTask<Message> task = call.Task;
        call.CancelWith(number, cancellation);
        bool isPosted = host.TryPost(to, makeRequest(state, caller with { Number = number }));

        // A call that was ended by something else in the meantime has its result, and must be awaited to be reused.
        if (!isPosted && call.TryWithdraw(number))
            return false;
        reply = task;
        return true;
    }

    /// <summary>Gives a caller its reply; a number that no one waits under is ignored.</summary>
    public void Complete(ulong number, Message reply)
    {
        int slot = (int)(number & (SlotsMax - 1));
        if (slot < _calls.Length)
            Volatile.Read(ref _calls[slot])?.TryComplete(number, reply);
    }

    /// <summary>Fails everyone who waits, and refuses new calls.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
        for (int slot = 0; slot < _made; slot++)
        {
            if (_calls[slot] is { } call)
                call.TryFail(call.Number, new NodeStoppedException());
        }
    }

    public void Free(PendingCall call)
    {
        lock (_gate)
            _free.Push(call);
    }
}
