using System.Security.Cryptography;
using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaKv.Host.AkkaNet.Shell;
using AkkaKv.Host.Callers;
using AkkaKv.Host.Loops;
using AkkaKv.Storage;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet;

/// <summary>One node's actors in a user's actor system, and the way in from outside of the actors.</summary>
/// <remarks>
/// The order: make it, <see cref="Spawn"/> its actors, <see cref="StartAsync"/>, dispose. One for each actor system. The system
/// stays its owner's: disposing ends this node's actors and no others.
/// </remarks>
public sealed class AkkaRuntime : INodeRuntime, IAsyncDisposable
{
    /// <summary>The node's actors are under <c>/user/akkakv</c>.</summary>
    public const string GuardianName = "akkakv";

    private readonly ActorSystem _system;
    private readonly AkkaNodeOptions _options;
    private readonly AkkaNodeHooks _hooks;
    private readonly RandomSource _seeds;
    private readonly CallTable _calls;
    private readonly ShellWorld _world;
    private readonly LoopTurn[] _loops;
    private readonly PeerTroubles _troubles = new();
    private readonly List<ActorPlace> _places = [];
    private readonly TaskCompletionSource<NodeFailure?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IActorRef _guardian = ActorRefs.Nobody;
    private int _phase;

    /// <summary>Makes a node; nothing runs yet.</summary>
    /// <param name="openPort">Opens the port of each loop to the store; null leaves its address unknown.</param>
    public AkkaRuntime(
        ActorSystem system, AkkaNodeOptions options, AkkaNodeHooks hooks, Func<int, Action<StoreCompletion>, IStorePort>? openPort, TimeProvider clock)
    {
        options.Validate();
        _system = system;
        _options = options;
        _hooks = hooks;
        _seeds = new RandomSource(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        _calls = new CallTable(options.CallsMax, options.RunCallersAsynchronously, _seeds.NextUInt64());
        _world = new ShellWorld(options.Self, clock, _calls, new PeerTable(options.Self), options.InboxMessagesMax, OnFailed);
        _loops = new LoopTurn[options.Loops];
        for (int i = 0; i < _loops.Length; i++)
            _loops[i] = new LoopTurn(i, _world, openPort);
    }

    /// <inheritdoc/>
    public Task<NodeFailure?> Stopped => _stopped.Task;

    /// <inheritdoc/>
    public int CallsWaiting => _calls.Waiting;

    /// <inheritdoc/>
    public IReadOnlyList<long> CountedByActors
    {
        get
        {
            var sums = new long[Enum.GetValues<Counter>().Length];
            foreach (LoopTurn loop in _loops)
            {
                for (int kind = 0; kind < sums.Length; kind++)
                    sums[kind] += Volatile.Read(ref loop.Counts.OfActors[kind]);
            }

            return sums;
        }
    }

    /// <inheritdoc/>
    public string PeerTroubles => _troubles.ToString();

    /// <summary>Messages to actors and nodes that are not there, or that found an inbox full.</summary>
    public long DroppedUnknownAddress =>
        _loops.Sum(loop => Volatile.Read(ref loop.Counts.DroppedUnknownAddress)) + Interlocked.Read(ref _world.DroppedAtDoors);

    /// <summary>Messages from peers that their receiver has no use for, or that were no peer's to send; dropped.</summary>
    public long InboundUnfit => _world.Peers.Unfit;

    /// <summary>Messages handled by actors, timers included.</summary>
    public long Handled => _loops.Sum(loop => Volatile.Read(ref loop.Counts.Handled));

    /// <summary>Turns of all loops.</summary>
    public long Turns => _loops.Sum(loop => Volatile.Read(ref loop.Counts.Turns));

    /// <summary>Adds an actor; only before the start.</summary>
    public Address Spawn(ActorRole role, ulong number, Func<Core.Kernel.Actor> make)
    {
        Invariant.Require(_phase == 0, "actors are added before the node starts");
        Invariant.Require(LoopRoute.Of(role, number, _loops.Length) != LoopRoute.Nowhere, "an actor's address lies on a loop", (role, number));
        var address = new Address(_options.Self, role, number);
        _places.Add(new ActorPlace(address, make, _seeds.NextUInt64()));
        return address;
    }

    /// <summary>Starts the actors; completes when all are there and the first of their messages are on their way.</summary>
    public async Task StartAsync()
    {
        Invariant.Require(Interlocked.Exchange(ref _phase, 1) == 0, "a node starts once");
        LoopDispatchers.Register(_system, _loops.Length);
        _world.Plan(_loops, [.. _places.Select(place => (place.Address.Role, place.Address.Number))]);
        var launched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var launch = new NodeLaunch(_options, _hooks, _world, _troubles, _places, _seeds.NextUInt64(), launched);
        _guardian = _system.ActorOf(Props.Create(() => new NodeGuardian(launch)), GuardianName);
        await launched.Task;
    }

    /// <summary>
    /// Starts the region of the replicas' shards; coordinators use each shard from the moment that it lies where the ring says. The actor system must be in
    /// an Akka cluster; after <see cref="StartAsync"/>.
    /// </summary>
    public async Task UseShardingAsync()
    {
        Invariant.Require(_phase == 1, "sharding begins when the node runs");
        PostAlways(new Address(_options.Self, ActorRole.RingManager, 0), new RingSubscribe(new Address(_options.Self, ActorRole.Network, 0)));
        _guardian.Tell(new NodePart(await ReplicaSharding.StartAsync(_system, _world, _options.RingPartitions), ShardScout.Name));
    }

    /// <summary>The newest ring that sharding was told; null before.</summary>
    internal RingSnapshot? Ring => _world.Ring;

    /// <summary>True when the replicas of all members that are connected are reached through their shards.</summary>
    public bool IsSharded => _world.Shards is { } shards && Enumerable.Range(0, shards.Ring.Partitions).All(partition => IsShardedAt(shards, partition));

    /// <summary>Messages that came through a shard which lay on another node than the one meant, and were sent on.</summary>
    public long SentOn => Interlocked.Read(ref _world.SentOn);

    /// <summary>Sends to an actor of this node from outside.</summary>
    /// <returns>False when its inbox is full, it is not there, or the node has stopped: say "busy".</returns>
    public bool TryPost(Address to, Message message)
    {
        Invariant.Require(to.Node == _options.Self, "what is posted from outside is for this node", to);
        return !_world.HasStopped && _world.Post(to.Role, to.Number, message, isUrgent: false);
    }

    /// <summary>As <see cref="TryPost"/>, past the bound: only for what is rare and must not be lost, as a peer's coming and going.</summary>
    public void PostAlways(Address to, Message message)
    {
        Invariant.Require(to.Node == _options.Self, "what is posted from outside is for this node", to);
        _world.Post(to.Role, to.Number, message, isUrgent: true);
    }

    /// <inheritdoc/>
    public bool TryAsk<TState>(
        Address to,
        TState state,
        Func<TState, Address, Message> makeRequest,
        CancellationToken cancellation,
        out ValueTask<Message> reply) =>
        _calls.TryAsk(this, to, new Address(_options.Self, ActorRole.Caller, 0), state, makeRequest, cancellation, out reply);

    /// <summary>Stops the node's actors: none of them is at work when it returns.</summary>
    public async ValueTask DisposeAsync()
    {
        _phase = 2;
        _world.Stop();
        _calls.Close();
        if (!_guardian.IsNobody())
            await _guardian.GracefulStop(_options.StopTimeout);
        _stopped.TrySetResult(null);
    }

    /// <summary>Stops the node because a part of it beside its shells has failed.</summary>
    internal void Fail(Exception cause) => _world.Failed(new NodeFailure(cause, null, null));

    private bool IsShardedAt(ShardTable shards, int partition)
    {
        PreferenceList owners = shards.Ring.OwnersOf(partition);
        for (int ordinal = 0; ordinal < owners.Count; ordinal++)
        {
            if (owners[ordinal] != _options.Self && _world.Peers.RouteOf(owners[ordinal]) is not null && !shards.IsFound(partition, ordinal))
                return false;
        }

        return true;
    }

    // On the thread that failed. The shells take nothing more; then they end.
    private void OnFailed(NodeFailure failure)
    {
        if (!_stopped.TrySetResult(failure))
            return;
        _hooks.Log(new NodeEvent(NodeEventLevel.Error, $"The node stops: {failure}"));
        _calls.Close();
        _system.Stop(_guardian);
        _hooks.Failed(failure);
    }
}
