using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// Which members this node believes it can reach: an opinion that heals by itself and never changes who belongs.
/// </summary>
/// <param name="Version">Grows with each change of opinion.</param>
/// <param name="Reachable">The reachable members, this node among them.</param>
public sealed record ReachabilitySnapshot(long Version, IReadOnlySet<NodeId> Reachable)
{
    public bool IsReachable(NodeId node) => Reachable.Contains(node);
}
