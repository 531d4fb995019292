using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>
/// What a node remembers of its ids: no id up to the mark may be made after a restart, and under which layout they were
/// made. The bytes: version (1), bits of time, datacenter, machine and sequence (1 each), epoch and mark (8 each, little-endian).
/// </summary>
/// <param name="MarkUnixMillis">Milliseconds since 1970.</param>
public sealed record SnowflakeMark(SnowflakeLayout Layout, long MarkUnixMillis)
{
    private const byte Version = 1;

    public ReadOnlyMemory<byte> Encode()
    {
        var writer = new ByteWriter(21);
        writer.Byte(Version);
        writer.Byte((byte)Layout.TimeBits);
        writer.Byte((byte)Layout.DatacenterBits);
        writer.Byte((byte)Layout.MachineBits);
        writer.Byte((byte)Layout.SequenceBits);
        writer.UInt64((ulong)Layout.EpochUnixMillis);
        writer.UInt64((ulong)MarkUnixMillis);
        return writer.Written;
    }

    /// <returns>False when these bytes are no mark that this program knows.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out SnowflakeMark? mark)
    {
        var reader = new ByteReader(bytes);
        bool known = reader.Byte() == Version;
        var layout = new SnowflakeLayout
        {
            TimeBits = reader.Byte(),
            DatacenterBits = reader.Byte(),
            MachineBits = reader.Byte(),
            SequenceBits = reader.Byte(),
            EpochUnixMillis = (long)reader.UInt64(),
        };
        long millis = (long)reader.UInt64();
        mark = known && reader.IsComplete ? new SnowflakeMark(layout, millis) : null;
        return mark is not null;
    }
}
