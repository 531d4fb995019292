using System.Security.Cryptography;
using System.Text;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Storage;

namespace AkkaKv.Host.Settings;

/// <summary>The settings of a node in the words of the actors and the store, for every host.</summary>
internal static class SettingsPlan
{
    /// <summary>Questions about the node and its cluster find a place when requests have taken all of theirs.</summary>
    private const int OperatorCalls = 64;

    /// <param name="settings">Of a member: <see cref="LocalNodeOptions.Name"/> is set.</param>
    public static NodePlan Of(NodeSettings settings, Action<NodeEvent> log)
    {
        var self = new NodeId(settings.Node.Name!);
        int loops = settings.Node.Loops == 0 ? Environment.ProcessorCount : settings.Node.Loops;
        var store = new StoreOptions
        {
            Node = self.Name,
            Cluster = settings.Cluster.Name,
            Time = TimeProvider.System,
            DrawId = static () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
            Durability = (Durability)settings.Store.Durability,
            SyncInterval = TimeSpan.FromMilliseconds(settings.Store.SyncIntervalMillis),
            SegmentBytes = settings.Store.SegmentBytes,
            BecameReadOnly = reason => log(new NodeEvent(NodeEventLevel.Error, $"The store takes no more writes: {reason}")),
        };
        string? directory = settings.Store.Kind == StoreKind.Memory ? null : settings.Node.DataDirectory;
        return new NodePlan(ActorsOf(settings, self, loops), loops, store, directory, settings.Limits.SiblingsWarn, log);
    }

    /// <summary>The other members that the settings list.</summary>
    public static IReadOnlyList<PeerEndpoint> PeersOf(NodeSettings settings) =>
        [.. settings.Cluster.Members.Where(member => member.Name != settings.Node.Name).Select(PeerOf)];

    /// <summary>How many callers may wait at once.</summary>
    public static int CallsMaxOf(NodeSettings settings) => settings.Limits.RequestsInFlightMax + OperatorCalls;

    /// <summary>
    /// The actors of a node that knows its cluster's configuration: what all members must have in common comes from there,
    /// whatever the settings say, and the log says where they differ.
    /// </summary>
    /// <returns>Null when the settings cannot be reconciled: see <see cref="QuorumPastN"/>.</returns>
    public static NodeOptions? WithConfiguration(NodeSettings settings, NodeOptions actors, ClusterConfiguration known, Action<NodeEvent> log)
    {
        ClusterOptions cluster = settings.Cluster;
        if (known.Partitions != cluster.Partitions)
            Say($"Cluster:Partitions is {cluster.Partitions} in the settings and {known.Partitions} in the cluster, for its whole life: that counts.");
        if (known.ReplicaCount != cluster.N)
            Say($"Cluster:N is {cluster.N} in the settings and {known.ReplicaCount} in the cluster: that counts.");
        if (Math.Max(cluster.R, cluster.W) > known.ReplicaCount)
            return null;
        var quorum = new QuorumDefaults(known.ReplicaCount, cluster.R, cluster.W);
        return actors with { Configuration = known, Topology = known.Ring, Gateway = actors.Gateway with { Quorum = quorum } };

        void Say(string text) => log(new NodeEvent(NodeEventLevel.Warning, text));
    }

    /// <summary>Why <see cref="WithConfiguration"/> gave nothing.</summary>
    public static string QuorumPastN(NodeSettings settings, ClusterConfiguration known) =>
        $"Cluster:R and Cluster:W must be at most the cluster's N, which is {known.ReplicaCount}; found R = {settings.Cluster.R} and W = {settings.Cluster.W}. Lower them.";

    /// <summary>The bytes of the secret that seals context tokens; where none is set it is made from the cluster's name.</summary>
    public static byte[] SecretOf(ClusterOptions cluster) => Encoding.UTF8.GetBytes(cluster.ContextSecret ?? "context of cluster " + cluster.Name);

    private static NodeOptions ActorsOf(NodeSettings settings, NodeId self, int loops)
    {
        ClusterOptions cluster = settings.Cluster;
        RingMember[] members = [.. cluster.Members.Select(member => new RingMember(new NodeId(member.Name), member.Weight, member.Zone)
        {
            Endpoint = member.Endpoint,
            Http = member.Http ?? "",
        })];
        var gateway = new GatewayOptions
        {
            Limits = new KvLimits(settings.Limits.KeyBytesMax, settings.Limits.ValueBytesMax, settings.Limits.SiblingsMax),
            Quorum = new QuorumDefaults(cluster.N, cluster.R, cluster.W),
            Buckets = settings.Buckets.ToDictionary(
                bucket => bucket.Key, bucket => new BucketQuorum(bucket.Value.N, bucket.Value.R, bucket.Value.W), StringComparer.Ordinal),
            Timeout = TimeSpan.FromMilliseconds(settings.Limits.RequestTimeoutMillis),
            ContextSecret = SecretOf(cluster),
            Places = [.. cluster.Members.Select(member => new MemberPlace(new NodeId(member.Name), member.Endpoint, member.Http))],
            RequestsMax = settings.Limits.RequestsPerLoopMax,
            Gateways = loops,
        };
        var actors = new NodeOptions(
            self, new RingTopology(1, cluster.Partitions, cluster.N, members), gateway, new ReplicaOptions(settings.Limits.SiblingsMax));
        return UpkeepPlan.Apply(actors with { Ids = settings.Ids }, settings.Upkeep);
    }

    private static PeerEndpoint PeerOf(MemberOptions member)
    {
        int colon = member.Endpoint.LastIndexOf(':');
        return new PeerEndpoint(new NodeId(member.Name), member.Endpoint[..colon].Trim('[', ']'), int.Parse(member.Endpoint[(colon + 1)..]));
    }
}
