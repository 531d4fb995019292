using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;

namespace AkkaKv.Host.Native.Peers;

/// <summary>
/// The sending half of one dialled connection. Messages are encoded straight into the gathering buffer; a flush sends
/// it as one write, and while that write is in flight the next batch gathers in the other buffer.
/// </summary>
/// <remarks>
/// Lives as long as its socket: after a reconnection there is a new one, so no half-sent frame can leak into it. The
/// lock is per message, because several loops send to one peer; it is nearly never contended.
/// </remarks>
internal sealed class PeerSender(
    Socket socket, int version, NativeNodeOptions options, IMessageCodec codec, PeerCounters counters, TimeProvider clock)
    : IDisposable
{
    private readonly Lock _gate = new();
    private FrameBuffer _gathering = new(options.BufferBytesKept);
    private FrameBuffer _inFlight = new(options.BufferBytesKept);
    private bool _isSending;
    private bool _isClosed;
    private long _progressAt = clock.GetTimestamp();

    /// <summary>The version of the protocol that both sides speak.</summary>
    public int Version => version;

    /// <summary>When the network last took bytes.</summary>
    public long ProgressAt => Volatile.Read(ref _progressAt);

    /// <summary>True while a write is in flight.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
                return _isSending;
        }
    }

    /// <summary>Adds a message to the batch that gathers, or drops it and counts.</summary>
    public void Add(ActorRole role, ulong number, Message message)
    {
        lock (_gate)
        {
            if (_isClosed)
                Interlocked.Increment(ref counters.DroppedNotConnected);
            else if ((long)_gathering.Length + _inFlight.Length >= options.PeerBytesOutstandingMax)
                Interlocked.Increment(ref counters.DroppedFull);
            else
                Encode(role, number, message);
        }
    }

    /// <summary>Sends what has gathered, unless a write is in flight: then that one's end does.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_isSending || _isClosed || _gathering.Length == 0)
                return;
            _isSending = true;
            TakeBatch();
        }

        _ = PumpAsync();
    }

    /// <summary>Adds a sign of life and sends.</summary>
    public void Ping()
    {
        lock (_gate)
        {
            if (!_isClosed)
                _gathering.AppendSignOfLife();
        }

        Flush();
    }

    /// <summary>Ends it; what has gathered is lost and counted.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Interlocked.Add(ref counters.DroppedNotConnected, _gathering.Frames);
            _gathering.Dispose();
            if (!_isSending)
                _inFlight.Dispose();
        }

        socket.Dispose();
    }

    private void Encode(ActorRole role, ulong number, Message message)
    {
        int start = _gathering.BeginFrame();
        codec.Encode(options.Self, role, number, message, _gathering);
        if (_gathering.Length - start - FrameCodec.HeaderBytes > options.FrameBytesMax)
        {
            _gathering.Rollback(start);
            Interlocked.Increment(ref counters.DroppedTooLarge);
            return;
        }

        _gathering.EndFrame(start);
        Interlocked.Increment(ref counters.Messages);
    }

    private void TakeBatch() => (_inFlight, _gathering) = (_gathering, _inFlight);

    // Runs on the flushing thread as long as the socket takes everything at once, which it nearly always does.
    private async Task PumpAsync()
    {
        try
        {
            do
            {
                await SendInFlightAsync();
            }
            while (TakeNext());
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            // The dialler's reading half sees the same end and dials again; here only the buffers are let go.
            Dispose();
            lock (_gate)
                _inFlight.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendInFlightAsync()
    {
        ReadOnlyMemory<byte> rest = _inFlight.Written;
        while (!rest.IsEmpty)
        {
            int sent = await socket.SendAsync(rest, SocketFlags.None);
            rest = rest[sent..];
            Interlocked.Increment(ref counters.Writes);
            Interlocked.Add(ref counters.Bytes, sent);
            Volatile.Write(ref _progressAt, clock.GetTimestamp());
        }
    }

    private bool TakeNext()
    {
        lock (_gate)
        {
            _inFlight.Clear();
            _isSending = !_isClosed && _gathering.Length > 0;
            if (_isSending)
                TakeBatch();
            return _isSending;
        }
    }
}
