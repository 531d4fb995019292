using System.Buffers.Binary;
using System.Text;

namespace AkkaKv.Core.Kernel;

/// <summary>Writes numbers and bytes into one array that grows. Little-endian; varints are LEB128.</summary>
public struct ByteWriter(int capacity)
{
    private byte[] _bytes = new byte[capacity];
    private int _length;

    /// <summary>What was written; valid until the next write.</summary>
    public readonly ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void VarInt(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    /// <summary>The length as a varint, then the bytes.</summary>
    public void Block(ReadOnlySpan<byte> value)
    {
        VarInt((ulong)value.Length);
        Bytes(value);
    }

    /// <summary>UTF-8 with its length before it.</summary>
    public void Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        VarInt((ulong)length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    private Span<byte> Reserve(int count)
    {
        if (_length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}
