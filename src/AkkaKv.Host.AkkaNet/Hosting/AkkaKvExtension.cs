using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Akka.Configuration;
using Akka.Event;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Host.AkkaNet.Gateway;
using AkkaKv.Host.AkkaNet.Members;
using AkkaKv.Host.AkkaNet.Node;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaKv.Host.Doors;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>AkkaKv in an actor system: one node, and whatever of it the program may use.</summary>
public sealed class AkkaKvExtension : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly StartingDoor _door = new("this node", new KvLimits());
    private int _isStarted;

    internal AkkaKvExtension(ExtendedActorSystem system) => _system = system;

    /// <summary>The door; before the node runs and after it has stopped it answers "not ready".</summary>
    public IAkkaKv Door => _door;

    /// <summary>The node; null before it runs.</summary>
    public AkkaNode? Node { get; private set; }

    /// <summary>The door for actors; nobody before the node runs.</summary>
    public IActorRef Gateway { get; private set; } = ActorRefs.Nobody;

    /// <summary>The one of an actor system.</summary>
    public static AkkaKvExtension Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.WithExtension<AkkaKvExtension, Provider>();
    }

    /// <summary>
    /// Opens the store and starts the node; completes when the door may be used. The node ends with the actor system's
    /// coordinated shutdown, before it leaves the Akka cluster.
    /// </summary>
    /// <exception cref="AkkaKvConfigurationException">The settings do not fit the actor system, or the cluster.</exception>
    /// <exception cref="Storage.StoreOpenException">The data directory cannot be used.</exception>
    public Task StartAsync(AkkaKvOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AkkaSettings akka = options.Settings.Akka;
        if (options.Settings.Node.Join.Count > 0)
            throw new AkkaKvConfigurationException(["Node:Join is for AkkaKv's server; in an actor system a node joins with Akka:Join. Set that to true and leave Node:Join out."]);
        return StartAsync(options, async (plan, store) => store.Configuration is null && akka.Join
            ? (await JoinAdmission.AskAsync(_system, options.Settings.Cluster.Name, plan.Log), true)
            : (store.Configuration, false));
    }

    /// <param name="admit">Decides, when the store is open, from which configuration to start, and whether the node asks to be taken in.</param>
    internal async Task StartAsync(AkkaKvOptions options, Func<NodePlan, NodeStore, Task<(ClusterConfiguration? Configuration, bool IsJoining)>> admit)
    {
        Invariant.Require(Interlocked.Exchange(ref _isStarted, 1) == 0, "an actor system hosts one AkkaKv node");
        Action<NodeEvent> log = options.Log ?? Write;
        RequireRoomForValues(options.Settings);
        var hints = new HintPlacing(_system, options.Settings, log);
        NodePlan plan = SettingsPlan.Of(options.Settings, log) with { KeepsHintsElsewhere = true };

        // Opening reads the whole log: not on a thread that others wait for.
        NodeStore store = await Task.Run(() => NodeStore.Open(plan));
        AkkaNode node = await OpenAsync(options, plan, store, admit, hints, log);
        await node.StartAsync();
        Node = node;
        Gateway = _system.ActorOf(Props.Create(() => new AkkaKvGateway(_door, options.Settings.Cluster.Name)), AkkaKvGateway.ActorName);
        await StartClusterPartsAsync(options, node, log);
        CoordinatedShutdown.Get(_system).AddTask(CoordinatedShutdown.PhaseServiceStop, "akkakv", StopAsync);
        await node.KnowsRingAsync();
        _door.Open(node);
    }

    private async Task<AkkaNode> OpenAsync(
        AkkaKvOptions options,
        NodePlan plan,
        NodeStore store,
        Func<NodePlan, NodeStore, Task<(ClusterConfiguration? Configuration, bool IsJoining)>> admit,
        HintPlacing hints,
        Action<NodeEvent> log)
    {
        try
        {
            var (configuration, isJoining) = await admit(plan, store);
            AkkaNodePlan whole = new(plan, HostOf(options, plan));
            if (configuration is null)
                RequireMembers(options.Settings);
            else
                whole = whole with { Node = With(configuration, isJoining) };
            if (configuration is not null && store.Configuration is null)
            {
                // Opened again by the cluster's number of partitions; it is empty, so that costs nothing.
                store.Dispose();
                store = NodeStore.Open(whole.Node);
            }

            return AkkaNode.Open(_system, whole with { Hints = await hints.PlaceAsync(store) }, store, TimeProvider.System);
        }
        catch
        {
            store.Dispose();
            throw;
        }

        NodePlan With(ClusterConfiguration configuration, bool isJoining) => plan with
        {
            Actors = SettingsPlan.WithConfiguration(options.Settings, plan.Actors, configuration, log)
                ?? throw new AkkaKvConfigurationException([SettingsPlan.QuorumPastN(options.Settings, configuration)]),
            IsJoining = isJoining,
        };
    }

    // Without Akka.Cluster there are remote members all the same, but nobody to share shards with and to hear of.
    private async Task StartClusterPartsAsync(AkkaKvOptions options, AkkaNode node, Action<NodeEvent> log)
    {
        if (_system.Settings.ProviderClass?.Contains("Cluster", StringComparison.Ordinal) != true)
            return;
        if (options.Settings.Akka.Sharding)
            await node.Runtime.UseShardingAsync();
        if (options.Settings.Akka.ClusterClients)
            ClusterClientReceptionist.Get(_system).RegisterService(Gateway);
        var rules = new MemberRules(options.Settings.Akka.MemberEvents, options.Settings.Akka.LeaveAfter);
        if (rules.Mode != MemberEventMode.Ignore)
            _system.ActorOf(Props.Create(() => new MemberFeed(_door, rules, log)), MemberFeed.ActorName);
    }

    private async Task<Akka.Done> StopAsync()
    {
        _door.Close();
        if (Node is { } node)
            await node.DisposeAsync();
        return Akka.Done.Instance;
    }

    private static AkkaNodeOptions HostOf(AkkaKvOptions options, NodePlan plan) => new()
    {
        Self = plan.Actors.Self,
        Cluster = options.Settings.Cluster.Name,
        RingPartitions = plan.Actors.Topology.Partitions,
        Peers = SettingsPlan.PeersOf(options.Settings),
        Loops = plan.Loops,
        CallsMax = SettingsPlan.CallsMaxOf(options.Settings),
    };

    private static void RequireMembers(NodeSettings settings)
    {
        ClusterOptions cluster = settings.Cluster;
        if (!settings.Node.Bootstrap && cluster.Members.Count < cluster.N)
            throw new AkkaKvConfigurationException([OptionsChecks.TooFewMembers(cluster)]);
    }

    // A message that Akka.Remote refuses would be lost in silence, again at each try.
    private void RequireRoomForValues(NodeSettings settings)
    {
        const string Setting = "akka.remote.dot-netty.tcp.maximum-frame-size";
        long frame = _system.Settings.Config.GetByteSize(Setting, 0) ?? 0;
        long needed = (2L * settings.Limits.ValueBytesMax) + (5 << 20);
        if (frame < needed)
        {
            throw new AkkaKvConfigurationException(
                [$"{Setting} must hold two of the largest values (Limits:ValueBytesMax) and 5 MiB, that is {needed} bytes; found {frame}. Raise it on every member, with send-buffer-size and receive-buffer-size, or lower Limits:ValueBytesMax."]);
        }
    }

    private void Write(NodeEvent happened)
    {
        switch (happened.Level)
        {
            case NodeEventLevel.Error: _system.Log.Error("{0}", happened.Text); break;
            case NodeEventLevel.Warning: _system.Log.Warning("{0}", happened.Text); break;
            default: _system.Log.Info("{0}", happened.Text); break;
        }
    }

    /// <summary>For Akka.NET.</summary>
    public sealed class Provider : ExtensionIdProvider<AkkaKvExtension>
    {
        /// <inheritdoc/>
        public override AkkaKvExtension CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
