using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>A question for ids that is being answered.</summary>
internal sealed class WaitingAsk(IdsAsk ask, TimeSpan since)
{
    private readonly List<IdRange> _ranges = [];

    /// <summary>When it came.</summary>
    public TimeSpan Since { get; } = since;

    /// <summary>How many ids are missing.</summary>
    public int Left { get; private set; } = ask.Count;

    public void Add(IdRange range)
    {
        Invariant.Require(range.Count <= Left, "nobody gets more ids than were asked for", range.Count);
        _ranges.Add(range);
        Left -= range.Count;
    }

    public void Answer(IActorContext context)
    {
        context.Count(Counter.IdsIssued, ask.Count);
        context.Send(ask.ReplyTo, new IdsTold(ask.Ticket, _ranges, null));
    }

    public void Refuse(IActorContext context, IdRefusal refusal)
    {
        context.Count(Counter.IdsRefused);
        context.Send(ask.ReplyTo, new IdsTold(ask.Ticket, [], refusal));
    }
}

/// <summary>The questions of one maker of ids, in the order in which they came; bounded in number and in time.</summary>
internal sealed class WaitingAsks(IdOptions options)
{
    private readonly Queue<WaitingAsk> _asks = new();
    private bool _timing;

    /// <summary>Takes a question in, or refuses it.</summary>
    /// <returns>False when it was refused.</returns>
    public bool TryAdd(IActorContext context, IdsAsk ask)
    {
        var waiting = new WaitingAsk(ask, context.Now);
        if (ask.Count is < 1 or > IdOptions.CountMax)
            waiting.Refuse(context, IdWords.Count(ask.Count));
        else if (_asks.Count >= options.WaitingMax)
            waiting.Refuse(context, IdWords.Busy(context.Self.Node, options.WaitingMax));
        else
            return Enqueue(waiting);
        return false;
    }

    public bool TryPeek(out WaitingAsk? ask) => _asks.TryPeek(out ask);

    public void Dequeue() => _asks.Dequeue();

    public void RefuseAll(IActorContext context, IdRefusal refusal)
    {
        while (_asks.TryDequeue(out WaitingAsk? ask))
            ask.Refuse(context, refusal);
    }

    /// <summary>Sees to it that none of those that wait now waits for ever.</summary>
    public void KeepTime(IActorContext context)
    {
        if (_timing || !_asks.TryPeek(out WaitingAsk? oldest))
            return;
        _timing = true;
        TimeSpan left = oldest.Since + options.Patience - context.Now;
        context.StartTimer(left > TimeSpan.Zero ? left : TimeSpan.Zero, new IdPatienceDue());
    }

    /// <summary>Refuses those that have waited long enough.</summary>
    public void OnPatience(IActorContext context, Func<IdRefusal> refusal)
    {
        _timing = false;
        while (_asks.TryPeek(out WaitingAsk? oldest) && oldest.Since + options.Patience <= context.Now)
        {
            _asks.Dequeue();
            oldest.Refuse(context, refusal());
        }

        KeepTime(context);
    }

    private bool Enqueue(WaitingAsk ask)
    {
        _asks.Enqueue(ask);
        return true;
    }
}

/// <summary>Somebody may have waited long enough.</summary>
internal sealed record IdPatienceDue : Message;
