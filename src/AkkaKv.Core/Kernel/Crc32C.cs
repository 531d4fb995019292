using System.Buffers.Binary;
using System.Numerics;

namespace AkkaKv.Core.Kernel;

/// <summary>
/// CRC-32C (Castagnoli), by the processor's instruction where there is one. Source: RFC 3720, B.4, whose vectors are in
/// the tests. Detects every burst of up to 32 bits and, at our record sizes, every error of up to three bits.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum as everyone writes it.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    /// <summary>Takes a running state (not a finished checksum) further.</summary>
    public static uint Continue(uint state, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes)
            state = BitOperations.Crc32C(state, b);
        return state;
    }

    /// <summary>Takes a running state further by one number.</summary>
    public static uint Continue(uint state, ulong number) => BitOperations.Crc32C(state, number);
}
