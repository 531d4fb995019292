using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>One change of what is kept.</summary>
/// <param name="Object">The key's record as it is from now on; empty when none is.</param>
internal readonly record struct HintEdit(StoreKey Key, ReadOnlyMemory<byte> Object);

/// <summary>Changes as one event of the journal; a snapshot is the same, of everything that is kept.</summary>
/// <remarks>Layout (varints are LEB128): format byte 1; number of edits; for each the key's canonical bytes and the record, each after its length.</remarks>
internal static class HintEvents
{
    private const byte Format = 1;

    public static byte[] Encode(IReadOnlyCollection<HintEdit> edits)
    {
        var writer = new ByteWriter(16 + edits.Sum(static edit => edit.Key.Bytes.Length + edit.Object.Length + 8));
        writer.Byte(Format);
        writer.VarInt((ulong)edits.Count);
        foreach (HintEdit edit in edits)
        {
            writer.Block(edit.Key.Bytes.Span);
            writer.Block(edit.Object.Span);
        }

        return writer.Written.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not what this release writes.</exception>
    public static IReadOnlyList<HintEdit> Decode(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        bool isKnown = reader.Byte() == Format;
        int count = reader.Count(int.MaxValue);
        var edits = new List<HintEdit>();
        for (int i = 0; i < count && isKnown && !reader.Failed; i++)
        {
            isKnown = StoreKey.TryRead(reader.Block(StoreKey.BytesMax), out StoreKey? key);
            if (isKnown)
                edits.Add(new HintEdit(key!, reader.Block(int.MaxValue)));
        }

        return isKnown && reader.IsComplete
            ? edits
            : throw new InvalidDataException($"An event of the hints' journal must be of format {Format} and whole; {bytes.Length} bytes are not. Run the release that wrote them.");
    }
}
