using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>The one proposal that this node has under way, and whose it is.</summary>
internal sealed class Proposing(TopologyOptions options)
{
    private ClusterConfiguration? _proposed;
    private OperatorQuestion? _question;
    private long _lastEpoch;

    public bool IsUnderWay => _proposed is not null;

    /// <summary>Why the last one came to nothing, for people; empty after one that did not.</summary>
    public string Trouble { get; private set; } = "";

    /// <summary>The decision on who belongs in an epoch.</summary>
    public static string DecisionOf(long epoch) => FormattableString.Invariant($"topology/{epoch}");

    /// <summary>Whether this node was the last to propose for the epoch.</summary>
    public bool Began(long epoch) => _lastEpoch == epoch;

    /// <param name="question">Whom it is for; null when it is the driver's.</param>
    public void Begin(IActorContext context, ClusterConfiguration before, ClusterConfiguration next, OperatorQuestion? question)
    {
        string? problem = ConfigurationRules.WhyNot(before, next);
        Invariant.Require(problem is null, "only what may follow is proposed", problem);
        _proposed = next;
        _question = question;
        _lastEpoch = next.Epoch;
        if (question is not null)
            (question.Proposed, question.IsDecided) = (next, false);
        context.Spawn(ActorRole.Request, new ProposalActor(
            new ProposalOptions { Timeout = options.ProposalTimeout },
            DecisionOf(next.Epoch),
            VotersOn(before, next),
            DriverRules.QuorumOf(before),
            ConfigurationCodec.Encode(next),
            context.Self));
    }

    // A founder that lost its directory since it told of it does not vote: it would be known by one that is gone, and where all
    // others are needed to say so, nothing could be decided ever after.
    private static Voter[] VotersOn(ClusterConfiguration before, ClusterConfiguration next)
    {
        IReadOnlyList<RingMember> known = before.ClusterId == 0 ? next.Members : before.Members;
        return [.. known.Select(member => new Voter(member.Node, member.StoreId))];
    }

    /// <returns>What was decided, to be adopted; null when it is of no use.</returns>
    public ClusterConfiguration? Take(AgreementDecided decided, ClusterConfiguration current)
    {
        if (_proposed is not { } proposed || decided.Decision != DecisionOf(proposed.Epoch))
            return null;
        OperatorQuestion? question = _question;
        _proposed = null;
        _question = null;
        if (!ConfigurationCodec.TryDecode(decided.Value, out ClusterConfiguration? value))
            return Refused(question, $"Epoch {proposed.Epoch} was decided, but not in words that this node understands; is it older than the others?");
        if (question is not null)
            question.IsDecided = ConfigurationRules.AreEqual(value, proposed);
        if (question is { IsDecided: false })
            question.Trouble = $"Another change was decided first as epoch {value.Epoch}.";
        Trouble = "";
        if (value.Epoch <= current.Epoch)
            return null;
        string? problem = ConfigurationRules.WhyNot(current, value);
        return problem is null ? value : Refused(question, $"What was decided as epoch {proposed.Epoch} can't follow epoch {current.Epoch}: {problem}");
    }

    public void Take(AgreementUndecided undecided)
    {
        if (_proposed is not { } proposed || undecided.Decision != DecisionOf(proposed.Epoch))
            return;
        Trouble = $"Epoch {proposed.Epoch} could not be decided: {undecided.Reason}";
        if (_question is { } question)
            question.Trouble = Trouble;
        _proposed = null;
        _question = null;
    }

    private ClusterConfiguration? Refused(OperatorQuestion? question, string problem)
    {
        Trouble = problem;
        if (question is not null)
            (question.Trouble, question.Proposed) = (problem, null);
        return null;
    }
}
