using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>
/// The questions of one exchange, or one work, that are not answered yet. An answer that nobody waits for, late, doubled or made up by a
/// peer, is ignored.
/// </summary>
internal sealed class ExchangeAsks(uint exchange)
{
    private readonly Dictionary<ulong, Action<IActorContext, Message>> _open = [];
    private uint _next;

    public int Count => _open.Count;

    /// <summary>How many answers came so far.</summary>
    public long Answered { get; private set; }

    /// <summary>Which exchange a ticket belongs to.</summary>
    public static uint ExchangeOf(ulong ticket) => (uint)(ticket >> 32);

    /// <summary>The ticket of a new question.</summary>
    public ulong For(Action<IActorContext, Message> answered)
    {
        ulong ticket = ((ulong)exchange << 32) | _next++;
        _open.Add(ticket, answered);
        return ticket;
    }

    /// <summary>Nobody waits for the answer any longer.</summary>
    public void Forget(ulong ticket) => _open.Remove(ticket);

    public void Answer(IActorContext context, ulong ticket, Message answer)
    {
        if (!_open.Remove(ticket, out Action<IActorContext, Message>? answered))
            return;
        Answered++;
        answered(context, answer);
    }
}
