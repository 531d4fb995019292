using System.Globalization;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;

namespace AkkaKv.Core.Tests.Transcripts;

/// <summary>Says gossip in words, in those stories that are about it.</summary>
internal static class GossipWords
{
    /// <returns>Null for what is no gossip.</returns>
    public static string? Of(Message message, IReadOnlyList<NodeId> members) => message switch
    {
        GossipDigest digest => $"I know {Entries(digest.Entries, members)}",
        GossipDelta { Entries.Count: 0 } => "nothing newer here",
        GossipDelta delta => $"newer here: {Entries(delta.Entries, members)}",
        ReachabilityChanged changed => $"reachable now: {string.Join(", ", changed.Snapshot.Reachable.Order())}",
        _ => null,
    };

    public static string Of(MembershipTold told) => string.Join("; ", told.Members.Select(Status));

    private static string Status(MemberStatus status)
    {
        string heard = status.HeartbeatAge is { } age ? FormattableString.Invariant($"heard {age.TotalSeconds:0.0} s ago") : "never heard";
        return FormattableString.Invariant(
            $"{status.Node} {status.State.ToString().ToLowerInvariant()}, phi {status.Phi:0.0}, {heard}, process {status.Incarnation}");
    }

    private static string Entries(IReadOnlyList<GossipEntry> entries, IReadOnlyList<NodeId> members) =>
        string.Join(", ", entries.Select(entry => Entry(entry, members)).Order(StringComparer.Ordinal));

    private static string Entry(GossipEntry entry, IReadOnlyList<NodeId> members)
    {
        NodeId member = members.First(candidate => GossipEntry.HashOf(candidate) == entry.Member);
        return entry.Incarnation == 0
            ? $"nothing of {member}"
            : string.Create(CultureInfo.InvariantCulture, $"{member} process {entry.Incarnation} beat {entry.Counter}");
    }
}
