using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Shell;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.AkkaNet.Peers;

/// <summary>
/// Where the messages of one class enter a node. Asks, before an actor sees one, whether its sender stands where the member
/// that it says it is stands, and whether the receiver's role takes such a kind from peers.
/// </summary>
internal sealed class PeerDoorActor(ShellWorld world, ulong incarnation, int partitions, Action<NodeEvent> log) : UntypedActor
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>The path of a class's door, under the node's guardian.</summary>
    public static string NameOf(MessageClass group) => "door-" + group.ToString().ToLowerInvariant();

    protected override void OnReceive(object message)
    {
        if (world.HasStopped)
            return;
        if (message is PeerBatch batch)
            Take(batch);
        else
            Unhandled(message);
    }

    private void Take(PeerBatch batch)
    {
        if (batch.Incarnation != incarnation)
        {
            world.Peers.CountUnfit(batch.Messages.Count);
            return;
        }

        if (!world.IsFrom(batch.From, Sender))
        {
            Refuse(batch.From, $"{Sender.Path.Address} is not where {batch.From} is expected, at {world.Peers.AddressOf(batch.From)?.ToString() ?? "nowhere: it is no member"}", batch.Messages.Count);
            return;
        }

        world.Peers.CountUnfit(batch.UnknownKinds);
        foreach (Received received in batch.Messages)
        {
            if (PeerKinds.RefusalOf(received, partitions) is { } refusal)
                Refuse(batch.From, refusal, 1);
            else if (!world.Post(received.Role, received.Number, received.Message, isUrgent: false))
                Interlocked.Increment(ref world.DroppedAtDoors);
        }
    }

    // Each reason once: a faulty peer must not fill the log.
    private void Refuse(NodeId from, string refusal, int messages)
    {
        world.Peers.CountUnfit(messages);
        if (_told.Count < 64 && _told.Add(refusal))
            log(new NodeEvent(NodeEventLevel.Warning, $"A message from {from} is dropped, and all like it: {refusal}."));
    }
}
