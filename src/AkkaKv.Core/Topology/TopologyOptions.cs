using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Topology;

/// <summary>How often the members speak of who belongs, and how long they wait.</summary>
public sealed record TopologyOptions
{
    /// <summary>Between two rounds of the member that drives a change. Default 1 s: a change takes minutes, its barriers may take seconds.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at a random member's epoch, half more or less by chance. Default 2 s: whoever missed the news hears it soon.</summary>
    public TimeSpan DigestInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>One attempt at a decision. Default 2 s: several round trips and synced writes.</summary>
    public TimeSpan ProposalTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest that an operator waits for an answer. Default 5 s: two attempts.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the answer about the whole cluster waits for the members. Default 1 s: who lives answers within it.</summary>
    public TimeSpan GatherTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long connections to one who has left stay, so that it hears of it. Default 10 s: a few digests.</summary>
    public TimeSpan FarewellTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a node whose directory is another listens before it believes that most members lost theirs and that nobody knows
    /// anything newer. Default 5 s: a few polls of those who do.
    /// </summary>
    public TimeSpan MemoryPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an operator's change is tried on top of somebody else's. Default 5: more would outlast the answer's time.</summary>
    public int TriesMax { get; init; } = 5;

    /// <summary>Operators' questions at a time. Default 64: people ask, not programs.</summary>
    public int QuestionsMax { get; init; } = 64;

    /// <summary>
    /// How long a worker number of ids is leased, by its holder's clock. Default 24 h, renewed when half of it is over: so long the
    /// members may be without a majority before ids end, and so long a number rests after its holder.
    /// </summary>
    public TimeSpan WorkerLease { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The worker number that this node needs; null where it makes no ids with one.</summary>
    public WorkerSettings? Workers { get; init; }

    /// <exception cref="InvariantException">When an option is out of its bounds.</exception>
    public void Require()
    {
        Invariant.Require(PollInterval >= TimeSpan.FromMilliseconds(1), "the poll interval is at least a millisecond", PollInterval);
        Invariant.Require(DigestInterval >= TimeSpan.FromMilliseconds(1), "the digest interval is at least a millisecond", DigestInterval);
        Invariant.Require(ProposalTimeout > TimeSpan.Zero, "the time for a proposal is positive", ProposalTimeout);
        Invariant.Require(AnswerTimeout > TimeSpan.Zero, "the time for an answer is positive", AnswerTimeout);
        Invariant.Require(GatherTimeout > TimeSpan.Zero, "the time to gather statuses is positive", GatherTimeout);
        Invariant.Require(FarewellTime >= TimeSpan.Zero, "the time for farewells is not negative", FarewellTime);
        Invariant.Require(MemoryPatience >= TimeSpan.Zero, "the patience with a lost memory is not negative", MemoryPatience);
        Invariant.Require(TriesMax >= 1, "a change is tried 1 or more times", TriesMax);
        Invariant.Require(WorkerLease >= TimeSpan.FromSeconds(1) && WorkerLease <= TimeSpan.FromDays(366), "a worker number is leased for a second to a year", WorkerLease);
        Invariant.Require(Workers is null or { Count: >= 1 and <= WorkerLeases.CountMax, Layout.Length: > 0 }, "a layout has worker numbers and words", Workers);
        Invariant.Require(QuestionsMax >= 1, "1 or more questions are taken at a time", QuestionsMax);
    }
}
