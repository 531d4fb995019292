using System.Net.Sockets;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Loops;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Wire;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Peers;

/// <summary>One accepted connection: agrees, then decodes whatever has arrived as one batch and posts it loop by loop.</summary>
internal sealed class InboundConnection(Socket socket, PeerListener listener, NativeNodeOptions options, IMessageCodec codec, TimeProvider clock)
{
    private static readonly byte[] SignOfLife = MakeSignOfLife();

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SignsOfLife _life = new(clock);
    private readonly string _from = socket.RemoteEndPoint?.ToString() ?? "an unknown address";
    private readonly DeliveryBatch[] _groups = MakeGroups(options.Loops);
    private volatile bool _hasAgreed;
    private NodeId _peer;

    /// <summary>Completes when nothing of this connection will be posted or told any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Who is at the other end: the peer's name once it has agreed, its address until then. Stays when the socket is closed.</summary>
    public string From => _hasAgreed ? _peer.Name : _from;

    /// <summary>True when it is time to close it: the handshake, or the silence, took too long.</summary>
    public bool IsOverdue() => _life.SilenceSince(_life.HeardAt) > (_hasAgreed ? options.SilenceMax : options.ConnectTimeout);

    public void Close() => socket.Dispose();

    public async Task RunAsync()
    {
        using var buffer = new ReceiveBuffer(HandshakeCodec.BodyBytesMax);
        try
        {
            socket.NoDelay = true;
            if (await AgreeAsync(buffer) is { } hello)
                await ReceiveAllAsync(buffer, hello);
        }
        catch (WireFormatException cause)
        {
            listener.Broke($"{From}: {cause.Message}");
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            // The peer or this node closed it; the peer dials again.
        }
        finally
        {
            socket.Dispose();
            listener.Forget(this);
            _ended.TrySetResult();
        }
    }

    private async Task<Hello?> AgreeAsync(ReceiveBuffer buffer)
    {
        Hello other = await HandshakeExchange.ReceiveAsync(socket, buffer, HandshakeCodec.ReadHello, CancellationToken.None);
        Hello own = options.HelloTo(other.Node, other.Class, listener.ClusterId);
        string? refusal = own.RefusalOf(other) ?? listener.RefusalOf(other);
        await HandshakeExchange.SendAsync(socket, output => HandshakeCodec.Write(new HelloAnswer(own, refusal), output), CancellationToken.None);
        if (refusal is not null)
        {
            listener.Refused(other.Node, refusal);
            return null;
        }

        _peer = new NodeId(other.Node);
        _hasAgreed = true;
        _life.HeardNow();
        return other;
    }

    private async Task ReceiveAllAsync(ReceiveBuffer handshakeRest, Hello hello)
    {
        if (!await listener.TakeOverAsync(this, _peer, hello.Class))
            return;
        using var buffer = new ReceiveBuffer(options.BufferBytesKept);
        buffer.Append(handshakeRest.Unread);
        while (true)
        {
            if (ReadFrames(buffer, out int frameBytes))
                await socket.SendAsync(SignOfLife, SocketFlags.None);
            if (!await buffer.FillAsync(socket, frameBytes, CancellationToken.None))
                return;
            Interlocked.Increment(ref listener.Counters.Reads);
            _life.HeardNow();
        }
    }

    // True when the peer asked for a sign of life.
    private bool ReadFrames(ReceiveBuffer buffer, out int frameBytes)
    {
        bool wasAsked = false;
        try
        {
            while (FrameCodec.TryRead(buffer.Unread, options.FrameBytesMax, out frameBytes))
            {
                if (frameBytes == FrameCodec.HeaderBytes)
                    wasAsked = true;
                else
                    Sort(buffer.Unread[FrameCodec.HeaderBytes..frameBytes]);
                buffer.Consume(frameBytes);
            }
        }
        finally
        {
            // What came before a broken frame was whole.
            for (int loop = 0; loop < _groups.Length; loop++)
                listener.Post(loop, _groups[loop]);
        }

        return wasAsked;
    }

    private void Sort(ReadOnlySpan<byte> body)
    {
        if (!codec.TryDecode(_peer, body, out Received received))
        {
            Interlocked.Increment(ref listener.Counters.UnknownKinds);
            return;
        }

        if (codec.RefusalOf(received, options.RingPartitions) is { } refusal)
        {
            listener.Unfit(_peer, refusal);
            return;
        }

        int loop = LoopRoute.Of(received.Role, received.Number, _groups.Length);
        if (loop != LoopRoute.Nowhere)
            _groups[loop].Add(new Delivery(received.Role, received.Number, received.Message));
        else
            listener.PostOutsideLoops(received);
    }

    private static DeliveryBatch[] MakeGroups(int loops)
    {
        var groups = new DeliveryBatch[loops];
        for (int i = 0; i < loops; i++)
            groups[i] = new DeliveryBatch();
        return groups;
    }

    private static byte[] MakeSignOfLife()
    {
        var frame = new byte[FrameCodec.HeaderBytes];
        FrameCodec.WriteHeader(frame, []);
        return frame;
    }
}
