using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>What follows a configuration on an operator's word, or why nothing does.</summary>
/// <param name="Configuration">Null when it was refused.</param>
/// <param name="Problem">For people; empty when it was not refused.</param>
public sealed record ConfigurationStep(ClusterConfiguration? Configuration, string Problem)
{
    public static ConfigurationStep Refused(string problem) => new(null, problem);

    public static ConfigurationStep To(ClusterConfiguration configuration)
    {
        IReadOnlyList<string> problems = ConfigurationRules.Problems(configuration);
        if (problems.Count > 0)
            return Refused(string.Join(" ", problems));
        int bytes = ConfigurationCodec.Encode(configuration).Length;
        return bytes <= ConfigurationCodec.ValueBytesMax
            ? new ConfigurationStep(configuration, "")
            : Refused($"A configuration has at most {ConfigurationCodec.ValueBytesMax} bytes, but this one would have {bytes}; shorten names, zones or endpoints.");
    }
}

/// <summary>The successors of a configuration. Each is one decision; see <see cref="ConfigurationRules.CanFollow"/>.</summary>
public static class ConfigurationSteps
{
    /// <summary>The same members, with the cluster's id and each member's data directory.</summary>
    public static ClusterConfiguration Found(ClusterConfiguration first, ulong clusterId, Func<NodeId, ulong> storeIdOf)
    {
        Invariant.Require(first.ClusterId == 0, "a cluster is founded once", first.ClusterId);
        return first.Following() with { ClusterId = clusterId, Members = Identified(first.Members, storeIdOf) };
    }

    /// <summary>The same with other data directories.</summary>
    /// <param name="storeIdOf">0 where the known one stays.</param>
    public static ClusterConfiguration Reidentify(ClusterConfiguration before, Func<NodeId, ulong> storeIdOf) => before.Following() with
    {
        Members = Identified(before.Members, storeIdOf),
        Next = before.Next is { } next ? Identified(next, storeIdOf) : null,
    };

    /// <summary>The same with other leases of worker numbers, in whatever phase: what the nodes are at goes on.</summary>
    public static ConfigurationStep Lease(ClusterConfiguration before, WorkerLeases workers) =>
        ConfigurationStep.To(before with { Epoch = before.Epoch + 1, LeaseEpochs = before.LeaseEpochs + 1, Workers = workers });

    /// <summary>One more change waits; while the members change: one more is declared dead.</summary>
    public static ConfigurationStep Stage(ClusterConfiguration before, StagedChange change)
    {
        if (before.Phase != TopologyPhase.Settled)
            return change is { Kind: ChangeKind.Leave, IsDead: true } ? DeclareLeaverDead(before, change.Node) : ConfigurationStep.Refused(ChangesNow(before, "staged"));
        if (before.Staged.Contains(change))
            return ConfigurationStep.Refused($"That change of {change.Node} is staged already.");
        if (before.Staged.Count >= ConfigurationCodec.StagedMax)
            return ConfigurationStep.Refused($"At most {ConfigurationCodec.StagedMax} changes may be staged; commit them first.");
        StagedChange[] staged = [.. before.Staged, change];
        StagedOutcome outcome = StagedChanges.Apply(before.Members, staged);
        return outcome.Problems.Count > 0
            ? ConfigurationStep.Refused(string.Join(" ", outcome.Problems))
            : ConfigurationStep.To(before.Following() with { Staged = staged });
    }

    /// <summary>What was staged for the node is forgotten.</summary>
    public static ConfigurationStep TakeBack(ClusterConfiguration before, NodeId node)
    {
        StagedChange[] kept = [.. before.Staged.Where(change => change.Node != node && change.Member?.Node != node)];
        return kept.Length == before.Staged.Count
            ? ConfigurationStep.Refused($"Nothing is staged for {node}; the plan says what is.")
            : ConfigurationStep.To(before.Following() with { Staged = kept });
    }

    /// <summary>The staged changes begin.</summary>
    public static ConfigurationStep Commit(ClusterConfiguration before)
    {
        if (before.Phase != TopologyPhase.Settled)
            return ConfigurationStep.Refused(ChangesNow(before, "committed"));
        if (before.Staged.Count == 0)
            return ConfigurationStep.Refused("Nothing is staged; stage a change first.");
        StagedOutcome outcome = StagedChanges.Apply(before.Members, before.Staged);
        if (outcome.Problems.Count > 0)
            return ConfigurationStep.Refused(string.Join(" ", outcome.Problems));
        return ConfigurationStep.To(before.Following() with
        {
            RingEpoch = before.Epoch + 1,
            Phase = TopologyPhase.WriteBothReadOld,
            Next = outcome.Members,
            Gone = outcome.Gone,
            Staged = [],
        });
    }

    /// <summary>What follows once everyone has entered and done its work.</summary>
    /// <param name="storeIdOf">0, or null for all, where the known directory stays. Those that join may be known only now.</param>
    public static ClusterConfiguration Advance(ClusterConfiguration before, Func<NodeId, ulong>? storeIdOf = null)
    {
        if (before.IsTakenBack)
            return before.Phase == TopologyPhase.WriteBothReadOld ? ClearAway(before, []) : Settle(before, before.Members);
        IReadOnlyList<RingMember> next = before.Next ?? throw new InvariantException("only a change goes on; nothing changes");
        next = storeIdOf is null ? next : Identified(next, storeIdOf);
        return before.Phase switch
        {
            TopologyPhase.WriteBothReadOld => before.Following() with { RingEpoch = before.Epoch + 1, Phase = TopologyPhase.WriteBothReadNew, Next = next },
            TopologyPhase.WriteBothReadNew => before.Following() with { RingEpoch = before.Epoch + 1, Phase = TopologyPhase.WriteNew, Next = next },
            _ => Settle(before, next),
        };
    }

    /// <summary>Forgets what is staged, or takes the change back as far as one decision can.</summary>
    /// <param name="dead">Nobody waits for them on the way back.</param>
    public static ConfigurationStep Abort(ClusterConfiguration before, IReadOnlyList<NodeId> dead)
    {
        foreach (NodeId node in dead)
        {
            if (!StagedChanges.Has(before.Members, node) && !StagedChanges.Has(before.Next ?? [], node))
                return ConfigurationStep.Refused($"{node} is declared dead and must be a member before or after the change.");
        }

        switch (before.Phase)
        {
            case TopologyPhase.Settled when before.Staged.Count == 0:
                return ConfigurationStep.Refused("Nothing is staged and nothing changes.");
            case TopologyPhase.Settled:
                return ConfigurationStep.To(before.Following() with { Staged = [] });
            case var _ when before.IsTakenBack:
                return dead.Count > 0 ? DeclareDead(before, dead) : ConfigurationStep.Refused("The change is being taken back already.");
            case TopologyPhase.WriteBothReadOld:
                return ToLiving(ClearAway(before, dead));
            case TopologyPhase.WriteBothReadNew:
                return ToLiving(GoBack(before, dead));
            default:
                return ConfigurationStep.Refused(
                    "The change has come to its last phase, in which the old owners clear what they own no longer: it can't be taken back. Let it end, and change back then.");
        }
    }

    /// <summary>Nothing but the members before the change is read and written; whoever fetched something clears it.</summary>
    internal static ClusterConfiguration ClearAway(ClusterConfiguration before, IReadOnlyList<NodeId> dead) => before.Following() with
    {
        RingEpoch = before.Epoch + 1,
        Phase = TopologyPhase.WriteNew,
        IsTakenBack = true,
        Gone = [.. before.Gone.Concat(dead).Distinct().Order()],
    };

    private static ClusterConfiguration Settle(ClusterConfiguration before, IReadOnlyList<RingMember> members) => before.Following() with
    {
        Phase = TopologyPhase.Settled,
        Members = members,
        Next = null,
        Gone = [],
        IsTakenBack = false,
    };

    private static ConfigurationStep ToLiving(ClusterConfiguration after) =>
        after.Members.Any(member => !after.Gone.Contains(member.Node))
            ? ConfigurationStep.To(after)
            : ConfigurationStep.Refused("At least one of the members must be alive; all are declared dead.");

    /// <summary>Read from the old owners again.</summary>
    internal static ClusterConfiguration GoBack(ClusterConfiguration before, IReadOnlyList<NodeId> dead) => before.Following() with
    {
        RingEpoch = before.Epoch + 1,
        Phase = TopologyPhase.WriteBothReadOld,
        IsTakenBack = true,
        Gone = [.. before.Gone.Concat(dead).Distinct().Order()],
    };

    // Of one that stays nobody would bring the new ring what it is to own, and where it is the only owner the old ones would
    // then clear the last copy. In the last phase it has fetched all.
    private static ConfigurationStep DeclareLeaverDead(ClusterConfiguration before, NodeId node) =>
        !before.IsTakenBack && before.Phase != TopologyPhase.WriteNew && StagedChanges.Has(before.Next ?? [], node)
            ? ConfigurationStep.Refused($"{node} is to be a member after the change, too, so it can't be declared dead in the middle of it: abort the change with {node} declared dead, and stage its leave then.")
            : DeclareDead(before, node);

    private static ConfigurationStep DeclareDead(ClusterConfiguration before, params IReadOnlyList<NodeId> dead)
    {
        NodeId[] gone = [.. before.Gone.Concat(dead).Distinct().Order()];
        if (gone.Length == before.Gone.Count)
            return ConfigurationStep.Refused($"{string.Join(", ", dead)} was declared dead already.");
        return ProblemOfNext(before, gone) is { } problem
            ? ConfigurationStep.Refused(problem)
            : ToLiving(before.Following() with { Gone = gone });
    }

    // A change that goes on without them would end in a cluster whose members can decide nothing any more.
    private static string? ProblemOfNext(ClusterConfiguration before, IReadOnlyList<NodeId> gone)
    {
        if (before.IsTakenBack || before.Next is not { } next)
            return null;
        int living = next.Count(member => !gone.Contains(member.Node));
        if (living > next.Count / 2)
            return null;
        string advice = before.Phase == TopologyPhase.WriteNew
            ? "start one of them again, with an empty data directory if the old one is lost"
            : "abort the change, and name the dead there";
        return $"More than half of the {next.Count} members to be must live, or they can decide nothing after the change; {living} would: {advice}.";
    }

    private static string ChangesNow(ClusterConfiguration before, string what) =>
        $"Nothing can be {what} while the members change (epoch {before.Epoch}, {before.Phase}); wait until it is done, or abort it.";

    private static RingMember[] Identified(IReadOnlyList<RingMember> members, Func<NodeId, ulong> storeIdOf) =>
        [.. members.Select(member => storeIdOf(member.Node) is var storeId and not 0 ? member with { StoreId = storeId } : member)];
}
