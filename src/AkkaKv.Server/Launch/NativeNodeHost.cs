using System.Net.Sockets;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Host;
using AkkaKv.Host.Native;
using AkkaKv.Host.Native.Node;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;

namespace AkkaKv.Server.Launch;

/// <summary>The native host, from this program's options.</summary>
internal sealed class NativeNodeHost : INodeHost
{
    private readonly NodeSettings _options;
    private readonly TextWriter _log;
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NativeNode? _node;
    private Admission? _admission;

    private NativeNodeHost(NodeSettings options, TextWriter log)
    {
        _options = options;
        _log = log;
    }

    public IAkkaKv Door => _node ?? throw new InvalidOperationException("The door is used after the start.");

    public string Waiting => _admission?.Waiting ?? "";

    public Task<string> Failed => _failed.Task;

    /// <summary>Makes the native node. Its failures to start become <see cref="NodeStartException"/>s with an exit code.</summary>
    public static INodeHost Create(NodeSettings options) => new NativeNodeHost(options, TextWriter.Synchronized(Console.Out));

    public async Task StartAsync(CancellationToken cancellation)
    {
        NativeNodePlan plan = PlanOf(_options, Write);
        try
        {
            // Opening reads the whole log: not on the thread that also has to answer a signal.
            NodeStore store = await Task.Run(() => NodeStore.Open(plan.Shared), cancellation);
            _node = await OpenAsync(plan, store, cancellation);
            _node.Bind();
        }
        catch (StoreOpenException refused)
        {
            throw new NodeStartException(ExitCodes.DataDirectoryUnusable, refused.Message, refused);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new NodeStartException(ExitCodes.PortInUse, PortText.InUse(_options.Node.PeerListen!, "the peer protocol", "the member's Endpoint, or Node:PeerListen"), refused);
        }
        catch (SocketException refused)
        {
            throw new NodeStartException(
                ExitCodes.Failed,
                $"The peer protocol cannot listen on {_options.Node.PeerListen}: {refused.Message}. Choose an address of this machine with Node:PeerListen.",
                refused);
        }

        _node.Start();
        _ = WatchAsync(_node);
        StoreIdentity identity = _node.StoreIdentity;
        Write(new NodeEvent(NodeEventLevel.Information, $"{_options.Node.Name} runs: peers at {_options.Node.PeerListen}, data in {identity.Directory}, actor {identity.ActorId:x16}."));
        if (identity.RenewedBecause is { } because)
            Write(new NodeEvent(NodeEventLevel.Warning, $"The store took a new actor id: {because}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
            await _node.DisposeAsync();
    }

    private async Task<NativeNode> OpenAsync(NativeNodePlan plan, NodeStore store, CancellationToken cancellation)
    {
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
            _admission = new Admission(_options, store, new JoinClient(http), TimeProvider.System, text => Write(new NodeEvent(NodeEventLevel.Information, text)));
            var (configuration, isJoining) = await _admission.DecideAsync(cancellation);
            if (configuration is null)
                return NativeNode.Open(plan, store, TimeProvider.System);
            NativeNodePlan known = WithConfiguration(plan, configuration) with { IsJoining = isJoining };
            if (store.Configuration is not null)
                return NativeNode.Open(known, store, TimeProvider.System);

            // Opened again by the cluster's number of partitions; it is empty, so that costs nothing.
            store.Dispose();
            return NativeNode.Open(known, TimeProvider.System);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    // What all members must have in common comes from the configuration, whatever the settings say.
    private NativeNodePlan WithConfiguration(NativeNodePlan plan, ClusterConfiguration known) =>
        SettingsPlan.WithConfiguration(_options, plan.Actors, known, Write) is { } actors
            ? plan with { Actors = actors }
            : throw new NodeStartException(ExitCodes.BadConfiguration, SettingsPlan.QuorumPastN(_options, known));

    private static NativeNodePlan PlanOf(NodeSettings options, Action<NodeEvent> log)
    {
        NodePlan plan = SettingsPlan.Of(options, log);
        return new NativeNodePlan(plan.Actors, HostOf(options, plan.Actors.Self, plan.Loops), plan.Store, plan.DataDirectory, plan.SiblingsWarn, log);
    }

    private static NativeNodeOptions HostOf(NodeSettings options, NodeId self, int loops) => new()
    {
        Self = self,
        Cluster = options.Cluster.Name,
        RingPartitions = options.Cluster.Partitions,
        Listen = options.Node.PeerListen!,
        Peers = SettingsPlan.PeersOf(options),
        Loops = loops,
        CallsMax = SettingsPlan.CallsMaxOf(options),

        // The callers are the HTTP facade's, which never wait for anything but a socket that is ready or a buffer: a
        // thread of the pool in between would cost a request more than writing its answer does.
        RunCallersAsynchronously = false,
    };

    private async Task WatchAsync(NativeNode node)
    {
        if (await node.Stopped is { } failure)
            _failed.TrySetResult(failure.ToString());
    }

    private void Write(NodeEvent happened) => _log.WriteLine($"{happened.Level.ToString().ToLowerInvariant()}: {happened.Text}");
}
