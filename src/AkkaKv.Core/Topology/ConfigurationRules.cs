using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>Which configurations are sound, and which may follow which.</summary>
public static class ConfigurationRules
{
    /// <summary>Everything that is wrong with it, in words; empty when it is sound.</summary>
    public static IReadOnlyList<string> Problems(ClusterConfiguration configuration)
    {
        var problems = new List<string>();
        if (configuration.Epoch < 1)
            problems.Add($"The epoch must be 1 or more, but is {configuration.Epoch}.");
        if (configuration.RingEpoch < 1 || configuration.RingEpoch > configuration.Epoch)
            problems.Add($"The ring's epoch must be from 1 to {configuration.Epoch}, but is {configuration.RingEpoch}.");
        bool isSettled = configuration.Phase == TopologyPhase.Settled;
        if (configuration.Phase > TopologyPhase.WriteNew)
            problems.Add($"The phase must be 0 to 3, but is {(byte)configuration.Phase}.");
        else if (isSettled != configuration.Next is null)
            problems.Add($"There must be members to be exactly while the members change; the phase is {configuration.Phase}.");
        else
            problems.AddRange(configuration.Ring.Problems());
        if (problems.Count > 0)
            return problems;
        AddTextProblems(configuration.Members, problems);
        AddTextProblems(configuration.Next ?? [], problems);
        AddGoneProblems(configuration, problems);
        AddHashProblems(configuration, problems);
        if (configuration.Staged.Count > 0 && !isSettled)
            problems.Add("Nothing may be staged while the members change.");
        if (configuration.IsTakenBack && configuration.Phase is not (TopologyPhase.WriteBothReadOld or TopologyPhase.WriteNew))
            problems.Add($"Only {TopologyPhase.WriteBothReadOld} and {TopologyPhase.WriteNew} are on the way back; the phase is {configuration.Phase}.");
        if (configuration.Staged.Count > ConfigurationCodec.StagedMax)
            problems.Add($"At most {ConfigurationCodec.StagedMax} changes may be staged, but {configuration.Staged.Count} are.");
        foreach (StagedChange change in configuration.Staged)
            AddChangeProblems(change, problems);
        LeaseRules.AddProblems(configuration, problems);
        return problems;
    }

    /// <summary>Whether <paramref name="after"/> may be decided where <paramref name="before"/> was.</summary>
    public static bool CanFollow(ClusterConfiguration before, ClusterConfiguration after) => WhyNot(before, after) is null;

    /// <summary>Why it may not follow, in words; null when it may.</summary>
    public static string? WhyNot(ClusterConfiguration before, ClusterConfiguration after)
    {
        IReadOnlyList<string> problems = Problems(after);
        if (problems.Count > 0)
            return string.Join(" ", problems);
        if (after.Epoch != before.Epoch + 1)
            return $"Epoch {before.Epoch} must be followed by the next one, but {after.Epoch} was found.";
        if (after.Partitions != before.Partitions || after.ReplicaCount != before.ReplicaCount)
            return "The numbers of partitions and replicas must never change.";
        if (before.ClusterId == 0)
            return IsFounding(before, after) ? null : "A cluster without an id must be founded before anything else.";
        if (after.ClusterId != before.ClusterId)
            return "The cluster's id must never change.";
        return IsSameRing(before, after) ? WhyNotBeside(before, after) : WhyNotOfRing(before, after);
    }

    /// <summary>The same as bytes.</summary>
    public static bool AreEqual(ClusterConfiguration left, ClusterConfiguration right) =>
        ConfigurationCodec.Encode(left).Span.SequenceEqual(ConfigurationCodec.Encode(right).Span);

    /// <summary>The same members as far as the ring is concerned: names, weights and zones.</summary>
    public static bool AreAlike(IReadOnlyList<RingMember>? left, IReadOnlyList<RingMember>? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        if (left.Count != right.Count)
            return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (left[i].Node != right[i].Node || left[i].Weight != right[i].Weight || left[i].Zone != right[i].Zone || left[i].Place != right[i].Place)
                return false;
        }

        return true;
    }

    // What changes nothing about who is read and written: founding is elsewhere.
    private static string? WhyNotBeside(ClusterConfiguration before, ClusterConfiguration after)
    {
        if (before.Phase == TopologyPhase.WriteNew && after.Phase == TopologyPhase.Settled)
        {
            return AreEqual(after, ConfigurationSteps.Advance(before) with { Members = after.Members }) && AreAlike(after.Members, before.IsTakenBack ? before.Members : before.Next)
                ? null
                : "Once everything is cleared the members to be must be the members, and nothing else.";
        }

        bool isSame = AreAlike(before.Members, after.Members) && AreAlike(before.Next, after.Next) && before.IsTakenBack == after.IsTakenBack;
        if (before.Phase != after.Phase || !isSame)
            return $"The ring of {before.Phase} must have a new epoch when it becomes that of {after.Phase}.";
        if (AreEqual(before with { Epoch = after.Epoch, LeaseEpochs = before.LeaseEpochs + 1, Workers = after.Workers }, after))
            return LeaseRules.WhyNot(before.Workers, after.Workers);
        bool isOnlyStaged = AreEqual(before.Following() with { Staged = after.Staged }, after);
        if (isOnlyStaged && before.Phase == TopologyPhase.Settled)
            return null;
        bool isOnlyIdentity = AreEqual(before.Following() with { Members = after.Members, Next = after.Next }, after);
        if (isOnlyIdentity)
            return null;
        bool isOnlyGone = AreEqual(before.Following() with { Gone = after.Gone }, after) && IsWithin(before.Gone, after.Gone);
        return isOnlyGone && before.Phase != TopologyPhase.Settled ? null : "One epoch must change one thing: what is staged, who is declared dead, the ids of directories, or the leases of worker numbers.";
    }

    private static string? WhyNotOfRing(ClusterConfiguration before, ClusterConfiguration after)
    {
        if (after.RingEpoch != after.Epoch)
            return $"A new ring must have the epoch of its configuration, {after.Epoch}, but has {after.RingEpoch}.";
        bool isFollowed = (before.Phase, after.Phase) switch
        {
            (TopologyPhase.Settled, TopologyPhase.WriteBothReadOld) =>
                before.Staged.Count > 0 && AreEqual(ConfigurationSteps.Commit(before).Configuration ?? before, after),
            (TopologyPhase.WriteBothReadOld, TopologyPhase.WriteBothReadNew) or (TopologyPhase.WriteBothReadNew, TopologyPhase.WriteNew) =>
                !before.IsTakenBack && AreAlike(before.Next, after.Next) && AreEqual(ConfigurationSteps.Advance(before) with { Next = after.Next }, after),
            (TopologyPhase.WriteBothReadOld, TopologyPhase.WriteNew) =>
                IsWithin(before.Gone, after.Gone) && AreEqual(ConfigurationSteps.ClearAway(before, []) with { Gone = after.Gone }, after),
            (TopologyPhase.WriteBothReadNew, TopologyPhase.WriteBothReadOld) =>
                IsWithin(before.Gone, after.Gone) && AreEqual(ConfigurationSteps.GoBack(before, []) with { Gone = after.Gone }, after),
            _ => false,
        };
        return isFollowed ? null : $"{after.Phase} must not follow {before.Phase} like this.";
    }

    private static bool IsFounding(ClusterConfiguration before, ClusterConfiguration after)
    {
        if (after.ClusterId == 0 || !AreAlike(before.Members, after.Members))
            return false;
        foreach (RingMember member in after.Members)
        {
            if (member.StoreId == 0)
                return false;
        }

        return AreEqual(before.Following() with { ClusterId = after.ClusterId, Members = after.Members }, after);
    }

    private static bool IsSameRing(ClusterConfiguration before, ClusterConfiguration after) => before.RingEpoch == after.RingEpoch;

    private static bool IsWithin(IReadOnlyList<NodeId> few, IReadOnlyList<NodeId> many)
    {
        foreach (NodeId node in few)
        {
            if (!many.Contains(node))
                return false;
        }

        return true;
    }

    private static void AddTextProblems(IReadOnlyList<RingMember> members, List<string> problems)
    {
        for (int i = 0; i < members.Count; i++)
        {
            RingMember member = members[i];
            if (i > 0 && members[i - 1].Node >= member.Node)
                problems.Add($"Members must be in the order of their names; {member.Node} is not.");
            AddTextProblems(member, problems);
        }
    }

    private static void AddTextProblems(RingMember member, List<string> problems)
    {
        foreach (string? text in (string?[])[member.Node.Name, member.Zone, member.Endpoint, member.Http, member.Place])
        {
            if (text is null || !ConfigurationCodec.IsText(text))
                problems.Add($"Names, zones and endpoints have at most {ConfigurationCodec.TextBytesMax} bytes; one of {member.Node} has more.");
        }
    }

    // Gossip tells members apart by the hash of their names.
    private static void AddHashProblems(ClusterConfiguration configuration, List<string> problems)
    {
        var names = new SortedSet<NodeId>();
        foreach (RingMember member in (RingMember[])[.. configuration.Members, .. configuration.Next ?? []])
            names.Add(member.Node);
        foreach (StagedChange change in configuration.Staged)
        {
            if (change.Member is { } member)
                names.Add(member.Node);
        }

        var hashes = new Dictionary<uint, NodeId>();
        foreach (NodeId name in names)
        {
            if (!hashes.TryAdd(GossipEntry.HashOf(name), name))
                problems.Add($"The names {hashes[GossipEntry.HashOf(name)]} and {name} have the same 32-bit hash, by which gossip knows them: give one of the two another name.");
        }
    }

    private static void AddGoneProblems(ClusterConfiguration configuration, List<string> problems)
    {
        for (int i = 0; i < configuration.Gone.Count; i++)
        {
            NodeId gone = configuration.Gone[i];
            if (i > 0 && configuration.Gone[i - 1] >= gone)
                problems.Add($"Those declared dead must be in the order of their names; {gone} is not.");
            if (!StagedChanges.Has(configuration.Members, gone) && !StagedChanges.Has(configuration.Next ?? [], gone))
                problems.Add($"{gone} is declared dead and must be a member before or after the change.");
        }

        if (configuration.Gone.Count > 0 && configuration.Phase == TopologyPhase.Settled)
            problems.Add("Nobody is declared dead while nothing changes.");
        if (configuration.Everyone.Count == 0)
            problems.Add("Somebody must be alive.");
    }

    private static void AddChangeProblems(StagedChange change, List<string> problems)
    {
        if (change.Kind > ChangeKind.Zone)
            problems.Add($"A change is of kind 0 to 4, but {(byte)change.Kind} was found.");
        else if (string.IsNullOrEmpty(change.Node.Name) || !ConfigurationCodec.IsText(change.Node.Name))
            problems.Add($"A change names a node in at most {ConfigurationCodec.TextBytesMax} bytes.");
        else if (change.Member is null != (change.Kind == ChangeKind.Leave))
            problems.Add($"Every change but a leave says what the member is to be; that of {change.Node} does not fit.");
        else if (change.Member is { } member)
            AddTextProblems(member, problems);
    }
}
