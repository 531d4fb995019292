using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>
/// Asks the ticket server for the clients of this node, and the other one of the pair where it is silent. Tickets whose
/// answer is lost are lost; none is given twice.
/// </summary>
public sealed class TicketDoorActor(IdOptions options) : Actor
{
    /// <summary>How long one that was silent is asked second.</summary>
    private static readonly TimeSpan Avoided = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<ulong, Inquiry> _inquiries = [];
    private ulong _nextTicket = 1;
    private int _first;
    private TimeSpan _firstUntil;

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case IdsAsk ask: OnAsk(context, ask); break;
            case IdsTold told: OnTold(context, told); break;
            case TicketLate late: OnLate(context, late); break;
            default: throw new InvariantException($"A door for tickets has no use for {message.GetType().Name}");
        }
    }

    private void OnAsk(IActorContext context, IdsAsk ask)
    {
        if (RefusalOf(context, ask) is { } refusal)
        {
            context.Send(ask.ReplyTo, new IdsTold(ask.Ticket, [], refusal));
            return;
        }

        if (_first != 0 && context.Now >= _firstUntil)
            _first = 0;
        var inquiry = new Inquiry(ask) { Server = _first };
        _inquiries.Add(_nextTicket, inquiry);
        Inquire(context, _nextTicket++, inquiry);
    }

    private void Inquire(IActorContext context, ulong ticket, Inquiry inquiry)
    {
        inquiry.Attempts++;
        context.Send(IdPlaces.Tickets(options.TicketNodes[inquiry.Server]), new IdsAsk(inquiry.Ask.Count, ticket, context.Self));
        context.StartTimer(options.TicketPatience, new TicketLate(ticket, inquiry.Attempts));
    }

    private void OnTold(IActorContext context, IdsTold told)
    {
        if (!_inquiries.TryGetValue(told.Ticket, out Inquiry? inquiry))
            return;
        if (told.Refusal is { } refusal)
            TryOther(context, told.Ticket, inquiry, refusal);
        else if (told.Ranges.Sum(static range => (long)range.Count) != inquiry.Ask.Count)
            TryOther(context, told.Ticket, inquiry, Silent()); // What is no answer to the question counts as none.
        else
            End(context, told.Ticket, inquiry, told.Ranges, null);
    }

    private void OnLate(IActorContext context, TicketLate late)
    {
        if (!_inquiries.TryGetValue(late.Ticket, out Inquiry? inquiry) || inquiry.Attempts != late.Attempt)
            return;
        TryOther(context, late.Ticket, inquiry, Silent());
    }

    private void TryOther(IActorContext context, ulong ticket, Inquiry inquiry, IdRefusal refusal)
    {
        if (inquiry.Attempts >= options.TicketNodes.Count)
        {
            End(context, ticket, inquiry, [], refusal);
            return;
        }

        inquiry.Server = (inquiry.Server + 1) % options.TicketNodes.Count;
        _first = inquiry.Server;
        _firstUntil = context.Now + Avoided;
        Inquire(context, ticket, inquiry);
    }

    private void End(IActorContext context, ulong ticket, Inquiry inquiry, IReadOnlyList<IdRange> ranges, IdRefusal? refusal)
    {
        _inquiries.Remove(ticket);
        context.Send(inquiry.Ask.ReplyTo, new IdsTold(inquiry.Ask.Ticket, ranges, refusal));
    }

    private IdRefusal? RefusalOf(IActorContext context, IdsAsk ask)
    {
        if (ask.Count is < 1 or > IdOptions.CountMax)
            return IdWords.Count(ask.Count);
        if (options.TicketNodes.Count == 0)
            return new IdRefusal(IdRefusalKind.NotSetUp, "Tickets come from a named node, and none is named. Set Ids:TicketPrimary, the same on every node.", IsRetryable: false);
        return _inquiries.Count >= options.WaitingMax ? IdWords.Busy(context.Self.Node, options.WaitingMax) : null;
    }

    private IdRefusal Silent() => new(
        IdRefusalKind.Silent,
        $"A ticket server must answer within {options.TicketPatience.TotalMilliseconds:0} ms; {string.Join(" and ", options.TicketNodes)} did not. "
        + "See GET /ready there; tickets can't come from any other node.",
        IsRetryable: true);

    private sealed class Inquiry(IdsAsk ask)
    {
        public IdsAsk Ask { get; } = ask;

        public int Server { get; set; }

        public int Attempts { get; set; }
    }

    private sealed record TicketLate(ulong Ticket, int Attempt) : Message;
}
