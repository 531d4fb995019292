using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// Holds a write that was passed on by a ring newer than this gateway's, until the gateway has heard of that ring too; it may
/// be an owner then. Nothing was staged as long as it waits.
/// </summary>
/// <param name="home">The gateway that takes the write again, and the <see cref="RequestEnded"/>.</param>
/// <param name="epoch">Of the gateway's ring.</param>
public sealed class LateRingCoordinator(GatewayForwardedPut put, Address home, long epoch) : Actor
{
    // The sender must hear the refusal before it gives the write up as lost.
    private const int MarginMillis = 20;

    private TimeSpan _startedAt;
    private TimerId _deadline;

    public override void Start(IActorContext context)
    {
        _startedAt = context.Now;
        int patience = Math.Max(0, put.TimeLeftMillis - MarginMillis);
        _deadline = context.StartTimer(TimeSpan.FromMilliseconds(patience), new CoordinatorTimeout(CoordinationPhase.Gathering));
        context.Send(home, new RingNewer(epoch, put.ReplyTo.Node, context.Self));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case RingChanged: Finish(context, home, put with { TimeLeftMillis = LeftMillis(context) }); break;
            case CoordinatorTimeout: Finish(context, put.ReplyTo, Refusal(context)); break;
            default: break; // An answer to another kind of request: a peer mistook the number.
        }
    }

    private int LeftMillis(IActorContext context) =>
        Math.Max(0, put.TimeLeftMillis - (int)(context.Now - _startedAt).TotalMilliseconds);

    private void Finish(IActorContext context, Address to, Message last)
    {
        context.Send(to, last);
        context.CancelTimer(_deadline);
        context.Send(home, new RequestEnded(RequestKind.Forward, null, epoch));
        context.Stop();
    }

    private PutDone Refusal(IActorContext context) => new(
        PutReply.Failed(new KvError(
            KvErrorCode.NotReady,
            $"A write was passed on to {context.Self.Node}: {WriteFailures.UnheardRing}. Nothing was stored. Try again in a moment.",
            Retryable: true,
            Nodes: [context.Self.Node.Name])),
        put.Ticket);
}
