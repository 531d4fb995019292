using System.Net;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Host.Doors;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Node;

/// <summary>
/// One node on the native host: store, loops, connections and actors together, behind the one door.
/// </summary>
public sealed class NativeNode : NodeDoor, IAsyncDisposable
{
    private readonly INodeStore _store;
    private readonly NativeRuntime _runtime;

    private NativeNode(NativeNodePlan plan, NodeStore store, NativeRuntime runtime, IReadOnlyList<ActorPlan> actors, TimeProvider clock)
        : base(plan.Shared, store, runtime, actors, clock)
    {
        _store = store.Store;
        _runtime = runtime;
        foreach (ActorPlan actor in actors)
            _runtime.Spawn(actor.Role, actor.Number, actor.Make);
    }

    /// <summary>What the host has done so far.</summary>
    public NodeCounters Counters => _runtime.Counters();

    /// <summary>Opens the store: reads the whole log, which takes about a second per gigabyte.</summary>
    /// <exception cref="StoreOpenException">The directory cannot be used.</exception>
    public static NativeNode Open(NativeNodePlan plan, TimeProvider clock) => Open(plan, NodeStore.Open(plan.Shared), clock);

    /// <summary>Makes the node on a store that was opened for it, which is the node's from here on.</summary>
    public static NativeNode Open(NativeNodePlan plan, NodeStore store, TimeProvider clock)
    {
        try
        {
            NativeNodePlan known = plan.With(store);
            return new NativeNode(known, store, RuntimeOf(known, store.Store, clock), NodeRecipe.Of(known.Actors), clock);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Takes the peer port; called by <see cref="Start"/> when it was not.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public IPEndPoint Bind() => _runtime.Bind();

    /// <summary>Says where a peer listens now.</summary>
    public void SetPeerEndpoint(NodeId peer, string host, int port) => _runtime.SetPeerEndpoint(peer, host, port);

    /// <summary>Starts the loops and the connections.</summary>
    public void Start() => _runtime.Start();

    /// <summary>Stops: no actor runs when it returns, and the store is closed cleanly.</summary>
    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        _store.Dispose();
    }

    private static NativeRuntime RuntimeOf(NativeNodePlan plan, INodeStore store, TimeProvider clock)
    {
        NativeRuntime? runtime = null;
        var hooks = new NativeHooks
        {
            MakeStore = port => new StoreService(store, port),
            PeerConnected = peer => TellMembership(new PeerConnected(peer)),
            PeerDisconnected = peer => TellMembership(new PeerDisconnected(peer)),
            Log = plan.Log,
        };
        return runtime = new NativeRuntime(plan.Host, hooks, WireCodec.Instance, clock, NativeRuntime.DrawSeed());

        // No connection stands before the node starts, and by then the runtime is known.
        void TellMembership(Message message) => runtime!.PostAlways(new Address(plan.Actors.Self, ActorRole.Membership, 0), message);
    }
}
