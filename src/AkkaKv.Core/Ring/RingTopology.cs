using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>One node of the cluster, as the operator described it.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Weight">How much it carries relative to the others, 0.1 to 100.</param>
/// <param name="Zone">What fails together with it: a rack, a zone. Members with the same text share it.</param>
public sealed record RingMember(NodeId Node, double Weight = 1, string Zone = "")
{
    public const double WeightMin = 0.1;
    public const double WeightMax = 100;

    /// <summary>Where other nodes reach it, host:port; empty where nobody needs to.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Where its clients reach it; empty when unknown.</summary>
    public string Http { get; init; } = "";

    /// <summary>
    /// Where it stands among the others when partitions are dealt out: that of the node it took the place of, so that a
    /// replacement moves nothing else. Empty for its own name.
    /// </summary>
    public string Place { get; init; } = "";

    /// <summary>What partitions are dealt out by.</summary>
    public string PlaceName => Place.Length > 0 ? Place : Node.Name;

    /// <summary>The id of its data directory, by which it votes; 0 as long as nobody has asked for it.</summary>
    public ulong StoreId { get; init; }
}

/// <summary>
/// Who belongs to the cluster. Every node that knows it computes the same ring; the order of the members does not matter.
/// </summary>
/// <param name="Epoch">Its number in the line of configurations; larger is newer.</param>
/// <param name="Partitions">Q, a power of two up to 65,536; never changes in a cluster's life.</param>
/// <param name="ReplicaCount">N: how many owners a partition has unless a request says otherwise, 1 to 15.</param>
/// <param name="Members">1 to 1,024 members with distinct names.</param>
public sealed record RingTopology(long Epoch, int Partitions, int ReplicaCount, IReadOnlyList<RingMember> Members)
{
    /// <summary>
    /// While the cluster changes: the members of the other ring, whose owners are written to as well. Requests read from
    /// the owners among <see cref="Members"/> only. Null when nothing changes.
    /// </summary>
    public IReadOnlyList<RingMember>? AlsoMembers { get; init; }

    /// <summary>Bounds the length of a list, and with it the size of version vectors.</summary>
    public const int ReplicaCountMax = 15;

    /// <summary>Bounds the time to compute a ring; above the largest cluster that the balance was measured for.</summary>
    public const int MembersMax = 1024;

    /// <summary>Everything that is wrong with it, in words for the operator; empty when it is sound.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (Epoch < 0)
            problems.Add($"The epoch must be 0 or more, but is {Epoch}.");
        if (!Token.IsPartitionCount(Partitions))
            problems.Add($"The number of partitions must be a power of two from 1 to {Token.PartitionsMax}, but is {Partitions}.");
        if (ReplicaCount is < 1 or > ReplicaCountMax)
            problems.Add($"The replica count must be from 1 to {ReplicaCountMax}, but is {ReplicaCount}.");
        if (Members is null || Members.Count is < 1 or > MembersMax)
            problems.Add($"A cluster must have 1 to {MembersMax} members, but has {Members?.Count ?? 0}.");
        else
            AddMemberProblems(Members, problems);
        if (AlsoMembers is { Count: >= 1 and <= MembersMax } also)
            AddMemberProblems(also, problems);
        else if (AlsoMembers is not null)
            problems.Add($"The other ring must have 1 to {MembersMax} members, but has {AlsoMembers.Count}.");
        return problems;
    }

    private static void AddMemberProblems(IReadOnlyList<RingMember> members, List<string> problems)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (RingMember member in members)
        {
            if (string.IsNullOrEmpty(member.Node.Name))
                problems.Add("A member has no name; give every member one.");
            else if (!names.Add(member.Node.Name))
                problems.Add($"The name {member.Node} appears more than once; members must have distinct names.");
            if (!(member.Weight is >= RingMember.WeightMin and <= RingMember.WeightMax))
                problems.Add($"The weight of {member.Node} must be from {RingMember.WeightMin} to {RingMember.WeightMax}, but is {member.Weight}.");
            if (member.Zone is null)
                problems.Add($"The zone of {member.Node} is missing; use an empty text for none.");
        }
    }
}
