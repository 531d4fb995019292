using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Tests.Support;

/// <summary>A peer made of bare sockets, which a test lets misbehave.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public RawPeer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static Hello HelloFrom(string node, string expectedPeer, MessageClass group) =>
        new(Hello.ProtocolVersion, Hello.ProtocolVersion, "test", node, expectedPeer, 64, group);

    /// <summary>Accepts a node's connections of all classes, and welcomes them.</summary>
    public async Task<Socket[]> AcceptAllAsync(string own, int protocolMax = Hello.ProtocolVersion)
    {
        var sockets = new Socket[(int)MessageClass.Bulk + 1];
        for (int i = 0; i < sockets.Length; i++)
        {
            (Socket socket, MessageClass group) = await AcceptAsync(own, protocolMax);
            sockets[(int)group] = socket;
        }

        return sockets;
    }

    /// <summary>Welcomes whatever comes, again and again, and says nothing more; until it is disposed.</summary>
    public async Task AcceptAndFallSilentAsync(string own)
    {
        var kept = new List<Socket>();
        try
        {
            while (true)
                kept.Add((await AcceptAsync(own)).Socket);
        }
        catch (Exception cause) when (cause is InvalidOperationException or SocketException)
        {
            // Disposed while it waited, or between two connections: then it listens no longer.
            kept.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>Takes so many connections and closes each at once.</summary>
    public async Task TurnAwayAsync(int count)
    {
        for (int i = 0; i < count; i++)
            (await _listener.AcceptSocketAsync()).Dispose();
    }

    /// <summary>Dials a node once for each class, as a peer that is well does.</summary>
    public static async Task<Socket[]> DialAllAsync(IPEndPoint node, string own, string expectedPeer)
    {
        var sockets = new Socket[(int)MessageClass.Bulk + 1];
        for (int i = 0; i < sockets.Length; i++)
        {
            (sockets[i], HelloAnswer answer) = await DialAsync(node, HelloFrom(own, expectedPeer, (MessageClass)i));
            answer.Refusal.ShouldBeNull();
        }

        return sockets;
    }

    /// <summary>Dials a node and returns its answer.</summary>
    public static async Task<(Socket Socket, HelloAnswer Answer)> DialAsync(IPEndPoint node, Hello hello)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node);
        await SendAsync(socket, output => HandshakeCodec.Write(hello, output));
        return (socket, HandshakeCodec.ReadAnswer(await ReadHandshakeAsync(socket)));
    }

    public static async Task SendAsync(Socket socket, Action<FrameBuffer> write)
    {
        using var output = new FrameBuffer(1024);
        write(output);
        await socket.SendAsync(output.Written, SocketFlags.None);
    }

    /// <summary>Reads the next frame with a body.</summary>
    public static async Task<byte[]> ReadBodyAsync(Socket socket)
    {
        while (true)
        {
            byte[] header = await ReadExactlyAsync(socket, FrameCodec.HeaderBytes);
            byte[] body = await ReadExactlyAsync(socket, (int)BinaryPrimitives.ReadUInt32LittleEndian(header));
            if (body.Length > 0)
                return body;
        }
    }

    /// <summary>Reads until the other side closes, however it does.</summary>
    public static async Task UntilClosedAsync(Socket socket)
    {
        var bytes = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(bytes, SocketFlags.None).WaitAsync(Waiting.Max) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Closed with bytes unread: a reset.
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task<(Socket Socket, MessageClass Group)> AcceptAsync(string own, int protocolMax = Hello.ProtocolVersion)
    {
        Socket socket = await _listener.AcceptSocketAsync().WaitAsync(Waiting.Max);
        Hello hello = HandshakeCodec.ReadHello(await ReadHandshakeAsync(socket));
        var answer = new HelloAnswer(HelloFrom(own, hello.Node, hello.Class) with { ProtocolMin = 1, ProtocolMax = protocolMax }, null);
        await SendAsync(socket, output => HandshakeCodec.Write(answer, output));
        return (socket, hello.Class);
    }

    private static async Task<byte[]> ReadHandshakeAsync(Socket socket)
    {
        byte[] received = [];
        int needed;
        while (!HandshakeCodec.TryFind(received, out needed))
            received = [.. received, .. await ReadExactlyAsync(socket, needed - received.Length)];
        return received[..needed];
    }

    private static async Task<byte[]> ReadExactlyAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (int got = 0; got < count;)
        {
            int received = await socket.ReceiveAsync(bytes.AsMemory(got), SocketFlags.None).AsTask().WaitAsync(Waiting.Max);
            if (received == 0)
                throw new EndOfStreamException("The node closed the connection.");
            got += received;
        }

        return bytes;
    }
}
