using System.Buffers.Binary;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Storage.Log;

/// <summary>A record in a buffer.</summary>
internal readonly ref struct RecordView(RecordType type, LogPosition floor, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int bytes)
{
    public RecordType Type { get; } = type;

    /// <summary>Everything in the log before this was durable when the record was written.</summary>
    public LogPosition Floor { get; } = floor;

    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> Object { get; } = value;

    /// <summary>The length on disk, padding included.</summary>
    public int Bytes { get; } = bytes;
}

/// <summary>
/// One record: 4 bytes CRC-32C, 4 object length, 2 key length, 1 type, 1 zero, 8 floor, key, object, zeros up to a
/// multiple of 8. All little-endian. The CRC covers everything after itself, and starts from the store's id and the
/// record's own position: a copy of a record elsewhere (a value that happens to hold a log, a block of a deleted file, a
/// write that went to the wrong place) is not a record.
/// </summary>
internal static class RecordFormat
{
    public const int HeaderBytes = 20;
    public const int Alignment = 8;

    /// <summary>A record without key and object, such as a seal.</summary>
    public const int EmptyRecordBytes = 24;

    /// <summary>The largest object. Far above what the gateway admits; below what an array and a segment can hold.</summary>
    public const int ObjectBytesMax = 1 << 30;

    private const byte LastType = 31;

    public static uint StoreSeed(ulong storeId) => Crc32C.Continue(uint.MaxValue, storeId);

    public static int SizeOf(int keyBytes, int objectBytes) => (HeaderBytes + keyBytes + objectBytes + Alignment - 1) & -Alignment;

    /// <summary>Writes a record into the start of the target, which is as long as the record or longer and may hold anything.</summary>
    public static void Write(
        Span<byte> target,
        uint storeSeed,
        LogPosition at,
        LogPosition floor,
        RecordType type,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> value)
    {
        target = target[..SizeOf(key.Length, value.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)key.Length);
        target[10] = (byte)type;
        target[11] = 0;
        BinaryPrimitives.WriteUInt64LittleEndian(target[12..], floor.Packed);
        key.CopyTo(target[HeaderBytes..]);
        value.CopyTo(target[(HeaderBytes + key.Length)..]);
        target[(HeaderBytes + key.Length + value.Length)..].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target, Checksum(target, storeSeed, at));
    }

    /// <summary>Reads the record at the start of the bytes, which were found at this position of the log.</summary>
    /// <returns>False when no complete, valid record starts there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, uint storeSeed, LogPosition at, out RecordView record)
    {
        record = default;
        if (bytes.Length < EmptyRecordBytes || bytes[10] is 0 or > LastType || bytes[11] != 0)
            return false;
        uint objectBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        LogPosition floor = LogPosition.Unpack(BinaryPrimitives.ReadUInt64LittleEndian(bytes[12..]));
        if (objectBytes > ObjectBytesMax || floor > at || floor.Segment == 0)
            return false;
        int keyBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        int size = SizeOf(keyBytes, (int)objectBytes);
        if (size > bytes.Length)
            return false;
        bytes = bytes[..size];
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Checksum(bytes, storeSeed, at))
            return false;
        record = new RecordView(
            (RecordType)bytes[10], floor, bytes.Slice(HeaderBytes, keyBytes), bytes.Slice(HeaderBytes + keyBytes, (int)objectBytes), size);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> record, uint storeSeed, LogPosition at) =>
        ~Crc32C.Continue(Crc32C.Continue(storeSeed, at.Packed), record[4..]);
}
