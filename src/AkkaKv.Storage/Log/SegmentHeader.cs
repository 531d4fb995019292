using System.Buffers.Binary;
using System.Globalization;
using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Storage.Log;

/// <summary>
/// The first 64 bytes of a segment: 8 magic, 4 format version, 4 segment number, 8 store id, 8 segment length, zeros, and
/// in the last 4 a CRC-32C of all before. Every later format keeps the magic, the version's place and the CRC's, so that
/// an older program can tell "newer" from "damaged".
/// </summary>
internal readonly record struct SegmentHeader(uint FormatVersion, uint Number, ulong StoreId, long SegmentBytes)
{
    public const int Bytes = 64;
    public const uint CurrentVersion = 1;
    public const string Extension = ".log";
    public const string UnfinishedExtension = ".new";

    private const string Prefix = "segment-";
    private const int ChecksumOffset = Bytes - 4;

    private static ReadOnlySpan<byte> Magic => "AKVSEGMT"u8;

    /// <summary>The file of a segment in use; its number in ten digits, so that names sort as numbers.</summary>
    public static string FileName(uint number) => Prefix + number.ToString("D10", CultureInfo.InvariantCulture) + Extension;

    /// <summary>The file of a segment that is still being filled with zeros.</summary>
    public static string UnfinishedFileName(uint number) => FileName(number)[..^Extension.Length] + UnfinishedExtension;

    public static bool TryParseFileName(string name, out uint number)
    {
        number = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Extension.Length), NumberStyles.None, null, out number);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Number);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), StoreId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), SegmentBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Of(bytes.AsSpan(0, ChecksumOffset)));
        return bytes;
    }

    /// <summary>Checks that the file, of which at least the start is given, is the expected segment of the expected store.</summary>
    /// <exception cref="StoreOpenException">It is not; the message names the file and what is wrong.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> file, long fileLength, IStoreDisk disk, uint expectedNumber, ulong expectedStore)
    {
        string path = Path.Combine(disk.Directory, FileName(expectedNumber));
        if (file.Length < Bytes || !file.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(file[ChecksumOffset..]) != Crc32C.Of(file[..ChecksumOffset]))
            throw Damage.Of(path, 0, "a segment starts with a valid header; this one does not");
        var header = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(file[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(file[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(file[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(file[24..]));
        if (header.FormatVersion > CurrentVersion)
            throw Damage.NewerFormat(path, header.FormatVersion, CurrentVersion);
        if (header.StoreId != expectedStore)
            throw Damage.Of(path, 16, $"the segment belongs to store {header.StoreId:x16}, its directory to store {expectedStore:x16}");
        if (header.Number != expectedNumber)
            throw Damage.Of(path, 12, $"the file is named as segment {expectedNumber} and holds segment {header.Number}");
        if (header.SegmentBytes != fileLength)
            throw Damage.Of(path, 24, $"the segment is {header.SegmentBytes} bytes long by its header and {fileLength} by its file");
        return header;
    }
}
