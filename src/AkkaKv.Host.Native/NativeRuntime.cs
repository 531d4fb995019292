using System.Net;
using System.Security.Cryptography;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Callers;
using AkkaKv.Host.Loops;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Host.Native.Peers;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native;

/// <summary>
/// One node of the native host: its event loops, its connections, and the way in from outside of the actors.
/// </summary>
/// <remarks>The order: make it, <see cref="Spawn"/> its actors, <see cref="Bind"/> if the port must be known, <see cref="Start"/>, dispose.</remarks>
public sealed class NativeRuntime : INodeRuntime, IAsyncDisposable
{
    private readonly NativeNodeOptions _options;
    private readonly NativeHooks _hooks;
    private readonly RandomSource _seeds;
    private readonly CallTable _calls;
    private readonly PeerTable _peers = new();
    private readonly PeerNetwork _network;
    private readonly EventLoop[] _loops;
    private readonly PeerListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<NodeFailure?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _running = [];
    private int _phase;

    /// <summary>Makes a node; nothing runs yet.</summary>
    /// <param name="seed">Of all its randomness. Must differ from start to start of a real node: <see cref="DrawSeed"/>.</param>
    public NativeRuntime(NativeNodeOptions options, NativeHooks hooks, IMessageCodec codec, TimeProvider clock, ulong seed)
    {
        options.Validate();
        _options = options;
        _hooks = hooks;
        _seeds = new RandomSource(seed);
        _calls = new CallTable(options.CallsMax, options.RunCallersAsynchronously, _seeds.NextUInt64());
        _network = new PeerNetwork(options, hooks, codec, clock, _seeds.NextUInt64(), _peers, task => _ = GuardAsync(task));
        var world = new LoopWorld(clock, _calls, _peers, hooks, OnFailed);
        _loops = new EventLoop[options.Loops];
        for (int i = 0; i < _loops.Length; i++)
            _loops[i] = new EventLoop(i, options, world, _seeds.NextUInt64());
        world.Loops = _loops;
        _listener = new PeerListener(options, hooks, world, codec);
        _network.Closed = _listener.CloseOf;
        world.Network = _network.TryTake;
    }

    /// <summary>Where it listens for peers; null before <see cref="Bind"/>.</summary>
    public IPEndPoint? BoundTo { get; private set; }

    /// <summary>Completes when the node has stopped: null when it was disposed, else why it stopped itself.</summary>
    public Task<NodeFailure?> Stopped => _stopped.Task;

    /// <summary>A seed for <see cref="NativeRuntime"/> that differs from start to start.</summary>
    public static ulong DrawSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The loop of an actor, or -1 where there can be none.</summary>
    public int LoopOf(ActorRole role, ulong number) => LoopRoute.Of(role, number, _loops.Length);

    /// <summary>Adds an actor; only before the start.</summary>
    public Address Spawn(ActorRole role, ulong number, Func<Actor> make)
    {
        Invariant.Require(_phase == 0, "actors are added before the node starts");
        int loop = LoopOf(role, number);
        Invariant.Require(loop != LoopRoute.Nowhere, "an actor's address lies on a loop", (role, number));
        var address = new Address(_options.Self, role, number);
        _loops[loop].Add(address, make());
        return address;
    }

    /// <summary>Takes the port, so that others can be told of it before anything runs. Called by <see cref="Start"/> when it was not.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken, or the address is not this machine's.</exception>
    public IPEndPoint Bind() => BoundTo ??= _listener.Bind();

    /// <summary>Says where a peer listens now; at any time, and used at once.</summary>
    public void SetPeerEndpoint(NodeId peer, string host, int port)
    {
        PeerLink? link = _peers.Find(peer);
        Invariant.Require(link is not null, "an endpoint is set for a member", peer);
        Invariant.Require(port is >= 0 and <= 65_535, "a peer's port is 0 to 65535", port);
        link.SetEndpoint(host, port);
    }

    /// <summary>Starts the loops and the connections.</summary>
    public void Start()
    {
        Invariant.Require(Interlocked.Exchange(ref _phase, 1) == 0, "a node starts once");
        Bind();
        foreach (EventLoop loop in _loops)
            loop.StartThread();
        _running.Add(GuardAsync(_listener.RunAsync(_stop.Token)));
        _network.Start();
    }

    /// <summary>Sends to an actor of this node from outside.</summary>
    /// <returns>False when its inbox is full or the node has stopped: say "busy".</returns>
    public bool TryPost(Address to, Message message) =>
        InboxOf(to).TryPost(new Delivery(to.Role, to.Number, message));

    /// <summary>As <see cref="TryPost"/>, past the bound: only for what is rare and must not be lost, as a peer's coming and going.</summary>
    public void PostAlways(Address to, Message message) =>
        InboxOf(to).PostPastBound(new Delivery(to.Role, to.Number, message));

    /// <inheritdoc/>
    public bool TryAsk<TState>(
        Address to,
        TState state,
        Func<TState, Address, Message> makeRequest,
        CancellationToken cancellation,
        out ValueTask<Message> reply) =>
        _calls.TryAsk(this, to, new Address(_options.Self, ActorRole.Caller, 0), state, makeRequest, cancellation, out reply);

    /// <inheritdoc/>
    public int CallsWaiting => _calls.Waiting;

    /// <inheritdoc/>
    public IReadOnlyList<long> CountedByActors => Counters().OfActors;

    /// <inheritdoc/>
    public string PeerTroubles => string.Join(
        " ", PeerStatuses().Where(peer => !peer.Connected).Select(peer => $"{peer.Node} at {peer.Endpoint}: {peer.Trouble ?? "connecting"}."));

    /// <summary>How it stands with each peer.</summary>
    public IReadOnlyList<PeerStatus> PeerStatuses() => [.. _peers.Links.Select(link => link.Status())];

    /// <summary>What it has done so far.</summary>
    public NodeCounters Counters() => NodeCounters.Sum(_loops, _listener.Counters, _calls.Waiting);

    /// <summary>Stops everything: no actor runs, no callback is called, and no connection stands when it returns.</summary>
    public async ValueTask DisposeAsync()
    {
        _phase = 2;
        await _stop.CancelAsync();
        foreach (EventLoop loop in _loops)
            loop.Stop();
        _calls.Close();
        await _listener.DisposeAsync();
        await _network.DisposeAsync();
        await Task.WhenAll(_running);
        await Task.WhenAll(_loops.Select(loop => loop.Ended));
        _stopped.TrySetResult(null);
    }

    // What connections expect of the network they handle; anything else is a fault of this program and must be loud.
    private async Task GuardAsync(Task task)
    {
        try
        {
            await task;
        }
#pragma warning disable CA1031 // Nothing is swallowed: the node stops and says why.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            OnFailed(new NodeFailure(cause, null, null));
        }
    }

    private Inbox InboxOf(Address to)
    {
        Invariant.Require(to.Node == _options.Self, "what is posted from outside is for this node", to);
        int loop = LoopOf(to.Role, to.Number);
        Invariant.Require(loop != LoopRoute.Nowhere, "what is posted from outside is for an actor", to);
        return _loops[loop].Inbox;
    }

    // On the thread that failed. The loops end after their turn; connections break, so that peers see it.
    private void OnFailed(NodeFailure failure)
    {
        if (!_stopped.TrySetResult(failure))
            return;
        _hooks.Log(new NodeEvent(NodeEventLevel.Error, $"The node stops: {failure}"));
        foreach (EventLoop loop in _loops)
            loop.Stop();
        _calls.Close();
        _ = _stop.CancelAsync();
        _network.Stop();
        _ = _listener.DisposeAsync().AsTask();
        _hooks.Failed(failure);
    }
}
