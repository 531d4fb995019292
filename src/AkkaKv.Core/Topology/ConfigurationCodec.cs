using System.Diagnostics.CodeAnalysis;
using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>
/// Configurations as bytes: what is agreed on, kept on disk and told to others. One configuration has one encoding, so that
/// equal bytes mean equal configurations.
/// </summary>
/// <remarks>
/// A version byte; then epoch (varint), cluster id (8 bytes), partitions, replica count, ring epoch (varints), phase, whether
/// it is taken back (bytes); the members; 0 or 1 and the members to be; those gone; the staged changes. Lists have their
/// count in front, texts their length.
/// </remarks>
public static class ConfigurationCodec
{
    /// <summary>Longest encoding: what one message, one agreed value and one fact may hold with room to spare.</summary>
    public const int ValueBytesMax = 512 * 1024;

    /// <summary>Longest name, zone and endpoint, bytes of UTF-8.</summary>
    public const int TextBytesMax = 255;

    /// <summary>As many as members.</summary>
    public const int StagedMax = RingTopology.MembersMax;

    private const byte Version = 1;

    public static ReadOnlyMemory<byte> Encode(ClusterConfiguration configuration)
    {
        var writer = new ByteWriter(256);
        writer.Byte(Version);
        writer.VarInt((ulong)configuration.Epoch);
        writer.UInt64(configuration.ClusterId);
        writer.VarInt((ulong)configuration.Partitions);
        writer.VarInt((ulong)configuration.ReplicaCount);
        writer.VarInt((ulong)configuration.RingEpoch);
        writer.Byte((byte)configuration.Phase);
        writer.Byte(configuration.IsTakenBack ? (byte)1 : (byte)0);
        WriteMembers(ref writer, configuration.Members);
        writer.Byte(configuration.Next is null ? (byte)0 : (byte)1);
        if (configuration.Next is { } next)
            WriteMembers(ref writer, next);
        writer.VarInt((ulong)configuration.Gone.Count);
        foreach (NodeId gone in configuration.Gone)
            writer.Text(gone.Name);
        writer.VarInt((ulong)configuration.Staged.Count);
        foreach (StagedChange change in configuration.Staged)
            WriteChange(ref writer, change);
        return writer.Written;
    }

    /// <summary>Reads what anybody may have sent: false for whatever is not a sound configuration in its one encoding.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ClusterConfiguration? configuration)
    {
        configuration = null;
        if (bytes.Length is 0 or > ValueBytesMax)
            return false;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Version)
            return false;
        ClusterConfiguration read = Read(ref reader);
        if (!reader.IsComplete || ConfigurationRules.Problems(read).Count > 0)
            return false;

        // What the reader lets pass in another form, such as texts that are not UTF-8, does not come out as it went in.
        if (!Encode(read).Span.SequenceEqual(bytes.Span))
            return false;
        configuration = read;
        return true;
    }

    internal static bool IsText(string text) => Encoding.UTF8.GetByteCount(text) <= TextBytesMax;

    private static ClusterConfiguration Read(ref ByteReader reader)
    {
        long epoch = (long)reader.VarInt();
        ulong clusterId = reader.UInt64();
        int partitions = reader.Count(Token.PartitionsMax);
        int replicaCount = reader.Count(RingTopology.ReplicaCountMax);
        long ringEpoch = (long)reader.VarInt();
        var phase = (TopologyPhase)reader.Byte();
        bool isTakenBack = reader.Byte() != 0;
        RingMember[] members = ReadMembers(ref reader);
        RingMember[]? next = reader.Byte() == 0 ? null : ReadMembers(ref reader);
        var gone = new List<NodeId>();
        for (int left = reader.Count(2 * RingTopology.MembersMax); left > 0 && !reader.Failed; left--)
            gone.Add(new NodeId(reader.Text(TextBytesMax)));
        var staged = new List<StagedChange>();
        for (int left = reader.Count(StagedMax); left > 0 && !reader.Failed; left--)
            staged.Add(ReadChange(ref reader));
        return new ClusterConfiguration(epoch, clusterId, partitions, replicaCount, members)
        {
            Phase = phase,
            IsTakenBack = isTakenBack,
            Next = next,
            Gone = gone,
            Staged = staged,
            RingEpoch = ringEpoch,
        };
    }

    private static void WriteMembers(ref ByteWriter writer, IReadOnlyList<RingMember> members)
    {
        writer.VarInt((ulong)members.Count);
        foreach (RingMember member in members)
            WriteMember(ref writer, member);
    }

    private static RingMember[] ReadMembers(ref ByteReader reader)
    {
        var members = new List<RingMember>();
        for (int left = reader.Count(RingTopology.MembersMax); left > 0 && !reader.Failed; left--)
            members.Add(ReadMember(ref reader));
        return [.. members];
    }

    private static void WriteMember(ref ByteWriter writer, RingMember member)
    {
        writer.Text(member.Node.Name);
        writer.UInt64(BitConverter.DoubleToUInt64Bits(member.Weight));
        writer.Text(member.Zone);
        writer.Text(member.Endpoint);
        writer.Text(member.Http);
        writer.UInt64(member.StoreId);
    }

    private static RingMember ReadMember(ref ByteReader reader)
    {
        var node = new NodeId(reader.Text(TextBytesMax));
        double weight = BitConverter.UInt64BitsToDouble(reader.UInt64());
        string zone = reader.Text(TextBytesMax);
        string endpoint = reader.Text(TextBytesMax);
        string http = reader.Text(TextBytesMax);
        return new RingMember(node, weight, zone) { Endpoint = endpoint, Http = http, StoreId = reader.UInt64() };
    }

    private static void WriteChange(ref ByteWriter writer, StagedChange change)
    {
        writer.Byte((byte)change.Kind);
        writer.Text(change.Node.Name);
        writer.Byte(change.IsDead ? (byte)1 : (byte)0);
        writer.Byte(change.Member is null ? (byte)0 : (byte)1);
        if (change.Member is { } member)
            WriteMember(ref writer, member);
    }

    private static StagedChange ReadChange(ref ByteReader reader)
    {
        var kind = (ChangeKind)reader.Byte();
        var node = new NodeId(reader.Text(TextBytesMax));
        bool isDead = reader.Byte() != 0;
        RingMember? member = reader.Byte() == 0 ? null : ReadMember(ref reader);
        return new StagedChange(kind, node, member, isDead);
    }
}
