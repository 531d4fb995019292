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
/// count in front, texts their length. That is version 1, which has no leases of worker numbers. Version 2 has them behind:
/// how many epochs were of leases, how many numbers there are (varints), the layout of ids, the floor (varint); the leases.
/// </remarks>
public static class ConfigurationCodec
{
    /// <summary>Longest encoding: what one message, one agreed value and one fact may hold with room to spare.</summary>
    public const int ValueBytesMax = 512 * 1024;

    /// <summary>Longest name, zone and endpoint, bytes of UTF-8.</summary>
    public const int TextBytesMax = 255;

    /// <summary>As many as members.</summary>
    public const int StagedMax = RingTopology.MembersMax;

    private const byte WithoutLeases = 1;
    private const byte WithLeases = 2;

    public static ReadOnlyMemory<byte> Encode(ClusterConfiguration configuration)
    {
        var writer = new ByteWriter(256);
        writer.Byte(configuration.Workers is null ? WithoutLeases : WithLeases);
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
        if (configuration.Workers is { } workers)
            WriteWorkers(ref writer, configuration.LeaseEpochs, workers);
        return writer.Written;
    }

    /// <summary>Reads what anybody may have sent: false for whatever is not a sound configuration in its one encoding.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ClusterConfiguration? configuration)
    {
        configuration = null;
        if (bytes.Length is 0 or > ValueBytesMax)
            return false;
        var reader = new ByteReader(bytes);
        byte version = reader.Byte();
        if (version is not (WithoutLeases or WithLeases))
            return false;
        ClusterConfiguration read = Read(ref reader);
        if (version == WithLeases)
            read = read with { LeaseEpochs = (long)reader.VarInt(), Workers = ReadWorkers(ref reader) };
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

    private static void WriteWorkers(ref ByteWriter writer, long leaseEpochs, WorkerLeases workers)
    {
        writer.VarInt((ulong)leaseEpochs);
        writer.VarInt((ulong)workers.Count);
        writer.Text(workers.Layout);
        writer.VarInt((ulong)workers.FloorMillis);
        writer.VarInt((ulong)workers.Leases.Count);
        foreach (WorkerLease lease in workers.Leases)
        {
            writer.VarInt((ulong)lease.Worker);
            writer.Text(lease.Node.Name);
            writer.UInt64(lease.StoreId);
            writer.VarInt((ulong)lease.FromMillis);
            writer.VarInt((ulong)lease.UntilMillis);
        }
    }

    private static WorkerLeases ReadWorkers(ref ByteReader reader)
    {
        int count = reader.Count(WorkerLeases.CountMax);
        string layout = reader.Text(TextBytesMax);
        long floor = (long)reader.VarInt();
        var leases = new List<WorkerLease>();
        for (int left = reader.Count(WorkerLeases.LeasesMax); left > 0 && !reader.Failed; left--)
        {
            int worker = reader.Count(WorkerLeases.CountMax);
            var node = new NodeId(reader.Text(TextBytesMax));
            leases.Add(new WorkerLease(worker, node, reader.UInt64(), (long)reader.VarInt(), (long)reader.VarInt()));
        }

        return new WorkerLeases(count, layout, floor, leases);
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
        writer.Text(member.Place);
        writer.UInt64(member.StoreId);
    }

    private static RingMember ReadMember(ref ByteReader reader)
    {
        var node = new NodeId(reader.Text(TextBytesMax));
        double weight = BitConverter.UInt64BitsToDouble(reader.UInt64());
        string zone = reader.Text(TextBytesMax);
        string endpoint = reader.Text(TextBytesMax);
        string http = reader.Text(TextBytesMax);
        string place = reader.Text(TextBytesMax);
        return new RingMember(node, weight, zone) { Endpoint = endpoint, Http = http, Place = place, StoreId = reader.UInt64() };
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
