using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// Hands out the nodes that stand in for one request's owners: those that follow the owners on the key's walk and are
/// believed reachable, each at most once.
/// </summary>
internal sealed class FallbackWalk(RequestPlan plan)
{
    private int _next;

    /// <returns>False when all were handed out.</returns>
    public bool TryTake(out NodeId node)
    {
        while (_next < plan.Fallbacks.Count)
        {
            node = plan.Fallbacks[_next++];
            if (plan.CanStandIn(node))
                return true;
        }

        node = default;
        return false;
    }
}
