using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>Stores what a hint brings instead of merging it.</summary>
internal sealed class OverwritesWithHints : Mutation
{
    private readonly MergesByOverwriting _overwriting = new();

    public override Message? In(IActorContext context, Message message) =>
        message is ReplicaMerge { ReplyTo.Role: not ActorRole.Hints } ? message : _overwriting.In(context, message);
}

/// <summary>Says that a hint is kept, and keeps nothing.</summary>
internal sealed class ForgetsHints : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not StoreWrite write)
            return message;
        context.Send(context.Self, new StoreWriteDone(write.Ticket, StoreOutcome.Done));
        return null;
    }
}

/// <summary>Takes fallbacks for owners when a write wants owners alone.</summary>
internal sealed class CountsFallbacksAsOwners : Mutation
{
    public override Message? In(IActorContext context, Message message) => message switch
    {
        GatewayPut put => put with { Options = put.Options with { Mode = QuorumMode.Sloppy } },
        GatewayDelete delete => delete with { Options = delete.Options with { Mode = QuorumMode.Sloppy } },
        _ => message,
    };
}

/// <summary>Passes a write on without asking first whether it is taken, and to the next owner when there is no answer soon.</summary>
internal sealed class PassesOnUnasked(RingSnapshot ring) : Mutation
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly HashSet<NodeId> _sentTo = [];
    private GatewayForwardedPut? _sent;

    public override Message? In(IActorContext context, Message message)
    {
        if (message is not Silence)
            return message;
        NodeId next = ring.OwnersOf(ring.PartitionOf(_sent!.Key), _sent.N).FirstOrDefault(owner => owner != context.Self.Node && !_sentTo.Contains(owner));
        if (next != default)
            Pass(context, next);
        return null;
    }

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is GatewayOffer offer)
        {
            context.Send(context.Self, new GatewayOfferAccepted(offer.Ticket));
            return null;
        }

        if (message is not GatewayForwardedPut put)
            return message;
        _sent = put;
        Pass(context, to.Node);
        return null;
    }

    private void Pass(IActorContext context, NodeId owner)
    {
        _sentTo.Add(owner);
        context.Send(new Address(owner, ActorRole.Gateway, 0), _sent!);
        context.StartTimer(Soon, new Silence());
    }

    private sealed record Silence : Message;
}
