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

    /// <summary>Whom a read asks, and when.</summary>
    public ReadPolicy Reads { get; init; } = ReadPolicy.Default;

    /// <summary>Seals the contexts; the same bytes on every member.</summary>
    public required ReadOnlyMemory<byte> ContextSecret { get; init; }

    public required IReadOnlyList<MemberPlace> Places { get; init; }

    /// <summary>How many gateways the node has, one for each event loop.</summary>
    public int Gateways { get; init; } = 1;
}
