using System.Buffers.Binary;

namespace AkkaKv.Storage.Log;

/// <summary>The object of an opened record: 8 bytes actor id, 8 bytes time in Unix milliseconds, 1 byte durability.</summary>
internal readonly record struct SessionRecord(ulong ActorId, long OpenedUnixMillis, Durability Durability)
{
    public const int Bytes = 17;

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ActorId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), OpenedUnixMillis);
        bytes[16] = (byte)Durability;
        return bytes;
    }

    public static SessionRecord Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        (Durability)bytes[16]);
}
