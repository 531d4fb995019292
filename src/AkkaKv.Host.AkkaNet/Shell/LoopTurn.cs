using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaKv.Host.Loops;
using AkkaKv.Storage;
using AkkaKv.Wire.Codec;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>
/// What the shells of one loop share: the store's port, and what this turn has gathered for the store and for peers. Only
/// ever used on the thread of the loop's dispatcher, but for what says otherwise.
/// </summary>
/// <remarks>
/// A turn begins when something is gathered and ends with a message of the loop's own: behind all mailboxes that were ready
/// to run by then. So under load each sync, and each message between nodes, serves more requests.
/// </remarks>
internal sealed class LoopTurn
{
    private readonly int _index;
    private readonly IStorePort? _port;
    private readonly PeerTurn _peers;
    private readonly Action<Address, Message> _reply;
    private IActorRef _actor = ActorRefs.Nobody;
    private bool _isOpen;
    private int _waiting;

    /// <param name="openPort">Opens the loop's port to the store; null leaves its address unknown.</param>
    public LoopTurn(int index, ShellWorld world, Func<int, Action<StoreCompletion>, IStorePort>? openPort)
    {
        _index = index;
        World = world;
        _reply = (to, message) => Send(ActorRole.Store, to, message);
        _peers = new PeerTurn(world.Peers);
        _port = openPort?.Invoke(index, completion => _actor.Tell(completion, ActorRefs.NoSender));
    }

    public ShellWorld World { get; }

    public LoopCounts Counts { get; } = new();

    /// <summary>The actor that ends the turns; set once before anything runs.</summary>
    public void RunBy(IActorRef actor) => _actor = actor;

    public void Send(ActorRole sender, Address to, Message message)
    {
        if (to.Node != World.Self)
            SendToPeer(to, message);
        else if (to.Role == ActorRole.Store)
            SendToStore(message);
        else if (to.Role == ActorRole.Caller)
            World.Calls.Complete(to.Number, message);
        else if (to.Role == ActorRole.Network)
            SendToNetwork(message);
        else if (!World.Post(to.Role, to.Number, message, isUrgent: IsControl(to.Role) || IsControl(sender), from: this))
            Counts.DroppedUnknownAddress++;
    }

    /// <summary>Counts a message that is about to be posted; from any thread.</summary>
    /// <returns>False when too many wait already: then it must not be posted.</returns>
    public bool TryAdmit(bool isUrgent)
    {
        if (Interlocked.Increment(ref _waiting) <= World.InboxMessagesMax || isUrgent)
            return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    /// <summary>A posted message has come to its shell.</summary>
    public void Taken() => Interlocked.Decrement(ref _waiting);

    /// <summary>What the store has done.</summary>
    public void Complete(StoreCompletion completion) => _port!.Complete(completion, _reply);

    /// <summary>Hands over what the turn has gathered.</summary>
    public void End()
    {
        _isOpen = false;
        Counts.Turns++;
        _port?.EndTurn();
        _peers.Flush(_actor);
    }

    private void SendToPeer(Address to, Message message)
    {
        if (to.Role == ActorRole.Replica && TrySendToShard(to, message))
            return;
        if (_peers.TryAdd(to, message))
            EndSoon();
        else
            Counts.DroppedUnknownAddress++;
    }

    // What a coordinator asks of an owner. The rest, as comparing and transfers, is between nodes and not about who owns what.
    private bool TrySendToShard(Address to, Message message)
    {
        if (World.Shards is not { } shards || message is not (ReplicaRead or ReplicaMerge) || shards.ShardFor(to.Number, to.Node) is not { } shard)
            return false;
        shards.Region.Tell(new ReplicaEnvelope(shard, to.Node, World.Self, new Received(to.Role, to.Number, message)), _actor);
        return true;
    }

    private void SendToStore(Message message)
    {
        if (_port is null)
        {
            Counts.DroppedUnknownAddress++;
            return;
        }

        _port.Submit(message, _reply);
        EndSoon();
    }

    // Who belongs is told on the first loop only, so that the news arrive in their order.
    private void SendToNetwork(Message message)
    {
        if (_index == 0 && message is PeersWanted)
            World.Network.Tell(message, ActorRefs.NoSender);
        else if (_index == 0 && message is RingChanged changed)
            World.Ring = changed.Ring;
        else
            Counts.DroppedUnknownAddress++;
    }

    private void EndSoon()
    {
        if (_isOpen)
            return;
        _isOpen = true;
        _actor.Tell(TurnEnd.Instance, ActorRefs.NoSender);
    }

    // Who is alive and who owns what is told once, on a change: rare, and lost for good if a full inbox dropped it.
    private static bool IsControl(ActorRole role) =>
        role is ActorRole.Membership or ActorRole.RingManager or ActorRole.Topology or ActorRole.Agreement;
}
