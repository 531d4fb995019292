using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Node;

/// <summary>
/// Stands between the maker of ids and the topology of a node, which do not know each other: what the one calls a grant is
/// the other's lease.
/// </summary>
public sealed class WorkerGrantActor : Actor
{
    private WorkerGrantAsk? _asked;

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case WorkerGrantAsk ask: OnAsk(context, ask); break;
            case WorkerLeaseTold told: OnTold(context, told); break;
            case IdsAsk or IdsTold: break; // A peer mistook the number.
            default: throw new InvariantException($"whoever gives worker numbers has no use for {message.GetType().Name}");
        }
    }

    // A repeated question takes the place of the one before: it is of the same maker.
    private void OnAsk(IActorContext context, WorkerGrantAsk ask)
    {
        _asked = ask;
        context.Send(new Address(context.Self.Node, ActorRole.Topology, 0), new WorkerLeaseAsk(ask.Ticket, context.Self));
    }

    private void OnTold(IActorContext context, WorkerLeaseTold told)
    {
        if (_asked is not { } ask || ask.Ticket != told.Ticket)
            return;
        _asked = null;
        WorkerGrant? grant = told.Lease is { } lease ? new WorkerGrant(lease.Worker, lease.FromMillis, lease.UntilMillis, lease.StoreId) : null;
        context.Send(ask.ReplyTo, new WorkerGrantTold(told.Ticket, grant, told.Reason));
    }
}
