using System.Net.Sockets;
using System.Security.Cryptography;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Host.Native;
using AkkaKv.Host.Native.Node;
using AkkaKv.Server.Http;
using AkkaKv.Server.Options;
using AkkaKv.Storage;
using StoreOptions = AkkaKv.Storage.StoreOptions;

namespace AkkaKv.Server.Launch;

/// <summary>The native host, from this program's options.</summary>
internal sealed class NativeNodeHost : INodeHost
{
    /// <summary>Questions about the node and its cluster find a place when requests have taken all of theirs.</summary>
    private const int OperatorCalls = 64;

    private readonly ServerOptions _options;
    private readonly TextWriter _log;
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NativeNode? _node;
    private Admission? _admission;

    private NativeNodeHost(ServerOptions options, TextWriter log)
    {
        _options = options;
        _log = log;
    }

    public IAkkaKv Door => _node ?? throw new InvalidOperationException("The door is used after the start.");

    public string Waiting => _admission?.Waiting ?? "";

    public Task<string> Failed => _failed.Task;

    /// <summary>Makes the native node. Its failures to start become <see cref="NodeStartException"/>s with an exit code.</summary>
    public static INodeHost Create(ServerOptions options) => new NativeNodeHost(options, TextWriter.Synchronized(Console.Out));

    public async Task StartAsync(CancellationToken cancellation)
    {
        NativeNodePlan plan = PlanOf(_options, Write);
        try
        {
            // Opening reads the whole log: not on the thread that also has to answer a signal.
            NativeStore store = await Task.Run(() => NativeStore.Open(plan), cancellation);
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

    private async Task<NativeNode> OpenAsync(NativeNodePlan plan, NativeStore store, CancellationToken cancellation)
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
    private NativeNodePlan WithConfiguration(NativeNodePlan plan, ClusterConfiguration known)
    {
        ClusterOptions cluster = _options.Cluster;
        if (known.Partitions != cluster.Partitions)
            Say($"Cluster:Partitions is {cluster.Partitions} in the settings and {known.Partitions} in the cluster, for its whole life: that counts.");
        if (known.ReplicaCount != cluster.N)
            Say($"Cluster:N is {cluster.N} in the settings and {known.ReplicaCount} in the cluster: that counts.");
        if (Math.Max(cluster.R, cluster.W) > known.ReplicaCount)
        {
            throw new NodeStartException(
                ExitCodes.BadConfiguration,
                $"Cluster:R and Cluster:W must be at most the cluster's N, which is {known.ReplicaCount}; found R = {cluster.R} and W = {cluster.W}. Lower them.");
        }

        var quorum = new QuorumDefaults(known.ReplicaCount, cluster.R, cluster.W);
        NodeOptions actors = plan.Actors with { Configuration = known, Topology = known.Ring, Gateway = plan.Actors.Gateway with { Quorum = quorum } };
        return plan with { Actors = actors };

        void Say(string text) => Write(new NodeEvent(NodeEventLevel.Warning, text));
    }

    private static NativeNodePlan PlanOf(ServerOptions options, Action<NodeEvent> log)
    {
        var self = new NodeId(options.Node.Name!);
        int loops = options.Node.Loops == 0 ? Environment.ProcessorCount : options.Node.Loops;
        var store = new StoreOptions
        {
            Node = self.Name,
            Cluster = options.Cluster.Name,
            Time = TimeProvider.System,
            DrawId = static () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
            Durability = (Durability)options.Store.Durability,
            SyncInterval = TimeSpan.FromMilliseconds(options.Store.SyncIntervalMillis),
            SegmentBytes = options.Store.SegmentBytes,
            BecameReadOnly = reason => log(new NodeEvent(NodeEventLevel.Error, $"The store takes no more writes: {reason}")),
        };
        return new NativeNodePlan(
            ActorsOf(options, self, loops),
            HostOf(options, self, loops),
            store,
            options.Store.Kind == StoreKind.Memory ? null : options.Node.DataDirectory,
            options.Limits.SiblingsWarn,
            log);
    }

    private static NodeOptions ActorsOf(ServerOptions options, NodeId self, int loops)
    {
        ClusterOptions cluster = options.Cluster;
        RingMember[] members = [.. cluster.Members.Select(member => new RingMember(new NodeId(member.Name), member.Weight, member.Zone)
        {
            Endpoint = member.Endpoint,
            Http = member.Http ?? "",
        })];
        var gateway = new GatewayOptions
        {
            Limits = new KvLimits(options.Limits.KeyBytesMax, options.Limits.ValueBytesMax, options.Limits.SiblingsMax),
            Quorum = new QuorumDefaults(cluster.N, cluster.R, cluster.W),
            Buckets = options.Buckets.ToDictionary(
                bucket => bucket.Key, bucket => new BucketQuorum(bucket.Value.N, bucket.Value.R, bucket.Value.W), StringComparer.Ordinal),
            Timeout = TimeSpan.FromMilliseconds(options.Limits.RequestTimeoutMillis),
            ContextSecret = ClusterFacts.SecretOf(cluster.ContextSecret, cluster.Name),
            Places = [.. cluster.Members.Select(member => new MemberPlace(new NodeId(member.Name), member.Endpoint, member.Http))],
            RequestsMax = options.Limits.RequestsPerLoopMax,
            Gateways = loops,
        };
        var actors = new NodeOptions(
            self, new RingTopology(1, cluster.Partitions, cluster.N, members), gateway, new ReplicaOptions(options.Limits.SiblingsMax));
        return UpkeepPlan.Apply(actors with { Ids = options.Ids }, options.Upkeep);
    }

    private static NativeNodeOptions HostOf(ServerOptions options, NodeId self, int loops) => new()
    {
        Self = self,
        Cluster = options.Cluster.Name,
        RingPartitions = options.Cluster.Partitions,
        Listen = options.Node.PeerListen!,
        Peers = [.. options.Cluster.Members.Where(member => member.Name != self.Name).Select(PeerOf)],
        Loops = loops,
        CallsMax = options.Limits.RequestsInFlightMax + OperatorCalls,

        // The callers are the HTTP facade's, which never wait for anything but a socket that is ready or a buffer: a
        // thread of the pool in between would cost a request more than writing its answer does.
        RunCallersAsynchronously = false,
    };

    private static PeerEndpoint PeerOf(MemberOptions member)
    {
        int colon = member.Endpoint.LastIndexOf(':');
        return new PeerEndpoint(new NodeId(member.Name), member.Endpoint[..colon].Trim('[', ']'), int.Parse(member.Endpoint[(colon + 1)..]));
    }

    private async Task WatchAsync(NativeNode node)
    {
        if (await node.Stopped is { } failure)
            _failed.TrySetResult(failure.ToString());
    }

    private void Write(NodeEvent happened) => _log.WriteLine($"{happened.Level.ToString().ToLowerInvariant()}: {happened.Text}");
}
