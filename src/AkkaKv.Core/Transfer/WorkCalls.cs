using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Transfer;

/// <summary>The questions and timers of one epoch's work: those of a work that was replaced find nobody.</summary>
/// <param name="work">Drawn, not counted: an answer to a process of before a restart must not be taken for one to this.</param>
internal sealed class WorkCalls(uint work)
{
    private readonly ExchangeAsks _asks = new(work);
    private readonly Dictionary<ulong, Action<IActorContext>> _timers = [];
    private ulong _nextTimer;

    /// <summary>The ticket of a new question.</summary>
    public ulong Ask(Action<IActorContext, Message> answered) => _asks.For(answered);

    /// <summary>
    /// The ticket of a question to a node that may never answer: after that time it counts as not answered, and an answer
    /// that comes later is ignored.
    /// </summary>
    public ulong AskWithin(IActorContext context, TimeSpan patience, Action<IActorContext, Message?> ended)
    {
        bool isOver = false;
        ulong ticket = _asks.For((at, answer) =>
        {
            isOver = true;
            ended(at, answer);
        });
        After(context, patience, at =>
        {
            if (isOver)
                return;
            _asks.Forget(ticket);
            ended(at, null);
        });
        return ticket;
    }

    public void Answer(IActorContext context, ulong ticket, Message answer) => _asks.Answer(context, ticket, answer);

    public void After(IActorContext context, TimeSpan delay, Action<IActorContext> then)
    {
        _timers.Add(_nextTimer, then);
        context.StartTimer(delay, new WorkDue(work, _nextTimer));
        _nextTimer++;
    }

    public void OnDue(IActorContext context, WorkDue due)
    {
        if (due.Work == work && _timers.Remove(due.Number, out Action<IActorContext>? then))
            then(context);
    }
}
