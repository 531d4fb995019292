using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Gateway;

/// <summary>Where a member is found; for people and for the other nodes' host.</summary>
/// <param name="Endpoint">The peer protocol, <c>host:port</c>.</param>
/// <param name="HttpEndpoint">The HTTP facade, a URL; null when it has none.</param>
public sealed record MemberPlace(NodeId Node, string Endpoint, string? HttpEndpoint);

/// <summary>What bounds and fills in a request.</summary>
public sealed record GatewayOptions
{
    public KvLimits Limits { get; init; } = new();

    public QuorumDefaults Quorum { get; init; } = new();

    /// <summary>Defaults of single buckets, by their name.</summary>
    public IReadOnlyDictionary<string, BucketQuorum> Buckets { get; init; } = new Dictionary<string, BucketQuorum>(StringComparer.Ordinal);

    /// <summary>The deadline of a request that names none.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// One read in so many asks all owners at once, so that repair also reaches replicas that no read needs; 1 is every
    /// read. Default 10: repair within seconds of any key that is read often, for a twentieth of the cost of asking everyone.
    /// </summary>
    public int ReadsAskAllOneIn { get; init; } = 10;

    /// <summary>When a node that was asked counts as late, and others are asked as well.</summary>
    public LatenessOptions Lateness { get; init; } = LatenessOptions.Default;

    /// <summary>
    /// Requests that each gateway has under way at a time, those included whose client has its answer; past it the
    /// answer is a retryable "busy". Default 131,072: two seconds of 60,000 writes a second of which each waits for a
    /// silent owner, at about a kilobyte each.
    /// </summary>
    public int RequestsMax { get; init; } = 131_072;

    /// <summary>Seals the contexts; the same bytes on every member.</summary>
    public required ReadOnlyMemory<byte> ContextSecret { get; init; }

    public required IReadOnlyList<MemberPlace> Places { get; init; }

    /// <summary>How many gateways the node has, one for each event loop.</summary>
    public int Gateways { get; init; } = 1;
}
