using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Shell;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>A message for the replica of one partition on one node, through the region.</summary>
/// <param name="Shard">Of the partition and the node's place among its owners, as the sender's ring has it.</param>
/// <param name="To">The node. A replica is its node's, with that node's store: no other may answer in its place.</param>
/// <param name="From">Who sends; where it stands must agree.</param>
internal sealed record ReplicaEnvelope(string Shard, NodeId To, NodeId From, Received Message) : IPeerMessage;

/// <summary>Asks a shard where it lies. Answered by <see cref="ShardFound"/>.</summary>
internal sealed record ShardProbe(string Shard) : IPeerMessage;

/// <summary>The shard lies on this node.</summary>
internal sealed record ShardFound(string Shard, NodeId At) : IPeerMessage;

/// <summary>
/// A replica's place in its shard: hands what comes through the region to the replica's shell on this node. A shard that lies
/// on another node than the one meant, for as long as it takes to move it, sends on to that node: so a hand-off loses nothing,
/// and nobody acknowledges for another.
/// </summary>
internal sealed class ReplicaEntity(ShellWorld world, int partitions) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReplicaEnvelope envelope: Take(envelope); break;
            case ShardProbe probe: Sender.Tell(new ShardFound(probe.Shard, world.Self), Self); break;
            default: Unhandled(message); break;
        }
    }

    private void Take(ReplicaEnvelope envelope)
    {
        if (envelope.To != world.Self)
        {
            SendOn(envelope);
            return;
        }

        bool isFit = world.IsFrom(envelope.From, Sender) && PeerKinds.RefusalOf(envelope.Message, partitions) is null;
        if (!isFit)
            world.Peers.CountUnfit(1);
        else if (!world.Post(envelope.Message.Role, envelope.Message.Number, envelope.Message.Message, isUrgent: false))
            Interlocked.Increment(ref world.DroppedAtDoors);
    }

    private void SendOn(ReplicaEnvelope envelope)
    {
        Interlocked.Increment(ref world.SentOn);
        if (world.Peers.RouteOf(envelope.To) is { } route)
            route.Doors[(int)MessageClass.Data].Tell(new PeerBatch(envelope.From, route.Incarnation, [envelope.Message]), Sender);
        else
            world.Peers.CountDropped(1);
    }
}
