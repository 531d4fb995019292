using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Agreement;

/// <summary>
/// Brings one decision about: asks the voters until enough have accepted one value, its own or the one that it finds under
/// way, and tells it once with <see cref="AgreementDecided"/>; or gives up with <see cref="AgreementUndecided"/>. Spawned as
/// a request; ends with its answer.
/// </summary>
/// <remarks>
/// 1. Prepare to all; with a quorum of promises, accept to all; with a quorum of those, decided.
/// 2. Whoever is silent is asked again. 3. Whoever is outbid waits, for longer each time, and begins anew above the other:
/// so two proposals do not keep each other from deciding for ever.
/// </remarks>
public sealed class ProposalActor : Actor
{
    private readonly ProposalOptions _options;
    private readonly string _decision;
    private readonly ProposalTally _tally;
    private readonly Address _replyTo;

    // What each voter said when it last refused for a reason that another ballot does not heal; for people.
    private readonly VoteOutcome?[] _refusals;
    private readonly bool[] _heard;
    private TimeSpan _resendDelay;
    private TimeSpan _backoffDelay;
    private TimerId _timer;
    private TimerId _deadline;
    private bool _waits;
    private long _step;

    /// <param name="quorum">More than half of the voters.</param>
    /// <param name="value">What to decide unless something else is under way; at most 512 KiB.</param>
    /// <exception cref="InvariantException">When an argument is out of its bounds.</exception>
    public ProposalActor(
        ProposalOptions options, string decision, IReadOnlyList<Voter> voters, int quorum, ReadOnlyMemory<byte> value, Address replyTo)
    {
        Invariant.Require(DecisionBounds.IsName(decision), "a decision is named by 1 to 100 visible ASCII characters", decision);
        Invariant.Require(value.Length <= DecisionBounds.ValueBytesMax, "a value to decide has at most 512 KiB", value.Length);
        _options = options;
        _decision = decision;
        _tally = new ProposalTally(voters, quorum, value);
        _replyTo = replyTo;
        _refusals = new VoteOutcome?[voters.Count];
        _heard = new bool[voters.Count];
        _resendDelay = options.ResendDelay;
        _backoffDelay = options.BackoffDelay;
    }

    public override void Start(IActorContext context)
    {
        _deadline = context.StartTimer(_options.Timeout, new ProposalDeadline());
        Begin(context);
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case AgreementPromised promised when promised.Decision == _decision: OnPromised(context, promised); break;
            case AgreementAccepted accepted when accepted.Decision == _decision: OnAccepted(context, accepted); break;
            case ProposalTimer timer when timer.Step == _step: OnTimer(context); break;
            case ProposalDeadline: End(context, new AgreementUndecided(_decision, ReasonFor())); break;
            default: break; // A timer of an earlier step, or an answer to another request: a peer mistook the number.
        }
    }

    private void Begin(IActorContext context)
    {
        _waits = false;
        if (!_tally.TryBegin(context.Self))
            End(context, new AgreementUndecided(_decision, "The voters have promised ballots that nobody can outbid: one of them counts wrongly. Nothing more can be decided under this name."));
        else
            Ask(context);
    }

    private void OnPromised(IActorContext context, AgreementPromised promised)
    {
        Hear(promised.From, promised.Outcome);
        if (_tally.OnPromised(promised))
            Ask(context);
        else
            MakeRoom(context);
    }

    private void OnAccepted(IActorContext context, AgreementAccepted accepted)
    {
        Hear(accepted.From, accepted.Outcome);
        if (_tally.OnAccepted(accepted))
            End(context, new AgreementDecided(_decision, _tally.Value));
        else
            MakeRoom(context);
    }

    // To begin anew at once would outbid the other in its turn.
    private void MakeRoom(IActorContext context)
    {
        if (_waits || !_tally.IsLost)
            return;
        _waits = true;
        StartTimer(context, ref _backoffDelay);
    }

    private void OnTimer(IActorContext context)
    {
        if (_tally.IsOutbid)
            Begin(context);
        else
            Ask(context);
    }

    // Those who have not granted the present phase, the first time and again.
    private void Ask(IActorContext context)
    {
        for (int i = 0; i < _tally.Voters.Count; i++)
        {
            if (_tally.VoteOf(i) == VoteOutcome.Granted)
                continue;
            Voter voter = _tally.Voters[i];
            context.Send(new Address(voter.Node, ActorRole.Agreement, 0), _tally.Phase == ProposalPhase.Preparing
                ? new AgreementPrepare(_decision, voter.StoreId, _tally.Ballot, context.Self)
                : new AgreementAccept(_decision, voter.StoreId, _tally.Ballot, _tally.Value, context.Self));
        }

        StartTimer(context, ref _resendDelay);
    }

    private void StartTimer(IActorContext context, ref TimeSpan delay)
    {
        context.CancelTimer(_timer);
        _step++;
        _timer = context.StartTimer(delay * (0.5 + context.Random.NextDouble()), new ProposalTimer(_step));
        delay = delay * 2 < _options.DelayMax ? delay * 2 : _options.DelayMax;
    }

    private void Hear(NodeId from, VoteOutcome outcome)
    {
        for (int i = 0; i < _heard.Length; i++)
        {
            if (_tally.Voters[i].Node != from)
                continue;
            _heard[i] = true;
            _refusals[i] = outcome is VoteOutcome.OtherStore or VoteOutcome.Unable ? outcome : null;
        }
    }

    private void End(IActorContext context, Message answer)
    {
        context.CancelTimer(_timer);
        context.CancelTimer(_deadline);
        context.Send(_replyTo, answer);
        context.Stop();
    }

    private string ReasonFor()
    {
        string reason = $"{_tally.Granted} of {_tally.Voters.Count} voters have {(_tally.Phase == ProposalPhase.Preparing ? "promised" : "accepted")} "
            + $"within {_options.Timeout.TotalMilliseconds:0} ms, and {_tally.Quorum} are needed.";
        reason += NamesOf("No answer from", i => !_heard[i]);
        reason += NamesOf("With another data directory than the one known:", i => _refusals[i] == VoteOutcome.OtherStore);
        reason += NamesOf("Unable to keep a vote on disk:", i => _refusals[i] == VoteOutcome.Unable);
        if (_tally.IsOutbid)
            reason += " Another proposal was ahead.";
        return reason + " It may be decided all the same.";
    }

    private string NamesOf(string what, Func<int, bool> isOne)
    {
        var names = new List<string>();
        for (int i = 0; i < _heard.Length; i++)
        {
            if (isOne(i))
                names.Add(_tally.Voters[i].Node.Name);
        }

        return names.Count == 0 ? "" : $" {what} {string.Join(", ", names)}.";
    }

    private sealed record ProposalTimer(long Step) : Message;

    private sealed record ProposalDeadline : Message;
}
