using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Agreement;

/// <summary>How far an attempt has come.</summary>
public enum ProposalPhase : byte
{
    /// <summary>Collects promises.</summary>
    Preparing = 0,

    /// <summary>Enough have promised; asks them to accept <see cref="ProposalTally.Value"/>.</summary>
    Accepting = 1,

    /// <summary>Enough have accepted: it is decided for ever.</summary>
    Decided = 2,
}

/// <summary>
/// Counts the votes of one proposal's attempts, one voter once, and knows which value may be asked for. Pure.
/// Source: Lamport 2001, "Paxos Made Simple".
/// </summary>
/// <remarks>
/// The value that a majority of promises shows accepted at the highest ballot takes the place of the own one, for good:
/// it may be decided already. Without any, the own value is free to be asked for.
/// </remarks>
public sealed class ProposalTally
{
    private readonly IReadOnlyList<Voter> _voters;
    private readonly int _quorum;
    private readonly ReadOnlyMemory<byte> _own;
    private readonly VoteOutcome?[] _votes;
    private Ballot _highest;
    private Ballot _adoptedAt;

    /// <param name="quorum">Votes that decide: more than half, so that any two have a voter in common.</param>
    /// <exception cref="InvariantException">When it is not, or a voter stands in the list twice.</exception>
    public ProposalTally(IReadOnlyList<Voter> voters, int quorum, ReadOnlyMemory<byte> value)
    {
        var names = new HashSet<NodeId>();
        foreach (Voter voter in voters)
            Invariant.Require(names.Add(voter.Node), "a voter has one vote", voter.Node);
        Invariant.Require(quorum <= voters.Count, "a quorum is no more than all voters", (quorum, voters.Count));
        Invariant.Require(quorum > voters.Count / 2, "a quorum is more than half of the voters", (quorum, voters.Count));
        _voters = voters;
        _quorum = quorum;
        _own = value;
        _votes = new VoteOutcome?[voters.Count];
        Value = value;
    }

    public IReadOnlyList<Voter> Voters => _voters;

    public int Quorum => _quorum;

    public ProposalPhase Phase { get; private set; }

    /// <summary>Of the present attempt.</summary>
    public Ballot Ballot { get; private set; }

    /// <summary>What is, or will be, asked for; final from <see cref="ProposalPhase.Accepting"/> on.</summary>
    public ReadOnlyMemory<byte> Value { get; private set; }

    /// <summary>Some voter has promised a higher ballot: this attempt should end if it does not succeed at once.</summary>
    public bool IsOutbid => _highest > Ballot;

    /// <summary>So many have refused that this attempt cannot succeed any more.</summary>
    public bool IsLost => _voters.Count - Count(VoteOutcome.Outbid) < _quorum;

    /// <summary>Votes for the present phase of the present attempt.</summary>
    public int Granted => Count(VoteOutcome.Granted);

    /// <summary>What a voter said last in this phase; null for nothing yet.</summary>
    public VoteOutcome? VoteOf(int voter) => _votes[voter];

    /// <summary>Starts an attempt above everything heard of.</summary>
    /// <returns>False when there is no ballot left: somebody counts wrongly, and no attempt can succeed.</returns>
    public bool TryBegin(Address proposal)
    {
        Invariant.Require(Phase != ProposalPhase.Decided, "a proposal that is decided makes no further attempt");
        long round = Math.Max(_highest.Round, Ballot.Round) + 1;
        if (round > Ballot.RoundMax)
            return false;
        Ballot = new Ballot(round, proposal.Node, proposal.Number);
        Phase = ProposalPhase.Preparing;
        _adoptedAt = Ballot.None;
        Value = _own;
        Array.Clear(_votes);
        return true;
    }

    /// <returns>True when this vote made the promises enough: now ask all to accept.</returns>
    public bool OnPromised(AgreementPromised promised)
    {
        int voter = Note(promised.From, promised.Ballot, promised.Outcome, promised.Promised, ProposalPhase.Preparing);
        if (voter < 0 || promised.Outcome != VoteOutcome.Granted)
            return false;
        if (promised.AcceptedAt > _adoptedAt)
        {
            _adoptedAt = promised.AcceptedAt;
            Value = promised.AcceptedValue;
        }

        return Advance(ProposalPhase.Accepting);
    }

    /// <returns>True when this vote decided.</returns>
    public bool OnAccepted(AgreementAccepted accepted)
    {
        int voter = Note(accepted.From, accepted.Ballot, accepted.Outcome, accepted.Promised, ProposalPhase.Accepting);
        return voter >= 0 && accepted.Outcome == VoteOutcome.Granted && Advance(ProposalPhase.Decided);
    }

    private bool Advance(ProposalPhase next)
    {
        if (Granted < _quorum)
            return false;
        Phase = next;
        if (next == ProposalPhase.Accepting)
            Array.Clear(_votes);
        return true;
    }

    // Which voter's vote it is; −1 when it does not count: nobody's, of another attempt, of the other phase, or a second one.
    private int Note(NodeId from, Ballot ballot, VoteOutcome outcome, Ballot promised, ProposalPhase phase)
    {
        int voter = IndexOf(from);
        if (voter < 0)
            return -1;
        if (outcome == VoteOutcome.Outbid && promised > _highest)
            _highest = promised;
        if (ballot != Ballot || phase != Phase || _votes[voter] == VoteOutcome.Granted)
            return -1;
        _votes[voter] = outcome;
        return voter;
    }

    private int IndexOf(NodeId node)
    {
        for (int i = 0; i < _voters.Count; i++)
        {
            if (_voters[i].Node == node)
                return i;
        }

        return -1;
    }

    private int Count(VoteOutcome outcome)
    {
        int count = 0;
        foreach (VoteOutcome? vote in _votes)
            count += vote == outcome ? 1 : 0;
        return count;
    }
}
