using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.World;

/// <summary>
/// What whoever runs the machines does: which of them have a process, and the configuration that each process is started
/// with. The disk's own comes first, as in the native host.
/// </summary>
internal sealed class Deployment(SimWorld world)
{
    private const long RetryTicks = 200 * TimeSpan.TicksPerMillisecond;

    private readonly RandomSource _random = world.Streams.Of("deployment");
    private readonly HashSet<int> _asking = [];

    /// <summary>A new process that does not belong yet, started with what a member told.</summary>
    public void StartJoiner(SimNode node, ClusterConfiguration told)
    {
        world.Crash(node, losesPower: false);
        if (node.Boots > 0)
            world.GiveFreshDisk(node);
        node.IsDeployed = true;
        node.IsDead = false;
        node.IsSilent = false;
        node.IsDoubted = false;
        node.MustAsk = false;
        node.StartsWith = told;
        world.Trace.Note(world.Now, node.Index, $"is to join, told of epoch {told.Epoch}");
        world.Boot(node);
    }

    /// <summary>The process is not needed any more and never comes back.</summary>
    public void Retire(SimNode node)
    {
        world.Trace.Note(world.Now, node.Index, "is retired");
        node.IsDeployed = false;
        world.Crash(node, losesPower: false);
        world.LivingDead.Ended(node);
    }

    /// <summary>
    /// Whoever belongs, and was stopped, is started again with what is on its disk: one operator took its process for not
    /// needed any more while the other made it a member.
    /// </summary>
    public void StartWhoBelongs()
    {
        foreach (SimNode node in world.Members)
        {
            if (node.IsDeployed || node.IsDead)
                continue;
            world.Trace.Note(world.Now, node.Index, "was stopped too early");
            node.IsDeployed = true;
            world.Boot(node);
        }
    }

    /// <summary>
    /// A machine that was thought lost comes back, with an empty disk: nobody has declared it dead, and the others wait.
    /// </summary>
    public void Revive(SimNode node)
    {
        node.IsDead = false;
        node.IsDeployed = true;
        world.GiveFreshDisk(node);
        world.Boot(node);
    }

    /// <summary>What a process that is about to start is made with; null for the list of the first members.</summary>
    public ClusterConfiguration? ConfigurationOf(SimNode node)
    {
        ClusterConfiguration? stored = StoredConfiguration.Of(node.Life!.Store);
        if (stored is not null)
            world.Line.Note(stored);
        return stored ?? node.StartsWith;
    }

    /// <summary>
    /// True when a node with an empty disk must be told of the cluster first; it is booted afterwards. Its own list of the
    /// first members would do as long as the ring is still theirs (docs/topology.md, Limits), unless it is the only one of
    /// them: then it would found another.
    /// </summary>
    public bool AsksFirst(SimNode node)
    {
        if (!node.MustAsk)
            return false;
        if (Array.TrueForAll(world.Nodes, static other => !other.HoldsConfiguration))
        {
            world.Line.Restart();
            world.Ids.Restart();
            StartPlainly(node);
            return false;
        }

        if (world.Shape.Nodes > 1 && node.Index < world.Shape.Nodes && world.Line.Newest.RingEpoch == 1 && AllFoundersBelong() && _random.Chance(0.5))
        {
            StartPlainly(node);
            return false;
        }

        if (_asking.Add(node.Index))
            AskSomebody(node);
        return true;
    }

    /// <summary>A disk is gone, with all that it knew.</summary>
    public void LostDisk(SimNode node)
    {
        world.LivingDead.Ended(node);
        node.StoreId = 0;
        node.HoldsConfiguration = false;
        node.MustAsk = world.Line.Newest.Epoch > 1;
    }

    /// <summary>
    /// Whether the members could still decide without this node's memory: a majority that remembers what it promised. Of
    /// the members before a change and after it; and of those who decided the newest epoch, until its members know it.
    /// </summary>
    public bool MayForget(SimNode node)
    {
        ClusterConfiguration newest = world.Line.Newest;
        return MayForget(node, newest.Members) && (newest.Next is null || MayForget(node, newest.Next))
            && (world.Line.IsHeldByMost || MayForget(node, world.Line.Deciders));
    }

    private bool MayForget(SimNode node, IReadOnlyList<RingMember> members)
    {
        int remember = 0;
        foreach (RingMember member in members)
        {
            SimNode other = world.Nodes[SimNode.IndexOf(member.Node)];
            remember += other != node && !other.IsDead && !other.IsDoubted && !other.IsRotten && other.StoreId != 0 && member.StoreId == other.StoreId ? 1 : 0;
        }

        return remember > members.Count / 2;
    }

    private static void StartPlainly(SimNode node)
    {
        node.MustAsk = false;
        node.StartsWith = null;
    }

    private bool AllFoundersBelong()
    {
        foreach (RingMember founder in world.Founding.Members)
        {
            if (!world.Members.Any(member => member.Id == founder.Node))
                return false;
        }

        return true;
    }

    private void AskSomebody(SimNode node)
    {
        SimNode[] running = [.. world.Nodes.Where(other => other.IsUp && other.HoldsConfiguration && !world.Line.WasDeclaredDead(other))];
        if (running.Length == 0)
        {
            Again(node);
            return;
        }

        // One that does not belong may know only members who have all left since.
        SimNode asked = running[_random.Next(running.Length)];
        world.Calls.Ask(asked, replyTo => new TopologyAsk(replyTo), answer =>
        {
            if (answer is not TopologyTold told || !told.Configuration.Everyone.Any(member => member.Node == asked.Id))
            {
                Again(node);
                return;
            }

            _asking.Remove(node.Index);
            node.MustAsk = false;
            node.StartsWith = told.Configuration;
            world.Boot(node);
        });
    }

    private void Again(SimNode node) => world.After(RetryTicks, () =>
    {
        _asking.Remove(node.Index);
        world.Boot(node);
    });
}
