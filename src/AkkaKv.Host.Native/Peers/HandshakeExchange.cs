using System.Net.Sockets;
using AkkaKv.Wire.Frames;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Peers;

/// <summary>The first words each way, on a socket.</summary>
internal static class HandshakeExchange
{
    public static async Task SendAsync(Socket socket, Action<FrameBuffer> write, CancellationToken cancellation)
    {
        using var output = new FrameBuffer(HandshakeCodec.BodyBytesMax);
        write(output);
        for (ReadOnlyMemory<byte> rest = output.Written; !rest.IsEmpty;)
            rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellation)..];
    }

    /// <summary>Reads one handshake and leaves in the buffer what came after it.</summary>
    /// <exception cref="Wire.WireFormatException">The other side speaks something else, or closed.</exception>
    public static async Task<T> ReceiveAsync<T>(Socket socket, ReceiveBuffer buffer, HandshakeReader<T> read, CancellationToken cancellation)
    {
        int needed;
        while (!HandshakeCodec.TryFind(buffer.Unread, out needed))
        {
            if (!await buffer.FillAsync(socket, needed, cancellation))
                throw new Wire.WireFormatException("The peer closed the connection during the handshake.");
        }

        T words = read(buffer.Unread[..needed]);
        buffer.Consume(needed);
        return words;
    }
}

/// <summary>Reads the words of one side.</summary>
internal delegate T HandshakeReader<out T>(ReadOnlySpan<byte> handshake);
