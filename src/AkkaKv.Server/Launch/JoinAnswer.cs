using AkkaKv.Core.Topology;

namespace AkkaKv.Server.Launch;

/// <summary>What one node of the cluster said to a node that wants to join.</summary>
/// <param name="Configuration">The cluster's, when it takes the node in; null when not.</param>
/// <param name="Detail">What it said, or why it said nothing, in words.</param>
internal sealed record JoinAnswer(ClusterConfiguration? Configuration, string Detail)
{
    public static JoinAnswer Unreachable(string why) => new(null, $"unreachable: {why}");

    public static JoinAnswer Refused(string? reason, string detail) => new(null, $"refused ({reason ?? "no reason given"}): {detail}");
}
