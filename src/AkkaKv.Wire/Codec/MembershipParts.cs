using System.Buffers;
using System.Buffers.Binary;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using Google.Protobuf;

namespace AkkaKv.Wire.Codec;

/// <summary>
/// Gossip between memberships. The entries are one block: four bytes of hash, then incarnation and counter as varints;
/// tags and lengths for each would be half of the message.
/// </summary>
internal static class MembershipParts
{
    private const int EntriesBytesMax = 64 * 1024;
    private const int EntryBytesMin = 6;

    public static V1.GossipDigest ToProto(GossipDigest digest, NodeId sender)
    {
        RequireOwn(digest.From, sender);
        return new V1.GossipDigest { SentAtMicros = digest.SentAtMicros, Entries = Write(digest.Entries) };
    }

    public static GossipDigest FromProto(V1.GossipDigest digest, NodeId sender) => new(sender, digest.SentAtMicros, Read(digest.Entries));

    public static V1.GossipDelta ToProto(GossipDelta delta, NodeId sender)
    {
        RequireOwn(delta.From, sender);
        return new V1.GossipDelta { SentAtMicros = delta.SentAtMicros, WallMillis = delta.WallMillis, Entries = Write(delta.Entries) };
    }

    public static GossipDelta FromProto(V1.GossipDelta delta, NodeId sender) =>
        new(sender, delta.SentAtMicros, delta.WallMillis, Read(delta.Entries));

    // The name does not travel: the connection knows it.
    private static void RequireOwn(NodeId from, NodeId sender) =>
        Invariant.Require(from == sender, "a node gossips in its own name", from);

    private static ByteString Write(IReadOnlyList<GossipEntry> entries)
    {
        var writer = new ByteWriter(entries.Count * 10);
        Span<byte> hash = stackalloc byte[4];
        foreach (GossipEntry entry in entries)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(hash, entry.Member);
            writer.Bytes(hash);
            writer.VarInt(entry.Incarnation);
            writer.VarInt(entry.Counter);
        }

        return Parts.Opaque(writer.Written);
    }

    private static GossipEntry[] Read(ByteString bytes)
    {
        Parts.Require(bytes.Length <= EntriesBytesMax, "the entries of gossip have at most 65536 bytes", bytes.Length);
        var entries = new List<GossipEntry>(bytes.Length / EntryBytesMin);
        var reader = new ByteReader(bytes.Memory);
        while (reader.Left > 0 && !reader.Failed)
        {
            ReadOnlySpan<byte> hash = reader.Take(4).Span;
            entries.Add(new GossipEntry(hash.Length == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(hash) : 0, reader.VarInt(), reader.VarInt()));
        }

        Parts.Require(reader.IsComplete, "the entries of gossip are whole; bytes left", reader.Left);
        return [.. entries];
    }
}
