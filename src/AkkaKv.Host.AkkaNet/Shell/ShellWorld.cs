using System.Collections.Frozen;
using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaKv.Host.Callers;
using AkkaKv.Host.Loops;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>What the shells of one node share.</summary>
internal sealed class ShellWorld(NodeId self, TimeProvider clock, CallTable calls, PeerTable peers, int inboxMessagesMax, Action<NodeFailure> failed)
{
    /// <summary>Messages of peers to actors that are not there, or to a full inbox.</summary>
    public long DroppedAtDoors;

    /// <summary>Messages that came through a shard that lay on the wrong node.</summary>
    public long SentOn;

    private readonly long _started = clock.GetTimestamp();
    private FrozenDictionary<(ActorRole, ulong), int> _places = FrozenDictionary<(ActorRole, ulong), int>.Empty;
    private IActorRef[] _shells = [];
    private LoopTurn[] _loops = [];
    private LoopTurn[] _loopOfShell = [];
    private RingSnapshot? _ring;
    private ShardTable? _shards;
    private volatile bool _hasStopped;

    public NodeId Self { get; } = self;

    public TimeProvider Clock { get; } = clock;

    public CallTable Calls { get; } = calls;

    public PeerTable Peers { get; } = peers;

    public int InboxMessagesMax { get; } = inboxMessagesMax;

    /// <summary>How many shells there are; fixed before anything runs.</summary>
    public int Shells { get; private set; } = 1;

    /// <summary>The newest ring that was told; null before the first.</summary>
    public RingSnapshot? Ring
    {
        get => Volatile.Read(ref _ring);
        set => Volatile.Write(ref _ring, value);
    }

    /// <summary>The shards of the replicas; null where those are reached directly.</summary>
    public ShardTable? Shards
    {
        get => Volatile.Read(ref _shards);
        set => Volatile.Write(ref _shards, value);
    }

    /// <summary>Keeps the peers; set once before anything runs.</summary>
    public IActorRef Network { get; set; } = ActorRefs.Nobody;

    public IReadOnlyList<LoopTurn> Loops => _loops;

    /// <summary>True from the moment that the node stops: nothing is handled any more.</summary>
    public bool HasStopped => _hasStopped;

    /// <summary>Monotonic time since the node was made.</summary>
    public long NowTicks() => Clock.GetElapsedTime(_started).Ticks;

    public void Failed(NodeFailure failure)
    {
        _hasStopped = true;
        failed(failure);
    }

    public void Stop() => _hasStopped = true;

    /// <summary>True when an Akka sender stands where the member that it says it is stands.</summary>
    public bool IsFrom(NodeId node, IActorRef sender) => Peers.AddressOf(node) is { } address && address == sender.Path.Address;

    /// <summary>Says how many shells there will be; before the first is made.</summary>
    public void Plan(LoopTurn[] loops, IReadOnlyList<(ActorRole Role, ulong Number)> places)
    {
        _loops = loops;
        Shells = Math.Max(1, places.Count);
        _places = places.Select((place, index) => KeyValuePair.Create(place, index)).ToFrozenDictionary();
        _loopOfShell = [.. places.Select(place => loops[LoopRoute.Of(place.Role, place.Number, loops.Length)])];
    }

    /// <summary>All shells, in the order of their places; before the first message.</summary>
    public void Open(IActorRef[] shells) => _shells = shells;

    /// <summary>Sends to an actor of this node; from any thread.</summary>
    /// <param name="isUrgent">Past the bound: only for what is rare and must not be lost.</param>
    /// <param name="from">The loop whose actor sends; null from outside. What actors of one loop tell each other is never refused: it is bounded by what came in.</param>
    /// <returns>False when there is no such actor, or its loop's inbox is full.</returns>
    public bool Post(ActorRole role, ulong number, Message message, bool isUrgent, LoopTurn? from = null)
    {
        // One who was spawned is found by its number; nobody knows here whether it is still there.
        int shell = _places.TryGetValue((role, number), out int planned) ? planned : (int)(number % (ulong)Shells);
        if (shell >= _shells.Length || !_loopOfShell[shell].TryAdmit(isUrgent || _loopOfShell[shell] == from))
            return false;
        _shells[shell].Tell(new Delivery(role, number, message), ActorRefs.NoSender);
        return true;
    }
}
