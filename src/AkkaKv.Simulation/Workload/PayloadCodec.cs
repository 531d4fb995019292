using System.Buffers.Binary;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Simulation.Workload;

/// <summary>A value that names the operation that wrote it: 4 bytes of number, 4 bytes of check, filler.</summary>
internal static class PayloadCodec
{
    private const int HeadBytes = 8;

    public static byte[] Make(int operation, int filler)
    {
        var bytes = new byte[HeadBytes + filler];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, operation);
        bytes.AsSpan(HeadBytes).Fill((byte)operation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Check(bytes));
        return bytes;
    }

    /// <summary>The operation that wrote the value; 0 when it is nobody's.</summary>
    public static int OperationOf(ReadOnlyMemory<byte> payload)
    {
        ReadOnlySpan<byte> bytes = payload.Span;
        if (bytes.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Check(bytes))
            return 0;
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private static uint Check(ReadOnlySpan<byte> bytes) =>
        (uint)StableHash.Of(bytes[HeadBytes..], BinaryPrimitives.ReadUInt32LittleEndian(bytes));
}
