using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Hints;

/// <summary>A hint as it lies in the store. Equal records have equal bytes.</summary>
/// <remarks>
/// Layout (varints are LEB128): format byte 1; number of targets; for each, by name, the length and UTF-8 of its name and
/// the 8 bytes, little-endian, of its time in Unix milliseconds; the encoded sibling set to the end.
/// </remarks>
public static class HintCodec
{
    /// <summary>The format this version writes.</summary>
    public const byte Format = 1;

    /// <summary>Nodes for which one record is kept; a key has at most 15 owners, and a ring that changes some more.</summary>
    public const int TargetsMax = 64;

    /// <summary>Longest name of a node, in bytes: 255 characters.</summary>
    public const int NameBytesMax = 255 * 3;

    private const int TargetBytesMin = 10;

    public static ReadOnlyMemory<byte> Encode(HintRecord record)
    {
        Invariant.Require(!record.IsEmpty, "a record that is kept has a target");
        var writer = new ByteWriter(16 + (record.Targets.Length * 40) + record.Object.Length);
        writer.Byte(Format);
        writer.VarInt((ulong)record.Targets.Length);
        foreach (HintTarget target in record.Targets)
        {
            writer.Text(target.Node.Name);
            writer.UInt64((ulong)target.KeptAtMillis);
        }

        writer.Bytes(record.Object.Span);
        return writer.Written;
    }

    /// <summary>Decodes; the object is a view into the memory, which must not change. No bytes are the empty record.</summary>
    /// <returns>False when the bytes are not a canonical record of a known format.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out HintRecord record)
    {
        record = HintRecord.Empty;
        if (bytes.IsEmpty)
            return true;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Format)
            return false;
        int count = reader.Count(TargetsMax);
        if (reader.Failed || count == 0 || count > reader.Left / TargetBytesMin)
            return false;
        var targets = new HintTarget[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryReadTarget(ref reader, out targets[i]) || (i > 0 && targets[i - 1].Node >= targets[i].Node))
                return false;
        }

        ReadOnlyMemory<byte> encoded = reader.Take(reader.Left);
        if (encoded.IsEmpty || !SiblingSetCodec.TryDecode(encoded, out SiblingSet set))
            return false;
        record = new HintRecord(targets, set, encoded);
        return true;
    }

    private static bool TryReadTarget(ref ByteReader reader, out HintTarget target)
    {
        ReadOnlyMemory<byte> name = reader.Block(NameBytesMax);
        long keptAtMillis = (long)reader.UInt64();
        string text = Encoding.UTF8.GetString(name.Span);
        target = new HintTarget(new NodeId(text), keptAtMillis);

        // Bytes that are no UTF-8 decode to something that encodes otherwise.
        return !reader.Failed && text.Length is > 0 and <= 255 && Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(name.Span);
    }
}
