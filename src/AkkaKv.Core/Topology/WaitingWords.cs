using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>Says what a change waits for.</summary>
internal static class WaitingWords
{
    private const int NamesMax = 10;

    /// <returns>Empty when nothing changes or all goes on.</returns>
    public static string Of(ClusterConfiguration configuration, IReadOnlyList<RingMember> everyone, MemberStatuses statuses, TimeSpan now)
    {
        if (configuration.ClusterId == 0)
            return OfFounding(configuration, statuses, now);
        var words = new List<string>();
        if (MissingVotes(configuration, statuses, now) is { Length: > 0 } missing)
            words.Add(missing);
        if (configuration.Phase != TopologyPhase.Settled)
            words.AddRange(Limited([.. everyone.Select(member => OfMember(configuration, member.Node, statuses, now)).Where(text => text.Length > 0)]));
        words.AddRange(Limited(LeaseWords.Of(configuration, everyone, statuses)));
        return string.Join(" ", words);
    }

    /// <summary>Empty unless the node waits until the others know its data directory.</summary>
    public static string OfDirectory(NodeId self, bool isHeldBack) => isHeldBack
        ? $"{self} has another data directory than the cluster knows of it, so what it remembers may be old: it serves nobody until a majority of the members has decided on the new one."
        : "";

    /// <summary>Empty when those who can vote are reachable in sufficient number.</summary>
    public static string MissingVotes(ClusterConfiguration configuration, MemberStatuses statuses, TimeSpan now)
    {
        int needed = DriverRules.QuorumOf(configuration);
        string[] missing = [.. configuration.Members
            .Where(member => !statuses.IsReachable(member.Node) || IsOther(configuration, member, statuses))
            .Select(member => IsOther(configuration, member, statuses) ? $"{member.Node} has another data directory" : Unreachable(member.Node, statuses, now))];
        int voters = configuration.Members.Count - missing.Length;
        return voters >= needed
            ? ""
            : $"Nothing can be decided: {needed} of {configuration.Members.Count} members must vote, and {voters} can: {string.Join(", ", Limited(missing))}.";
    }

    /// <summary>Why nothing can be staged yet.</summary>
    public static string OfFounding(ClusterConfiguration configuration, MemberStatuses statuses, TimeSpan now)
    {
        string[] missing = [.. configuration.Members.Select(member => OfFounder(member.Node, statuses, now)).Where(text => text.Length > 0)];
        return missing.Length == 0
            ? "The cluster is being founded."
            : $"The cluster is founded once all {configuration.Members.Count} members have met: {string.Join(", ", Limited(missing))}.";
    }

    private static string OfFounder(NodeId node, MemberStatuses statuses, TimeSpan now)
    {
        if (!statuses.IsReachable(node))
            return Unreachable(node, statuses, now);
        return statuses.Of(node) switch
        {
            null => $"{node} has not answered yet",
            { StoreId: 0 } => $"{node} has a data directory without an id",
            _ => "",
        };
    }

    private static string OfMember(ClusterConfiguration configuration, NodeId node, MemberStatuses statuses, TimeSpan now)
    {
        TopologyStatus? status = statuses.Of(node);
        if (DriverRules.IsThrough(configuration, status))
            return "";
        string cut = statuses.IsReachable(node) ? "" : $" ({Unreachable(node, statuses, now)})";
        if (status is null)
            return $"{node} has not answered yet{cut}.";
        if (status.Epoch < configuration.Epoch)
            return $"{node} is at epoch {status.Epoch}{cut}.";
        if (status.EnteredEpoch < configuration.WorkEpoch)
            return $"{node} has not entered epoch {configuration.WorkEpoch}: requests of an older one are under way{cut}.";
        EpochWork work = status.Work;
        string done = work.Epoch == configuration.WorkEpoch ? $"{work.PartitionsDone} of {work.Partitions} partitions are done" : "it has not begun";
        string why = work.Epoch == configuration.WorkEpoch && work.Waiting.Length > 0 ? $"; {work.Waiting}" : "";
        return $"{node} is at work: {done}{why}{cut}.";
    }

    private static string Unreachable(NodeId node, MemberStatuses statuses, TimeSpan now) => statuses.UnreachableSince(node) is { } since
        ? FormattableString.Invariant($"{node} can't be reached since {(now - since).TotalSeconds:0} s")
        : $"{node} can't be reached";

    private static bool IsOther(ClusterConfiguration configuration, RingMember member, MemberStatuses statuses) =>
        member.StoreId != 0 && statuses.StoreIdOf(member.Node, configuration.Epoch) is var storeId and not 0 && storeId != member.StoreId;

    private static IReadOnlyList<string> Limited(IReadOnlyList<string> words) =>
        words.Count <= NamesMax ? words : [.. words.Take(NamesMax), $"and {words.Count - NamesMax} more"];
}
