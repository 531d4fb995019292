using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Versions;

/// <summary>
/// The one encoding of a sibling set: on disk, between nodes, and for comparing. Equal sets have equal bytes, so replicas
/// that agree are told by comparing bytes, without decoding.
/// </summary>
/// <remarks>
/// Layout (varints are LEB128): format byte 1; number of actors; for each actor its 8 bytes, little-endian, and its
/// newest counter; number of values; for each value the index of its actor, its counter, a flags byte (1 tombstone,
/// 2 expiry, 4 content type), written-at, [expires-at], [content type as length and UTF-8], length and payload.
/// Times are Unix milliseconds as 8 bytes.
/// </remarks>
public static class SiblingSetCodec
{
    /// <summary>The format this version writes.</summary>
    public const byte Format = 1;

    /// <summary>The largest content type, in bytes.</summary>
    public const int ContentTypeBytesMax = 255;

    // Actor index, counter, flags, written-at, length of an empty payload.
    private const int ValueBytesMin = 12;

    private const byte TombstoneFlag = 1;
    private const byte ExpiryFlag = 2;
    private const byte ContentTypeFlag = 4;

    /// <summary>The canonical bytes of a set.</summary>
    public static ReadOnlyMemory<byte> Encode(SiblingSet set)
    {
        int payload = 0;
        foreach (VersionedValue value in set.Values)
            payload += value.Content.Payload.Length + 64;
        var writer = new ByteWriter(16 + (set.Seen.Newest.Length * 18) + payload);
        writer.Byte(Format);
        WriteVector(ref writer, set.Seen);
        writer.VarInt((ulong)set.Count);
        foreach (VersionedValue value in set.Values)
            WriteValue(ref writer, set.Seen, value);
        return writer.Written;
    }

    /// <summary>Decodes; payloads are views into the memory, which must not change. Empty bytes are the empty set.</summary>
    /// <returns>False when the bytes are not a canonical set of a known format.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out SiblingSet set)
    {
        set = SiblingSet.Empty;
        if (bytes.IsEmpty)
            return true;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Format || !TryReadVector(ref reader, out VersionVector seen))
            return false;

        // Bounded by the bytes that are there and by nothing else: merges are never refused, so whatever number of
        // values they lead to must be readable again.
        var values = new VersionedValue[reader.Count(reader.Left / ValueBytesMin)];
        for (int i = 0; i < values.Length; i++)
        {
            if (!TryReadValue(ref reader, seen, out values[i]) || (i > 0 && values[i - 1].Dot >= values[i].Dot))
                return false;
        }

        if (!reader.IsComplete)
            return false;
        set = new SiblingSet(seen, values);
        return true;
    }

    /// <summary>Number of actors, then each actor and counter.</summary>
    public static void WriteVector(ref ByteWriter writer, VersionVector vector)
    {
        Invariant.Require(vector.IsReadable, "a vector that could not be decoded again is refused, not written", vector.Newest.Length);
        writer.VarInt((ulong)vector.Newest.Length);
        foreach (Dot dot in vector.Newest)
        {
            writer.UInt64(dot.Actor);
            writer.VarInt(dot.Counter);
        }
    }

    /// <returns>False when actors do not strictly increase, a counter is 0, or the bytes end early.</returns>
    public static bool TryReadVector(ref ByteReader reader, out VersionVector vector)
    {
        vector = VersionVector.Empty;
        int count = reader.Count(VersionVector.ActorsMax);
        if (reader.Failed || count > reader.Left / 9)
            return false;
        var newest = new Dot[count];
        for (int i = 0; i < count; i++)
        {
            newest[i] = new Dot(reader.UInt64(), reader.VarInt());
            if (reader.Failed || newest[i].Counter == 0 || (i > 0 && newest[i - 1].Actor >= newest[i].Actor))
                return false;
        }

        vector = VersionVector.Of(newest);
        return true;
    }

    private static void WriteValue(ref ByteWriter writer, VersionVector seen, VersionedValue value)
    {
        ValueContent content = value.Content;
        writer.VarInt((ulong)ActorIndex(seen, value.Dot.Actor));
        writer.VarInt(value.Dot.Counter);
        writer.Byte((byte)((content.IsTombstone ? TombstoneFlag : 0)
            | (content.ExpiresAtMillis != 0 ? ExpiryFlag : 0)
            | (content.ContentType is not null ? ContentTypeFlag : 0)));
        writer.UInt64((ulong)content.WrittenAtMillis);
        if (content.ExpiresAtMillis != 0)
            writer.UInt64((ulong)content.ExpiresAtMillis);
        if (content.ContentType is not null)
            writer.Text(content.ContentType);
        writer.Block(content.Payload.Span);
    }

    private static bool TryReadValue(ref ByteReader reader, VersionVector seen, out VersionedValue value)
    {
        value = null!;
        int actorIndex = reader.Count(VersionVector.ActorsMax);
        ulong counter = reader.VarInt();
        byte flags = reader.Byte();
        if (reader.Failed || actorIndex >= seen.Newest.Length || flags > 7)
            return false;
        var dot = new Dot(seen.Newest[actorIndex].Actor, counter);
        long writtenAt = (long)reader.UInt64();
        long expiresAt = (flags & ExpiryFlag) != 0 ? (long)reader.UInt64() : 0;
        string? contentType = (flags & ContentTypeFlag) != 0 ? reader.Text(ContentTypeBytesMax) : null;
        ReadOnlyMemory<byte> payload = reader.Block(int.MaxValue);
        bool canonical = expiresAt != 0 || (flags & ExpiryFlag) == 0;
        if (reader.Failed || !canonical || counter == 0 || !seen.Covers(dot))
            return false;
        value = new VersionedValue(dot, new ValueContent(payload, contentType, writtenAt, expiresAt, (flags & TombstoneFlag) != 0));
        return value.Content.HasCalendarTimes;
    }

    private static int ActorIndex(VersionVector seen, ulong actor)
    {
        for (int i = 0; i < seen.Newest.Length; i++)
        {
            if (seen.Newest[i].Actor == actor)
                return i;
        }

        throw new InvariantException($"A set has seen the dots of all its values; the actor {actor:x16} is not among {seen}");
    }
}
