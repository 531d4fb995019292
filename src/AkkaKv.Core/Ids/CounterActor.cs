using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>What one counter counts.</summary>
/// <param name="FactName">Under which it remembers.</param>
/// <param name="Step">n: how many counters share the numbers.</param>
/// <param name="Index">Which of them it is, from 0.</param>
/// <param name="From">The first number; beyond all that were given when <paramref name="Step"/> or <paramref name="Index"/> changes.</param>
/// <param name="FromSetting">Where <paramref name="From"/> is set, for people.</param>
public sealed record CounterOptions(string FactName, long Step, long Index, long From, string FromSetting)
{
    /// <summary>A ticket server: alone, or one of a pair, of which one gives odd and the other even numbers.</summary>
    public static CounterOptions Tickets(IdOptions ids, int index) => new("ids/tickets", ids.TicketNodes.Count, index, ids.TicketsFrom, "Ids:TicketsFrom");

    /// <summary>One of n that increment.</summary>
    public static CounterOptions Increment(IdOptions ids) => new("ids/increment", ids.IncrementNodes, ids.IncrementIndex, ids.IncrementFrom, "Ids:IncrementFrom");
}

/// <summary>Gives numbers of a counter in blocks; each number lies below a bound that is on the disk.</summary>
public sealed class CounterActor : Actor
{
    private const string WhatIsWritten = "The counter";

    private readonly CounterOptions _counter;
    private readonly IdOptions _options;
    private readonly StepCounter _numbers;
    private readonly WaitingAsks _waiting;
    private readonly DurableFact _fact;
    private long _raisingTo;
    private IdRefusal? _unusable;

    public CounterActor(CounterOptions counter, IdOptions options)
    {
        options.Validate();
        _counter = counter;
        _options = options;
        _numbers = new StepCounter(counter.Step, counter.Index, counter.From);
        _waiting = new WaitingAsks(options);
        _fact = new DurableFact(counter.FactName);
    }

    public override void Start(IActorContext context) => _fact.Read(context);

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case IdsAsk ask: OnAsk(context, ask); break;
            case FactReadDone done: OnRead(context, done); break;
            case FactWriteDone done: OnWritten(context, done); break;
            case IdPatienceDue: _waiting.OnPatience(context, static () => IdWords.Slow(WhatIsWritten)); break;
            case IdsTold: break; // An answer to a question that this actor never asks: a peer mistook the number.
            default: throw new InvariantException($"A counter has no use for {message.GetType().Name}");
        }
    }

    private void OnAsk(IActorContext context, IdsAsk ask)
    {
        if (_waiting.TryAdd(context, ask))
            Pump(context);
    }

    private void OnRead(IActorContext context, FactReadDone done)
    {
        _fact.OnRead(done);
        if (!done.Value.IsEmpty)
            StartBeyond(done.Value);
        Pump(context);
    }

    private void StartBeyond(ReadOnlyMemory<byte> value)
    {
        if (!CounterMark.TryDecode(value, out CounterMark? mark))
        {
            _unusable = NotSetUp($"The counter {_counter.FactName} must be of a version that this program knows; found {value.Length} other bytes. Run the version that wrote it, or a newer one.");
            return;
        }

        // Other residues meet numbers that others gave; below the old bound all of them may have been given.
        bool isSame = mark!.Step == _counter.Step && mark.Index == _counter.Index;
        if (!isSame && _counter.From < mark.Bound)
            _unusable = NotSetUp(Moved(mark));
        else
            _numbers.StartBeyond(mark.Bound);
    }

    private string Moved(CounterMark mark) =>
        $"When the number of counters changes, each must go on beyond what all have given; {_counter.FactName} was number {mark.Index} of {mark.Step} and is to be number "
        + $"{_counter.Index} of {_counter.Step}, and may have given up to {mark.Bound}, but starts from {_counter.From}. "
        + $"Stop all of them, and set {_counter.FromSetting} beyond the largest of their bounds, the same on each.";

    private void Pump(IActorContext context)
    {
        while (_fact.IsLoaded && _waiting.TryPeek(out WaitingAsk? ask))
        {
            if (_unusable is { } refusal)
            {
                _waiting.RefuseAll(context, refusal);
                return;
            }

            if (!_numbers.TryTake(ask!.Left, out IdRange range))
            {
                Reserve(context, ask.Left);
                break;
            }

            ask.Add(range);
            _waiting.Dequeue();
            ask.Answer(context);
            if (_numbers.Reserved < _options.CounterBlock / 2)
                Reserve(context, 0);
        }

        _waiting.KeepTime(context);
    }

    private void Reserve(IActorContext context, int needed)
    {
        if (_fact.IsWriting)
            return;
        if (_numbers.BoundFor(needed + (long)_options.CounterBlock) is not { } bound)
        {
            _waiting.RefuseAll(context, new IdRefusal(
                IdRefusalKind.Spent, $"The numbers of {_counter.FactName} end at {long.MaxValue}, and it has come there.", IsRetryable: false));
            return;
        }

        _raisingTo = bound;
        _fact.Write(context, new CounterMark(_counter.Step, _counter.Index, bound).Encode());
    }

    private void OnWritten(IActorContext context, FactWriteDone done)
    {
        if (_fact.OnWritten(done))
            _numbers.Raise(_raisingTo);
        else
            _waiting.RefuseAll(context, IdWords.StoreFailed(WhatIsWritten));
        Pump(context);
    }

    private static IdRefusal NotSetUp(string detail) => new(IdRefusalKind.NotSetUp, detail, IsRetryable: false);
}
