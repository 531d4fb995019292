using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>
/// What a counter remembers: which numbers were its own, and the bound below which it may have given them. The bytes:
/// version (1), step, index and bound (8 each, little-endian).
/// </summary>
public sealed record CounterMark(long Step, long Index, long Bound)
{
    private const byte Version = 1;

    public ReadOnlyMemory<byte> Encode()
    {
        var writer = new ByteWriter(25);
        writer.Byte(Version);
        writer.UInt64((ulong)Step);
        writer.UInt64((ulong)Index);
        writer.UInt64((ulong)Bound);
        return writer.Written;
    }

    /// <returns>False when these bytes are no mark that this program knows.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out CounterMark? mark)
    {
        var reader = new ByteReader(bytes);
        bool known = reader.Byte() == Version;
        var found = new CounterMark((long)reader.UInt64(), (long)reader.UInt64(), (long)reader.UInt64());
        mark = known && reader.IsComplete ? found : null;
        return mark is not null;
    }
}
