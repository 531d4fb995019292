using System.Buffers.Binary;
using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Disk;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage.Identity;

/// <summary>
/// Whose directory this is: the file "manifest". 8 magic, 4 format version, 4 length, 8 store id, 8 actor id, 8 creation
/// time in Unix milliseconds, then the node's and the cluster's name, each as 2 bytes of length and UTF-8, and a CRC-32C
/// of all before in the last 4. Later formats keep magic, version, length and CRC in their places.
/// </summary>
internal sealed record Manifest(ulong StoreId, ulong ActorId, long CreatedUnixMillis, string Node, string Cluster)
{
    public const string FileName = "manifest";
    private const uint CurrentVersion = 1;
    private const int FixedBytes = 40;
    private const int LengthMax = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "AKVMANIF"u8;

    /// <summary>Replaces the manifest: at every moment the old or the new one is there, whole.</summary>
    public void Save(IStoreDisk disk) => WholeFile.Replace(disk, FileName, ToBytes());

    /// <exception cref="StoreOpenException">It is damaged or of a newer format.</exception>
    public static Manifest Load(IStoreDisk disk)
    {
        using IStoreFile file = disk.Open(FileName);
        var bytes = new byte[Math.Min(file.Length, LengthMax)];
        int read = file.ReadAt(0, bytes);
        return Read(bytes.AsSpan(0, read), Path.Combine(disk.Directory, FileName));
    }

    /// <exception cref="StoreOpenException">The directory is another node's or another cluster's.</exception>
    public void RequireOwner(string directory, string node, string cluster)
    {
        if (Node != node || Cluster != cluster)
            throw new StoreOpenException(
                $"{directory} must be the data directory of node '{node}' in cluster '{cluster}'; it is that of node '{Node}' in cluster " +
                $"'{Cluster}'. Give this node its own directory, or correct the names in its settings.");
    }

    private byte[] ToBytes()
    {
        byte[] node = Encoding.UTF8.GetBytes(Node);
        byte[] cluster = Encoding.UTF8.GetBytes(Cluster);
        var bytes = new byte[FixedBytes + 2 + node.Length + 2 + cluster.Length + 4];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), CurrentVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), StoreId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), ActorId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), CreatedUnixMillis);
        int at = WriteName(bytes, FixedBytes, node);
        at = WriteName(bytes, at, cluster);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Crc32C.Of(bytes.AsSpan(0, at)));
        return bytes;
    }

    private static int WriteName(byte[] bytes, int at, byte[] name)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), checked((ushort)name.Length));
        name.CopyTo(bytes.AsSpan(at + 2));
        return at + 2 + name.Length;
    }

    private static Manifest Read(ReadOnlySpan<byte> bytes, string path)
    {
        // Order matters: the checksum first, so that a flipped version is damage and not "newer".
        bool whole = bytes.Length >= FixedBytes + 8 && bytes.StartsWith(Magic)
            && BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) == bytes.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) == Crc32C.Of(bytes[..^4]);
        if (!whole)
            throw Damage.Of(path, 0, "the manifest must be whole and match its checksum; this one does not");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version > CurrentVersion)
            throw Damage.NewerFormat(path, version, CurrentVersion);
        ReadOnlySpan<byte> names = bytes[FixedBytes..];
        string node = ReadName(ref names);
        string cluster = ReadName(ref names);
        return new Manifest(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            node,
            cluster);
    }

    private static string ReadName(ref ReadOnlySpan<byte> names)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(names);
        string name = Encoding.UTF8.GetString(names.Slice(2, length));
        names = names[(2 + length)..];
        return name;
    }
}
