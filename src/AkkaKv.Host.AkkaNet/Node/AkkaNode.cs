using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Host.Doors;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Node;

/// <summary>
/// One node in an actor system: store and actors together, behind the one door. The actor system is its owner's; the node
/// ends with <see cref="DisposeAsync"/>, which must come before the system's end, so that the store is closed cleanly.
/// </summary>
public sealed class AkkaNode : NodeDoor, IAsyncDisposable
{
    private readonly INodeStore _store;

    private AkkaNode(AkkaNodePlan plan, NodeStore store, AkkaRuntime runtime, IReadOnlyList<ActorPlan> actors, TimeProvider clock)
        : base(plan.Node, store, runtime, actors, clock)
    {
        Self = plan.Host.Self;
        _store = store.Store;
        Runtime = runtime;
        foreach (ActorPlan actor in actors)
            runtime.Spawn(actor.Role, actor.Number, actor.Make);
    }

    /// <summary>This node's name.</summary>
    public NodeId Self { get; }

    /// <summary>What runs its actors.</summary>
    public AkkaRuntime Runtime { get; }

    /// <summary>Opens the store: reads the whole log, which takes about a second per gigabyte.</summary>
    /// <exception cref="StoreOpenException">The directory cannot be used.</exception>
    public static AkkaNode Open(ActorSystem system, AkkaNodePlan plan, TimeProvider clock) => Open(system, plan, NodeStore.Open(plan.Node), clock);

    /// <summary>Makes the node on a store that was opened for it, which is the node's from here on.</summary>
    public static AkkaNode Open(ActorSystem system, AkkaNodePlan plan, NodeStore store, TimeProvider clock)
    {
        Invariant.Require(plan.Node.Loops == plan.Host.Loops, "the store is cut by the loops of the host", plan.Host.Loops);
        try
        {
            AkkaNodePlan known = plan.With(store);
            return new AkkaNode(known, store, RuntimeOf(system, known, store.Store, clock), NodeRecipe.Of(known.Node.Actors), clock);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Starts the actors.</summary>
    public Task StartAsync() => Runtime.StartAsync();

    /// <summary>Stops: none of the node's actors runs when it returns, and the store is closed cleanly.</summary>
    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        _store.Dispose();
    }

    private static AkkaRuntime RuntimeOf(ActorSystem system, AkkaNodePlan plan, INodeStore store, TimeProvider clock)
    {
        AkkaRuntime? runtime = null;
        var hooks = new AkkaNodeHooks
        {
            PeerConnected = peer => TellMembership(new PeerConnected(peer)),
            PeerDisconnected = peer => TellMembership(new PeerDisconnected(peer)),
            Log = plan.Node.Log,
        };
        return runtime = new AkkaRuntime(system, plan.Host, hooks, store.OpenPort, clock);

        // No peer is greeted before the node starts, and by then the runtime is known.
        void TellMembership(Message message) => runtime!.PostAlways(new Address(plan.Host.Self, ActorRole.Membership, 0), message);
    }
}
