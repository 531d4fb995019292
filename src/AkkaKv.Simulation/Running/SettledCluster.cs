using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// Once nothing fails and no operator begins anything, every change comes to its end: the cluster is founded, nothing
/// changes any more, and everyone who belongs has entered the last epoch under the name of its own directory.
/// </summary>
internal sealed class SettledCluster(SimWorld world)
{
    public const string Promise = "a change comes to its end after healing";

    private const long Second = TimeSpan.TicksPerSecond;
    private const long TicksMax = 180 * Second;

    private readonly SortedDictionary<int, string> _waiting = [];

    /// <summary>Runs the world until it is so, or fails it.</summary>
    public void Wait()
    {
        long deadline = world.Now + TicksMax;
        while (world.Violation is null && Missing() is { } missing)
        {
            if (world.Now >= deadline)
            {
                string said = string.Join("; ", _waiting.Values);
                world.Fail(Promise, $"{TicksMax / Second} s after healing {missing}. The members say: {said}");
            }

            world.Deployment.StartWhoBelongs();

            // Those that are lost and belong all the same come back, empty: nobody is left to declare them dead.
            foreach (SimNode node in world.Members)
            {
                if (node.IsDead)
                    world.Deployment.Revive(node);
            }

            foreach (SimNode node in world.Members)
                Inquire(node);
            world.RunUntil(static () => false, world.Now + Second);
        }
    }

    private void Inquire(SimNode node) => world.Calls.Ask(node, replyTo => new TopologyAsk(replyTo), answer =>
        _waiting[node.Index] = answer is TopologyTold told ? $"{node.Id} in epoch {told.Configuration.Epoch}: {(told.Waiting == "" ? "nothing" : told.Waiting)}" : $"{node.Id} does not answer");

    // What is not yet so, in words; null when all is.
    private string? Missing()
    {
        ClusterConfiguration newest = world.Line.Newest;
        if (newest.ClusterId == 0)
            return "the cluster is not founded";
        if (newest.Phase != TopologyPhase.Settled)
            return $"the change is still in {newest.Phase}, epoch {newest.Epoch}";
        foreach (RingMember member in newest.Members)
        {
            SimNode node = world.Nodes[SimNode.IndexOf(member.Node)];
            if (world.Line.EnteredBy(node)?.Epoch != newest.Epoch)
                return $"{node.Id} has not entered epoch {newest.Epoch}";
            if (world.Shape.Changes && member.StoreId != node.StoreId)
                return $"{node.Id} is known by the directory {member.StoreId:x}, but has {node.StoreId:x}";
        }

        return null;
    }
}
