using System.Buffers.Binary;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Wire.Frames;

/// <summary>
/// A frame is a little-endian u32 with the length of its body, a u32 with the body's CRC-32C, and the body. A frame
/// with an empty body is a sign of life and carries no message.
/// </summary>
public static class FrameCodec
{
    /// <summary>Bytes in front of each body.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Looks for one frame at the start of what has been received.</summary>
    /// <param name="received">All bytes received and not consumed yet.</param>
    /// <param name="bodyBytesMax">The largest body that is accepted; checked before anyone allocates for it.</param>
    /// <param name="frameBytes">Header and body together: what to consume, or what to wait for.</param>
    /// <returns>False while bytes are missing.</returns>
    /// <exception cref="WireFormatException">The body is too large or its checksum does not hold: the stream is lost.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, int bodyBytesMax, out int frameBytes)
    {
        frameBytes = HeaderBytes;
        if (received.Length < HeaderBytes)
            return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(received);
        if (length > (uint)bodyBytesMax)
            throw new WireFormatException($"A frame may hold {bodyBytesMax} bytes; the peer announced {length}. Align the frame limits of both nodes.");
        frameBytes = HeaderBytes + (int)length;
        if (received.Length < frameBytes)
            return false;
        uint announced = BinaryPrimitives.ReadUInt32LittleEndian(received[4..]);
        uint found = Crc32C.Of(received.Slice(HeaderBytes, (int)length));
        if (announced != found)
        {
            throw new WireFormatException(
                $"A frame of {length} bytes has checksum {found:x8}; its header says {announced:x8}. The connection cannot be trusted.");
        }

        return true;
    }

    /// <summary>Fills in the header of a body.</summary>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32C.Of(body));
    }
}
