using System.Net;
using Microsoft.Extensions.Logging;

namespace AkkaKv.Host.Settings;

/// <summary>Everything that can be set, checked and complete. Where each value comes from: see <see cref="OptionsReader"/>.</summary>
public sealed record NodeSettings
{
    public required ClusterOptions Cluster { get; init; }

    public required LocalNodeOptions Node { get; init; }

    public required StoreSettings Store { get; init; }

    public required LimitsOptions Limits { get; init; }

    public required UpkeepOptions Upkeep { get; init; }

    public required MetricsOptions Metrics { get; init; }

    /// <summary>How the node makes unique ids.</summary>
    public required Core.Ids.IdOptions Ids { get; init; }

    /// <summary>What counts on the Akka.NET host alone.</summary>
    public required AkkaSettings Akka { get; init; }

    /// <summary>Defaults of single buckets, by bucket name.</summary>
    public required IReadOnlyDictionary<string, BucketOptions> Buckets { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>The member that this process is; null when <see cref="LocalNodeOptions.Name"/> is.</summary>
    public MemberOptions? Self => Cluster.Members.FirstOrDefault(member => member.Name == Node.Name);
}

/// <summary>What all members of a cluster share; it must be the same on each.</summary>
public sealed record ClusterOptions
{
    public required string Name { get; init; }

    /// <summary>Q: a power of two, fixed for the cluster's life.</summary>
    public required int Partitions { get; init; }

    public required int N { get; init; }

    public required int R { get; init; }

    public required int W { get; init; }

    public required IReadOnlyList<MemberOptions> Members { get; init; }

    /// <summary>What the context tokens are sealed with; null derives it from the cluster's name.</summary>
    public string? ContextSecret { get; init; }
}

/// <summary>One member of the cluster.</summary>
public sealed record MemberOptions
{
    public required string Name { get; init; }

    /// <summary>Where the other nodes reach it, <c>host:port</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Where clients reach it, a URL; null when only the member itself has to know.</summary>
    public string? Http { get; init; }

    /// <summary>Its failure zone; empty when there are none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Its share of the data relative to the others.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>What belongs to this node alone.</summary>
public sealed record LocalNodeOptions
{
    /// <summary>Which member this process is; null starts a local cluster.</summary>
    public string? Name { get; init; }

    /// <summary>The node's own directory. For a local cluster: the directory that holds one for each node.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Event loops; 0 takes one for each core.</summary>
    public required int Loops { get; init; }

    /// <summary>What runs its actors.</summary>
    public NodeHostKind Host { get; init; }

    /// <summary>Founds a new cluster of this one node.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>Nodes of the cluster that this one is to join; empty for none.</summary>
    public IReadOnlyList<Uri> Join { get; init; } = [];

    /// <summary>On SIGTERM the node leaves the cluster before it ends.</summary>
    public bool LeaveOnStop { get; init; }

    /// <summary>Where HTTP listens; null when this process is no member.</summary>
    public IPEndPoint? HttpListen { get; init; }

    /// <summary>Where the peer protocol listens; null when this process is no member.</summary>
    public IPEndPoint? PeerListen { get; init; }
}

/// <summary>How values are kept.</summary>
public enum StoreKind
{
    Log,
    Memory,
}

/// <summary>When a write counts as stored.</summary>
public enum StoreDurability
{
    Always,
    Interval,
    None,
}

/// <summary>The store of a node.</summary>
public sealed record StoreSettings
{
    public required StoreKind Kind { get; init; }

    public required StoreDurability Durability { get; init; }

    public required int SyncIntervalMillis { get; init; }

    public required int SegmentBytes { get; init; }
}

/// <summary>The bounds of a node.</summary>
public sealed record LimitsOptions
{
    public required int KeyBytesMax { get; init; }

    public required int ValueBytesMax { get; init; }

    public required int SiblingsWarn { get; init; }

    public required int SiblingsMax { get; init; }

    public required int RequestTimeoutMillis { get; init; }

    public required int RequestsInFlightMax { get; init; }

    public required long RequestBytesInFlightMax { get; init; }

    public required int ConnectionsMax { get; init; }

    /// <summary>Requests that one event loop has under way, those included whose client has its answer.</summary>
    public required int RequestsPerLoopMax { get; init; }
}

/// <summary>A bucket's own defaults; null takes the cluster's.</summary>
public sealed record BucketOptions(int? N = null, int? R = null, int? W = null);
