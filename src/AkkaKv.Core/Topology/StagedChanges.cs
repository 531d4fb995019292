using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>What staged changes make of the members.</summary>
/// <param name="Members">The members to be, by name; of no use when there are problems.</param>
/// <param name="Gone">Those declared dead, by name.</param>
/// <param name="Problems">For people; empty when all can be done.</param>
public sealed record StagedOutcome(IReadOnlyList<RingMember> Members, IReadOnlyList<NodeId> Gone, IReadOnlyList<string> Problems);

/// <summary>The rules of staged changes.</summary>
public static class StagedChanges
{
    /// <summary>Applies all of them at once; their order does not matter, as no two may be about one node.</summary>
    public static StagedOutcome Apply(IReadOnlyList<RingMember> members, IReadOnlyList<StagedChange> staged)
    {
        var result = new SortedDictionary<NodeId, RingMember>();
        foreach (RingMember member in members)
            result.Add(member.Node, member);
        var problems = new List<string>();
        var gone = new SortedSet<NodeId>();
        var named = new SortedSet<NodeId>();
        foreach (StagedChange change in staged)
        {
            if (ProblemOf(members, named, change) is { } problem)
            {
                problems.Add(problem);
                continue;
            }

            named.Add(change.Node);
            if (change.Member is { } made)
                named.Add(made.Node);
            if (change.IsDead)
                gone.Add(change.Node);
            Apply(result, change);
        }

        if (result.Count == 0)
            problems.Add("At least one member must stay; stop the nodes instead to end the cluster.");
        else if (gone.Count == members.Count)
            problems.Add("At least one of the members must be alive; all are declared dead.");
        if (result.Count > RingTopology.MembersMax)
            problems.Add($"A cluster has at most {RingTopology.MembersMax} members; there would be {result.Count}.");
        return new StagedOutcome([.. result.Values], [.. gone], problems);
    }

    /// <summary>Whether the node is among the members.</summary>
    public static bool Has(IReadOnlyList<RingMember> members, NodeId node) => Find(members, node) is not null;

    /// <summary>The member of that name; null when there is none.</summary>
    public static RingMember? Find(IReadOnlyList<RingMember> members, NodeId node)
    {
        foreach (RingMember member in members)
        {
            if (member.Node == node)
                return member;
        }

        return null;
    }

    private static void Apply(SortedDictionary<NodeId, RingMember> members, StagedChange change)
    {
        switch (change.Kind)
        {
            case ChangeKind.Join:
                members[change.Member!.Node] = change.Member;
                break;
            case ChangeKind.Leave:
                members.Remove(change.Node);
                break;
            case ChangeKind.Replace:
                members.Remove(change.Node);
                members[change.Member!.Node] = change.Member;
                break;
            case ChangeKind.Weight:
                members[change.Node] = members[change.Node] with { Weight = change.Member!.Weight };
                break;
            case ChangeKind.Zone:
                members[change.Node] = members[change.Node] with { Zone = change.Member!.Zone };
                break;
            default:
                throw new InvariantException($"every kind of change has its rule; {change.Kind} has none");
        }
    }

    private static string? ProblemOf(IReadOnlyList<RingMember> members, SortedSet<NodeId> named, StagedChange change)
    {
        if (named.Contains(change.Node) || (change.Member is { } made && made.Node != change.Node && named.Contains(made.Node)))
            return $"{change.Node} is part of another staged change; take that back first.";
        if (change.Member is null != (change.Kind == ChangeKind.Leave))
            return $"Every change but a leave says what the member is to be; that of {change.Node} does not fit.";
        RingMember? member = Find(members, change.Node);
        if (change.Kind == ChangeKind.Join)
            return ProblemOfJoin(members, change, member);
        if (member is null)
            return $"{change.Node} is not a member; the members are named by the cluster's status.";
        if (change.IsDead && change.Kind is not (ChangeKind.Leave or ChangeKind.Replace))
            return $"{change.Node} can't be dead and get another weight or zone; let it leave or be replaced.";
        return change.Kind switch
        {
            ChangeKind.Leave => null,
            ChangeKind.Replace when Has(members, change.Member!.Node) => $"{change.Member.Node} is a member already and can't take the place of {change.Node}; give the new node another name.",
            ChangeKind.Weight when change.Member!.Weight == member.Weight => FormattableString.Invariant($"{change.Node} has the weight {member.Weight} already."),
            ChangeKind.Zone when change.Member!.Zone == member.Zone => $"{change.Node} is in the zone \"{member.Zone}\" already.",
            _ => ProblemOfMember(change.Member!),
        };
    }

    private static string? ProblemOfJoin(IReadOnlyList<RingMember> members, StagedChange change, RingMember? member)
    {
        if (member is not null)
            return $"{change.Node} is a member already; a node that joins needs a name of its own.";
        if (change.Member!.Node != change.Node)
            return $"A join names one node, but {change.Node} and {change.Member.Node} were found.";
        if (change.IsDead)
            return $"{change.Node} can't join when it is dead.";
        return members.Count >= RingTopology.MembersMax ? $"A cluster has at most {RingTopology.MembersMax} members." : ProblemOfMember(change.Member);
    }

    private static string? ProblemOfMember(RingMember member)
    {
        if (string.IsNullOrEmpty(member.Node.Name))
            return "A member has no name; give every member one.";
        if (!(member.Weight is >= RingMember.WeightMin and <= RingMember.WeightMax))
            return FormattableString.Invariant($"The weight of {member.Node} must be from {RingMember.WeightMin} to {RingMember.WeightMax}, but is {member.Weight}.");
        foreach (string? text in (string?[])[member.Node.Name, member.Zone, member.Endpoint, member.Http])
        {
            if (text is null || !ConfigurationCodec.IsText(text))
                return $"Names, zones and endpoints have at most {ConfigurationCodec.TextBytesMax} bytes; one of {member.Node} has more.";
        }

        return null;
    }
}
