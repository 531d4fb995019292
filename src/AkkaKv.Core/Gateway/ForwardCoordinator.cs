using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// A write whose key this node does not own: sent once to an owner, whose answer is passed on. It is not tried at a
/// second owner: a second dot would be a second value.
/// </summary>
public sealed class ForwardCoordinator(NodeId owner, Func<Address, GatewayForwardedPut> request, TimeSpan timeout, Address replyTo) : Actor
{
    /// <summary>The owner answers by its own deadline; this one only stands in when that answer is lost.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private TimerId _timer;

    public override void Start(IActorContext context)
    {
        context.Send(new Address(owner, ActorRole.Gateway, 0), request(context.Self));
        _timer = context.StartTimer(timeout + Grace, new CoordinatorTimeout(CoordinationPhase.Gathering));
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case PutDone done: Answer(context, done.Reply); break;
            case CoordinatorTimeout: Answer(context, PutReply.Failed(Lost())); break;
            default: throw new InvariantException($"A forward has no use for {message.GetType().Name}");
        }
    }

    private void Answer(IActorContext context, PutReply reply)
    {
        context.Send(replyTo, new PutDone(reply));
        context.CancelTimer(_timer);
        context.Stop();
    }

    private KvError Lost() => new(
        KvErrorCode.QuorumNotReached,
        $"The write was passed on to {owner}, an owner of its key, which was silent for {timeout.TotalMilliseconds:0} ms. "
        + "It may still appear. Read the key before you write it again.",
        KvOutcome.Indeterminate,
        Nodes: [owner.Name]);
}
