using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Host.Doors;

/// <summary>What the topology's actor says and is told, in the words of the door.</summary>
internal static class TopologyWords
{
    public static ClusterChangeInfo Of(TopologyTold told)
    {
        ClusterConfiguration configuration = told.Configuration;
        return new ClusterChangeInfo(
            configuration.Epoch,
            IdText(configuration.ClusterId),
            PhaseText(configuration.Phase),
            configuration.Partitions,
            configuration.ReplicaCount,
            [.. configuration.Members.Select(Of)],
            configuration.Next is { } next ? [.. next.Select(Of)] : null,
            [.. configuration.Gone.Select(node => node.Name)],
            [.. configuration.Staged.Select(Of)],
            [.. told.Members.Select(Of)],
            told.Waiting)
        {
            TakenBack = configuration.IsTakenBack,
            Workers = [.. WorkersOf(configuration)],
            Encoded = ConfigurationCodec.Encode(configuration),
        };
    }

    // What former members and lost directories had is none of the caller's business.
    private static IEnumerable<WorkerInfo> WorkersOf(ClusterConfiguration configuration)
    {
        foreach (WorkerLease lease in configuration.Workers?.Leases ?? [])
        {
            if (lease.IsHeldBy(configuration.Everyone))
                yield return new WorkerInfo(lease.Worker, lease.Node.Name, MomentOf(lease.FromMillis), lease.IsByHand ? null : MomentOf(lease.UntilMillis));
        }
    }

    private static DateTimeOffset MomentOf(long millis) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(millis, WorkerLeases.MillisMax));

    public static ChangePlanInfo Of(ChangePlan plan) => new(
        plan.Epoch,
        [.. plan.Staged.Select(Of)],
        plan.PartitionsMoved,
        plan.PartitionsMin,
        [.. plan.Moves.Select(move => new MoveInfo(move.From.Name ?? "", move.To.Name, move.Partitions))],
        [.. plan.Before.Select(Of)],
        [.. plan.After.Select(Of)],
        plan.Warnings);

    /// <summary>The change as the actor takes it, or what is wrong with it.</summary>
    public static (StagedChange? Change, string? Problem) Parse(ClusterChange change)
    {
        if (KindOf(change.Kind) is not { } kind)
            return (null, $"A change's kind must be join, leave, replace, weight or zone; found \"{change.Kind}\". Correct it.");
        if (ProblemOfName("A change's node", change.Node) is { } wrongNode)
            return (null, wrongNode);
        if (kind == ChangeKind.Leave)
            return (new StagedChange(kind, new NodeId(change.Node), null, change.Dead), null);
        if (change.Member is not { } member)
            return (null, $"A {change.Kind} must say what the member is to be; found no member. Add it.");
        if (ProblemOf(kind, change.Node, member) is { } problem)
            return (null, problem);
        var wanted = new RingMember(new NodeId(member.Name), member.Weight, member.Zone) { Endpoint = member.Endpoint, Http = member.Http, StoreId = IdOf(member.StoreId) };
        return (new StagedChange(kind, new NodeId(change.Node), wanted, change.Dead && kind == ChangeKind.Replace), null);
    }

    public static string IdText(ulong id) => id == 0 ? "" : id.ToString("x16", CultureInfo.InvariantCulture);

    private static string? ProblemOf(ChangeKind kind, string node, ClusterMember member)
    {
        if (ProblemOfName("A member's name", member.Name) is { } wrongName)
            return wrongName;
        if (kind != ChangeKind.Replace && member.Name != node)
            return $"The change is about \"{node}\", so its member must have that name; found \"{member.Name}\". Correct one of them.";
        if (!(member.Weight is >= RingMember.WeightMin and <= RingMember.WeightMax))
            return string.Create(CultureInfo.InvariantCulture, $"A weight must be from {RingMember.WeightMin} to {RingMember.WeightMax}; found {member.Weight}. Correct it.");
        if (member.Zone.Length > 64)
            return $"A zone must have at most 64 characters; found {member.Zone.Length}. Shorten it.";
        if (kind is ChangeKind.Join or ChangeKind.Replace && PeerEndpoint.TryParse(new NodeId(member.Name), member.Endpoint) is null)
            return $"A member's endpoint must be host:port, where the other nodes reach it; found \"{member.Endpoint}\". Correct it.";
        if (member.Http.Length > 255 || member.Endpoint.Length > 255)
            return "A member's endpoint and http must have at most 255 characters. Shorten them.";
        return null;
    }

    // The rule of the setting Cluster:Members:*:Name.
    private static string? ProblemOfName(string what, string name) =>
        name.Length is >= 1 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? null
            : $"{what} must be 1 to 64 of the characters a-z A-Z 0-9 . _ -; found \"{name}\". Correct it.";

    private static ulong IdOf(string id) => ulong.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number) ? number : 0;

    private static ClusterMember Of(RingMember member) =>
        new(member.Node.Name, member.Endpoint, member.Http, member.Weight, member.Zone, IdText(member.StoreId));

    private static ClusterChange Of(StagedChange staged) =>
        new(KindText(staged.Kind), staged.Node.Name, staged.Member is { } member ? Of(member) : null, staged.IsDead);

    private static LoadInfo Of(PlannedLoad load) => new(load.Node.Name, load.Zone, load.Weight, load.Replicas, load.Share);

    private static MemberProgress Of(TopologyStatus status) => new(
        status.From.Name,
        status.Epoch,
        status.EnteredEpoch,
        status.Work.IsDone,
        status.Work.PartitionsDone,
        status.Work.Partitions,
        status.Work.KeysMoved,
        status.Work.BytesMoved,
        status.Work.BytesPerSecond,
        status.Work.Waiting);

    private static string PhaseText(TopologyPhase phase) => phase switch
    {
        TopologyPhase.Settled => ClusterChangeInfo.Settled,
        TopologyPhase.WriteBothReadOld => "write-both-read-old",
        TopologyPhase.WriteBothReadNew => "write-both-read-new",
        TopologyPhase.WriteNew => "write-new",
        _ => throw new InvariantException($"every phase has a name; {phase} has none"),
    };

    private static string KindText(ChangeKind kind) => kind switch
    {
        ChangeKind.Join => "join",
        ChangeKind.Leave => "leave",
        ChangeKind.Replace => "replace",
        ChangeKind.Weight => "weight",
        ChangeKind.Zone => "zone",
        _ => throw new InvariantException($"every kind of change has a name; {kind} has none"),
    };

    private static ChangeKind? KindOf(string kind)
    {
        foreach (ChangeKind known in Enum.GetValues<ChangeKind>())
        {
            if (KindText(known) == kind)
                return known;
        }

        return null;
    }
}
