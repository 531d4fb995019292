using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Host.AkkaNet.Hints;
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
    private readonly ActorSystem _system;
    private readonly INodeStore _store;
    private readonly HintVault? _hints;
    private readonly TimeSpan _stopTimeout;

    private AkkaNode(ActorSystem system, AkkaNodePlan plan, NodeStore store, HintVault? hints, AkkaRuntime runtime, IReadOnlyList<ActorPlan> actors, TimeProvider clock)
        : base(plan.Node, store, runtime, actors, clock)
    {
        Self = plan.Host.Self;
        _system = system;
        _store = store.Store;
        _hints = hints;
        _stopTimeout = plan.Host.StopTimeout;
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
            HintVault? hints = known.Hints is { } journal ? new HintVault(journal, store.Partitions, known.Node.Store.PendingBytesMax, known.Node.Log) : null;
            NodeStore seen = hints is null ? store : store.Around(hints.Around);
            return new AkkaNode(system, known, seen, hints, RuntimeOf(system, known, seen.Store, clock), NodeRecipe.Of(known.Node.Actors), clock);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Starts the actors.</summary>
    public async Task StartAsync()
    {
        _hints?.Start(_system, Runtime.PostAlways, Runtime.Fail);
        await Runtime.StartAsync();
    }

    /// <summary>Stops: none of the node's actors runs when it returns, and the store is closed cleanly.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Runtime.DisposeAsync();
            if (_hints is not null)
                await _hints.StopAsync(_stopTimeout);
        }
        finally
        {
            _store.Dispose();
        }
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
