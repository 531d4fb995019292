using System.Buffers.Binary;
using System.Text;

namespace AkkaKv.Core.Kernel;

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote. Nothing throws: a read past the end, or a number that is not in its
/// shortest form, makes <see cref="Failed"/> true for good and gives zeros. Check it once at the end.
/// </summary>
public struct ByteReader(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    /// <summary>True once anything did not fit.</summary>
    public bool Failed { get; private set; }

    /// <summary>True when nothing failed and nothing is left.</summary>
    public readonly bool IsComplete => !Failed && _at == bytes.Length;

    public readonly int Left => bytes.Length - _at;

    public byte Byte() => Take(1) is { Length: 1 } taken ? taken.Span[0] : (byte)0;

    public ulong UInt64() => Take(8) is { Length: 8 } taken ? BinaryPrimitives.ReadUInt64LittleEndian(taken.Span) : 0;

    public ulong VarInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Byte();
            bool overflows = shift == 63 && part > 1;
            bool padded = shift > 0 && part == 0;
            if (overflows || padded)
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        Failed = true;
        return 0;
    }

    /// <summary>A varint that must not exceed the bound.</summary>
    public int Count(int max)
    {
        ulong value = VarInt();
        if (value <= (ulong)max)
            return (int)value;
        Failed = true;
        return 0;
    }

    /// <summary>A length and that many bytes; a view, not a copy.</summary>
    public ReadOnlyMemory<byte> Block(int max) => Take(Count(max));

    public ReadOnlyMemory<byte> Take(int count)
    {
        if (Failed || count > Left)
        {
            Failed = true;
            return default;
        }

        _at += count;
        return bytes.Slice(_at - count, count);
    }

    /// <summary>UTF-8 with its length before it.</summary>
    public string Text(int max) => Encoding.UTF8.GetString(Block(max).Span);
}
