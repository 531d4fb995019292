using System.Buffers;
using System.Net.Sockets;

namespace AkkaKv.Host.Native.Peers;

/// <summary>Bytes received and not consumed yet, in a pooled array that grows to the largest frame and shrinks again.</summary>
internal sealed class ReceiveBuffer(int bytesKept) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(bytesKept);
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    public void Consume(int count) => _start += count;

    /// <summary>Puts bytes in that were received elsewhere; at most what the buffer keeps.</summary>
    public void Append(ReadOnlySpan<byte> received)
    {
        MakeRoom(received.Length);
        received.CopyTo(_bytes.AsSpan(_end));
        _end += received.Length;
    }

    /// <summary>Waits for more.</summary>
    /// <param name="frameBytes">What the frame at the start needs in all: its length was checked against the limit.</param>
    /// <returns>False when the other side has closed.</returns>
    public async ValueTask<bool> FillAsync(Socket socket, int frameBytes, CancellationToken cancellation)
    {
        MakeRoom(frameBytes);
        int received = await socket.ReceiveAsync(_bytes.AsMemory(_end), SocketFlags.None, cancellation);
        _end += received;
        return received > 0;
    }

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void MakeRoom(int frameBytes)
    {
        int unread = _end - _start;
        int needed = Math.Max(frameBytes, bytesKept);
        bool isTooSmall = _bytes.Length < needed;
        bool isTooLarge = _bytes.Length > 2 * needed && unread <= needed;
        if (isTooSmall || isTooLarge)
        {
            byte[] other = ArrayPool<byte>.Shared.Rent(Math.Max(needed, unread));
            Unread.CopyTo(other);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = other;
        }
        else if (_start > 0 && (unread == 0 || _start + needed > _bytes.Length))
        {
            Unread.CopyTo(_bytes);
        }
        else
        {
            return;
        }

        _start = 0;
        _end = unread;
    }
}
