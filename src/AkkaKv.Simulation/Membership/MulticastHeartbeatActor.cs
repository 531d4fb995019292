using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;

namespace AkkaKv.Simulation.Membership;

/// <summary>
/// The textbook's plain way, for comparison only: each node sends its heartbeat to every other on each tick, and nobody
/// passes anything on. The heartbeat is a gossip message with one entry, so that both are measured by one codec.
/// </summary>
internal sealed class MulticastHeartbeatActor(IReadOnlyList<NodeId> members, MembershipOptions options) : Actor
{
    private ulong _counter;

    public override void Start(IActorContext context) => StartTick(context);

    public override void Receive(IActorContext context, Message message)
    {
        if (message is not Tick)
            return;
        NodeId self = context.Self.Node;
        var heartbeat = new GossipDigest(self, 0, [new GossipEntry(GossipEntry.HashOf(self), 1, ++_counter)]);
        foreach (NodeId member in members)
        {
            if (member != self)
                context.Send(new Address(member, ActorRole.Membership, 0), heartbeat);
        }

        StartTick(context);
    }

    private void StartTick(IActorContext context) => context.StartTimer(options.Tick, new Tick());

    private sealed record Tick : Message;
}
