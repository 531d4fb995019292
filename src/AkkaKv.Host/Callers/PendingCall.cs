using System.Threading.Tasks.Sources;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Callers;

/// <summary>
/// One caller who waits for a reply; reused for the next one once its result was fetched.
/// </summary>
/// <remarks>
/// The number is the call's generation above and its slot below. Whoever moves <c>_open</c> from that number to 0 may
/// set the result: so of a reply, a cancellation and the end of the node exactly one wins, and a late one finds the
/// next call's number and does nothing.
/// </remarks>
internal sealed class PendingCall(CallTable table, int slot, bool runAsynchronously) : IValueTaskSource<Message>
{
    private ManualResetValueTaskSourceCore<Message> _core = new() { RunContinuationsAsynchronously = runAsynchronously };
    private CancellationTokenRegistration _registration;
    private ulong _open;

    public int Slot { get; } = slot;

    public ulong Number => Volatile.Read(ref _open);

    public ValueTask<Message> Task => new(this, _core.Version);

    public void Open(ulong number) => Volatile.Write(ref _open, number);

    public void CancelWith(ulong number, CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled)
            return;
        _registration = cancellation.UnsafeRegister(
            static (state, token) =>
            {
                var (call, open) = ((PendingCall, ulong))state!;
                call.TryFail(open, new OperationCanceledException(token));
            },
            (this, number));
    }

    public bool TryComplete(ulong number, Message reply)
    {
        if (number == 0 || Interlocked.CompareExchange(ref _open, 0, number) != number)
            return false;
        _core.SetResult(reply);
        return true;
    }

    public bool TryFail(ulong number, Exception cause)
    {
        if (number == 0 || Interlocked.CompareExchange(ref _open, 0, number) != number)
            return false;
        _core.SetException(cause);
        return true;
    }

    /// <summary>Takes the call back when its request was refused; false when something else ended it first.</summary>
    public bool TryWithdraw(ulong number)
    {
        if (Interlocked.CompareExchange(ref _open, 0, number) != number)
            return false;
        Recycle();
        return true;
    }

    public Message GetResult(short token)
    {
        // Also throws for a token of an earlier call. Whoever asks too early or once more must not give back a call
        // that is open, or by now another's.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("A reply is awaited, once; this one has not come yet.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Recycle();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Recycle()
    {
        // Unregister does not wait: a cancellation that still runs finds a number that is no longer open.
        _registration.Unregister();
        _registration = default;
        _core.Reset();
        table.Free(this);
    }
}
