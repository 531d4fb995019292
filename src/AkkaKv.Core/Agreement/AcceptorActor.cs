using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Agreement;

/// <summary>
/// The node's vote. Keeps nothing in memory between questions: what it has promised is a fact on the disk, and nothing is
/// answered before it is there.
/// </summary>
/// <remarks>
/// Questions about one decision are taken one after the other: the next is looked at when the one before is answered. A
/// write that fails leaves the state as it was last durable, and its question is answered with "unable": should the write
/// be there after a restart all the same, it is a vote that nobody counted, as if its answer were lost.
/// </remarks>
/// <param name="storeId">Of the node's data directory.</param>
public sealed class AcceptorActor(ulong storeId) : Actor
{
    /// <summary>Questions that may wait; more are dropped, and the proposers ask again. Each holds at most 512 KiB.</summary>
    public const int WaitingMax = 128;

    private readonly Dictionary<string, DecisionWork> _works = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, DecisionWork> _tickets = [];
    private ulong _nextTicket = 1;
    private int _waiting;

    /// <summary>The fact that keeps what was promised about a decision.</summary>
    public static string FactOf(string decision) => "agreement/" + decision;

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case AgreementPrepare prepare: OnQuestion(context, new Question(prepare.Decision, prepare.StoreId, prepare.Ballot, null, prepare.ReplyTo)); break;
            case AgreementAccept accept: OnQuestion(context, new Question(accept.Decision, accept.StoreId, accept.Ballot, accept.Value, accept.ReplyTo)); break;
            case FactReadDone done: OnRead(context, done); break;
            case FactWriteDone done: OnWritten(context, done); break;
            default: throw new InvariantException($"an acceptor takes questions and facts; found {message.GetType().Name}");
        }
    }

    // What no proposal of this release would ask is dropped: it comes from a peer, and has no answer that helps.
    private void OnQuestion(IActorContext context, in Question question)
    {
        if (!DecisionBounds.IsName(question.Decision) || !question.Ballot.IsAttempt || question.Value?.Length > DecisionBounds.ValueBytesMax)
            return;
        if (question.StoreId != 0 && question.StoreId != storeId)
        {
            Answer(context, question, new AcceptorStep(AcceptorState.Empty, VoteOutcome.OtherStore));
            return;
        }

        if (_waiting == WaitingMax)
            return;
        _waiting++;
        if (_works.TryGetValue(question.Decision, out DecisionWork? work))
        {
            work.Questions.Enqueue(question);
            return;
        }

        work = new DecisionWork(question.Decision);
        work.Questions.Enqueue(question);
        _works.Add(question.Decision, work);
        context.Send(StoreOf(context), new FactRead(FactOf(question.Decision), TicketOf(work), context.Self));
    }

    private void OnRead(IActorContext context, FactReadDone done)
    {
        if (!_tickets.Remove(done.Ticket, out DecisionWork? work))
            return;
        AcceptorState state = AcceptorState.Empty;
        work.IsReadable = done.Value.IsEmpty || AcceptorState.TryRead(done.Value, out state);
        work.State = state;
        Continue(context, work);
    }

    private void OnWritten(IActorContext context, FactWriteDone done)
    {
        if (!_tickets.Remove(done.Ticket, out DecisionWork? work))
            return;
        if (done.IsDone)
            work.State = work.Staged.State;
        Close(context, work, done.IsDone ? work.Staged : new AcceptorStep(work.State, VoteOutcome.Unable));
        Continue(context, work);
    }

    // Answers until one question needs the disk, or none is left.
    private void Continue(IActorContext context, DecisionWork work)
    {
        while (work.Questions.TryPeek(out Question question))
        {
            AcceptorStep step = work.StepOf(question);
            if (!ReferenceEquals(step.State, work.State))
            {
                work.Staged = step;
                context.Send(StoreOf(context), new FactWrite(FactOf(work.Decision), step.State.ToBytes(), TicketOf(work), context.Self));
                return;
            }

            Close(context, work, step);
        }

        _works.Remove(work.Decision);
    }

    private void Close(IActorContext context, DecisionWork work, AcceptorStep step)
    {
        _waiting--;
        Answer(context, work.Questions.Dequeue(), step);
    }

    private static void Answer(IActorContext context, in Question question, AcceptorStep step)
    {
        NodeId self = context.Self.Node;
        AcceptorState state = step.State;
        context.Send(question.ReplyTo, question.Value is null
            ? new AgreementPromised(question.Decision, question.Ballot, self, step.Outcome, state.Promised, state.AcceptedAt, state.AcceptedValue)
            : new AgreementAccepted(question.Decision, question.Ballot, self, step.Outcome, state.Promised));
    }

    private ulong TicketOf(DecisionWork work)
    {
        _tickets.Add(_nextTicket, work);
        return _nextTicket++;
    }

    private static Address StoreOf(IActorContext context) => new(context.Self.Node, ActorRole.Store, 0);

    /// <param name="Value">Null for the first phase.</param>
    private readonly record struct Question(string Decision, ulong StoreId, Ballot Ballot, ReadOnlyMemory<byte>? Value, Address ReplyTo);

    /// <summary>One decision, as long as questions about it wait.</summary>
    private sealed class DecisionWork(string decision)
    {
        public string Decision => decision;

        /// <summary>The first is the one being looked at.</summary>
        public Queue<Question> Questions { get; } = new();

        /// <summary>As it is on the disk.</summary>
        public AcceptorState State { get; set; } = AcceptorState.Empty;

        /// <summary>False when what is on the disk is not understood; then there is no vote.</summary>
        public bool IsReadable { get; set; }

        /// <summary>What is being written.</summary>
        public AcceptorStep Staged { get; set; }

        public AcceptorStep StepOf(in Question question)
        {
            if (!IsReadable)
                return new AcceptorStep(State, VoteOutcome.Unable);
            return question.Value is { } value ? State.OnAccept(question.Ballot, value) : State.OnPrepare(question.Ballot);
        }
    }
}
