using AkkaKv.Wire.Codec;

namespace AkkaKv.Wire.Handshake;

/// <summary>What each side of a new connection says of itself and demands of the other.</summary>
/// <param name="ProtocolMin">The oldest protocol version it speaks.</param>
/// <param name="ProtocolMax">The newest.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Node">Its own name.</param>
/// <param name="ExpectedPeer">The name it believes the other to have.</param>
/// <param name="RingPartitions">Q, fixed for the cluster's life.</param>
/// <param name="Class">What the dialled connection will carry.</param>
/// <param name="ClusterId">Drawn when the cluster was founded; 0 as long as it is not known.</param>
public sealed record Hello(
    int ProtocolMin,
    int ProtocolMax,
    string Cluster,
    string Node,
    string ExpectedPeer,
    int RingPartitions,
    MessageClass Class,
    ulong ClusterId = 0)
{
    /// <summary>The newest protocol version of this release: 2 knows changes of the members.</summary>
    public const int ProtocolVersion = 2;

    /// <summary>The oldest that it speaks, so that a cluster can be upgraded node by node.</summary>
    public const int ProtocolVersionMin = 1;

    /// <summary>The version in which this side speaks to the other.</summary>
    public int VersionWith(Hello other) => Math.Min(ProtocolMax, other.ProtocolMax);

    /// <summary>
    /// Compares what the other side said with what this side needs.
    /// </summary>
    /// <returns>Null when they fit, else what was required, what was found and what to do.</returns>
    public string? RefusalOf(Hello other)
    {
        if (other.ProtocolMin > ProtocolMax || other.ProtocolMax < ProtocolMin)
        {
            return $"{Node} speaks protocol versions {ProtocolMin} to {ProtocolMax}; {other.Node} speaks {other.ProtocolMin} to "
                + $"{other.ProtocolMax}. Upgrade the older node.";
        }

        if (other.Cluster != Cluster)
            return $"{Node} belongs to cluster '{Cluster}'; {other.Node} belongs to '{other.Cluster}'. Correct the cluster's name or the peer's address.";
        if (other.ClusterId != ClusterId && other.ClusterId != 0 && ClusterId != 0)
        {
            return $"wrong cluster: {Node} belongs to cluster '{Cluster}' with the id {ClusterId:x16}; {other.Node} belongs to another of that name, "
                + $"with the id {other.ClusterId:x16}. Correct the peer's address, or give one of the clusters another name.";
        }

        if (other.Node != ExpectedPeer && ExpectedPeer.Length > 0)
            return $"{Node} expected node '{ExpectedPeer}' at this address; found '{other.Node}'. Correct the member list of {Node}.";
        if (other.ExpectedPeer != Node)
            return $"{other.Node} expected node '{other.ExpectedPeer}' at this address; found '{Node}'. Correct the member list of {other.Node}.";
        if (other.RingPartitions != RingPartitions)
        {
            return $"{Node} has a ring of {RingPartitions} partitions; {other.Node} has one of {other.RingPartitions}. "
                + "The number is fixed for a cluster's life: correct the setting of the newer node.";
        }

        return null;
    }
}

/// <summary>The acceptor's answer.</summary>
/// <param name="Refusal">Why not, for people; null is a welcome.</param>
public sealed record HelloAnswer(Hello Hello, string? Refusal);
