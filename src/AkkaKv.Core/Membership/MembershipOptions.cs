using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>How a node tells others that it lives, and when it stops believing that they do.</summary>
public sealed record MembershipOptions
{
    /// <summary>Between two rounds of gossip; see <see cref="BeatTicks"/> for heartbeats. Default 1 s: seconds are soon enough to stop asking a node, and the cost is a few packets.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>By how much a tick is moved at random, as a part of it. Default 0.1: nodes that start together do not stay in step.</summary>
    public double TickJitter { get; init; } = 0.1;

    /// <summary>
    /// Members told on each tick. Default 3: each exchange goes both ways, so news reaches all in about log₄ S rounds or
    /// a few more, and one lost message in ten hardly shows.
    /// </summary>
    public int FanOut { get; init; } = 3;

    /// <summary>
    /// Largest gossip message, bytes of its frame's body. Default 256: some 30 entries, so that from a few dozen members
    /// on a node sends 1.5 kB/s however many there are, and among a hundred a death is found a second later than if messages
    /// named everyone. See docs/adr/0010.
    /// </summary>
    public int GossipBytesMax { get; init; } = 256;

    /// <summary>
    /// Members that are told even when chance never picks them, so that two halves which lost sight of each other meet
    /// again. Default none: any member is as good while everyone knows all members.
    /// </summary>
    public IReadOnlyList<NodeId> Seeds { get; init; } = [];

    /// <summary>One tick in so many also tells a seed. Default 10: rare enough that seeds carry no burden.</summary>
    public int SeedOneIn { get; init; } = 10;

    /// <summary>One tick in so many also tells a member that is believed unreachable, lest the opinion confirm itself. Default 2.</summary>
    public int UnreachableOneIn { get; init; } = 2;

    /// <summary>
    /// A tick that comes later than this means that this node itself slept: the gap is held against nobody. Default
    /// 500 ms: above what a busy event loop is late, below what makes a peer suspect.
    /// </summary>
    public TimeSpan LateTickMin { get; init; } = TimeSpan.FromMilliseconds(500);

    public PhiOptions Phi { get; init; } = new();

    /// <summary>
    /// Ticks from one heartbeat of a node to its next: 1 while the digests of a tick can name all members; among more, as
    /// many as it takes until they can, so that there is no more news than messages can carry to all.
    /// </summary>
    public int BeatTicks(int members)
    {
        double ticks = (double)members / (FanOut * GossipTable.EntriesPerMessage(GossipBytesMax));
        return Math.Max(1, (int)Math.Round(ticks));
    }

    /// <summary>What a detector expects among so many members: the limit without progress grows by 8 times as much as the interval.</summary>
    public PhiOptions PhiAmong(int members)
    {
        TimeSpan longer = Phi.FirstInterval * (BeatTicks(members) - 1);
        return Phi with { FirstInterval = Phi.FirstInterval + longer, NoProgressMax = Phi.NoProgressMax + (8 * longer) };
    }

    /// <exception cref="InvariantException">When an option is out of its bounds.</exception>
    public void Require()
    {
        Invariant.Require(Tick >= TimeSpan.FromMilliseconds(1), "the tick is at least a millisecond", Tick);
        Invariant.Require(TickJitter is >= 0 and <= 0.5, "the jitter is 0 to 0.5 of a tick", TickJitter);
        Invariant.Require(FanOut is >= 1 and <= 100, "the fan-out is 1 to 100 members", FanOut);
        Invariant.Require(GossipBytesMax is >= 128 and <= 65_536, "a gossip message has 128 to 65536 bytes", GossipBytesMax);
        Invariant.Require(SeedOneIn >= 1, "a seed is told once in 1 or more ticks", SeedOneIn);
        Invariant.Require(UnreachableOneIn >= 1, "an unreachable member is told once in 1 or more ticks", UnreachableOneIn);
        Invariant.Require(LateTickMin > TimeSpan.Zero, "a late tick is late by more than nothing", LateTickMin);
        Phi.Require();
    }
}

/// <summary>When silence becomes suspicion.</summary>
public sealed record PhiOptions
{
    /// <summary>
    /// Suspect from this phi on: 8 means that, were the member alive, so long a silence had a chance of 10⁻⁸. Default 8,
    /// as in the paper's examples and in Cassandra and Akka.
    /// </summary>
    public double Threshold { get; init; } = 8;

    /// <summary>Intervals remembered for each member. Default 100: adapts within two minutes, 400 bytes a member.</summary>
    public int WindowArrivals { get; init; } = 100;

    /// <summary>Least deviation assumed. Default 200 ms: a window of very even arrivals must not make a hiccup a death.</summary>
    public TimeSpan DeviationMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Added to the expected interval. Default 3 s: garbage collections, page faults and lost packets are no deaths.</summary>
    public TimeSpan AcceptablePause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The interval expected before anything was measured. Default 1 s, a tick; the actor lengthens it where a message
    /// does not hold all members.
    /// </summary>
    public TimeSpan FirstInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Suspect in any case after so long without progress, whatever the window says. Default 30 s: a member whose window
    /// was filled in bad times is found too. Lengthened with <see cref="FirstInterval"/>.
    /// </summary>
    public TimeSpan NoProgressMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="InvariantException">When an option is out of its bounds.</exception>
    public void Require()
    {
        Invariant.Require(Threshold is > 0 and <= 1_000, "the threshold of phi is above 0 and at most 1000", Threshold);
        Invariant.Require(WindowArrivals is >= 2 and <= 10_000, "the window holds 2 to 10000 intervals", WindowArrivals);
        Invariant.Require(DeviationMin > TimeSpan.Zero, "the least deviation is positive", DeviationMin);
        Invariant.Require(AcceptablePause >= TimeSpan.Zero, "the acceptable pause is not negative", AcceptablePause);
        Invariant.Require(FirstInterval > TimeSpan.Zero, "the first interval is positive", FirstInterval);
        Invariant.Require(NoProgressMax > FirstInterval, "the limit without progress is longer than the first interval", NoProgressMax);
    }
}
