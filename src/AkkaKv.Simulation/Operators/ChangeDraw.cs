using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Operators;

/// <summary>What an operator may think of next, and what must be done to the machines for it.</summary>
internal sealed class ChangeDraw(SimWorld world, RandomSource random)
{
    /// <summary>
    /// At times a member's machine is lost for ever: only while nothing changes, only when the others can still decide,
    /// and never more disks than the seed allows.
    /// </summary>
    public void Accident()
    {
        if (world.Shape.DeclaresLiving && random.Chance(0.15))
            FallSilent();
        if (!random.Chance(0.04) || world.Line.Newest.Phase != TopologyPhase.Settled || world.DiskLosses.Count >= world.Shape.LostDisksMax)
            return;
        SimNode[] candidates = [.. world.Members.Where(node => node.IsUp && !node.IsRotten && world.Deployment.MayForget(node))];
        if (candidates.Length > 0)
            world.Bury(candidates[random.Next(candidates.Length)]);
    }

    // One whom the others can do without, as with a machine that is lost: what it remembers may be of no use to them any more.
    private void FallSilent()
    {
        if (world.Line.Newest.ClusterId == 0 || (world.Nodes.Any(static node => node.IsSilent) && !random.Chance(0.1)))
            return;
        SimNode[] candidates = [.. world.Members.Where(node => node is { IsUp: true, IsRotten: false, IsSilent: false } && world.Deployment.MayForget(node))];
        if (candidates.Length > 0)
            SeemingDeath.Begin(world, candidates[random.Next(candidates.Length)], random);
    }

    /// <summary>A member's disk is to be replaced: whoever leaves now may be missed when the others are to decide who that is.</summary>
    public bool IsSomebodyRotten => world.Members.Any(static node => node.IsRotten);

    /// <summary>One who belongs, whose machine is or seems to be lost for ever, and whom nobody has declared dead; null when there is none.</summary>
    public NodeId? DeadOf(ClusterConfiguration seen)
    {
        foreach (RingMember member in seen.Everyone)
        {
            if (NodeOf(member.Node).SeemsDead)
                return member.Node;
        }

        return null;
    }

    /// <summary>Those who have left are stopped, now or later; some are started again as they are.</summary>
    public void Retire(ClusterConfiguration seen)
    {
        if (seen.Epoch != world.Line.Newest.Epoch || !world.Line.IsHeldByMost)
            return;
        foreach (SimNode node in world.Deployed.ToArray())
        {
            if (!world.Line.WasMember(node) || IsNamed(seen, node.Id) || IsLeftAlone(node) || !random.Chance(0.5))
                continue;
            if (random.Chance(0.3))
            {
                world.Crash(node, losesPower: false);
                world.After(random.Micros(1_000, 1_000_000), () => world.Boot(node));
            }
            else
            {
                world.Deployment.Retire(node);
            }
        }
    }

    /// <summary>A change to stage; null for none. A machine that is to join is started.</summary>
    public StagedChange? Next(ClusterConfiguration seen)
    {
        if (DeadOf(seen) is { } dead && random.Chance(0.8))
            return random.Chance(0.5) ? Replacement(seen, dead, isDead: true) : new StagedChange(ChangeKind.Leave, dead, null, IsDead: true);
        if (IsSomebodyRotten)
            return Join(seen);
        RingMember member = seen.Members[random.Next(seen.Members.Count)];
        bool isDead = NodeOf(member.Node).SeemsDead;
        return random.Next(20) switch
        {
            < 8 => Join(seen),
            < 12 => new StagedChange(ChangeKind.Leave, member.Node, null, isDead),
            < 15 => Replacement(seen, member.Node, isDead),
            < 17 => new StagedChange(ChangeKind.Weight, member.Node, member with { Weight = random.Of(0.5, 1, 2) }),
            < 19 when world.Shape.Zones > 1 => new StagedChange(ChangeKind.Zone, member.Node, member with { Zone = "zone-" + random.Next(world.Shape.Zones) }),
            _ => null,
        };
    }

    // Nobody can reach what seems dead; and of one that was declared so, few know that it lives.
    private bool IsLeftAlone(SimNode node) => node.IsSilent || (world.LivingDead.Has(node) && random.Chance(0.8));

    private StagedChange? Join(ClusterConfiguration seen) =>
        Newcomer(seen) is { } newcomer ? new StagedChange(ChangeKind.Join, newcomer.Node, newcomer) : null;

    private StagedChange? Replacement(ClusterConfiguration seen, NodeId node, bool isDead) =>
        Newcomer(seen) is { } newcomer ? new StagedChange(ChangeKind.Replace, node, newcomer, isDead) : null;

    // One that runs already, or another machine; in any case started anew, empty, with what was seen: what it was told
    // before may name only members who have left since, and what it was given for a change that was taken back is old.
    private RingMember? Newcomer(ClusterConfiguration seen)
    {
        SimNode[] candidates = [.. world.Nodes.Where(node => !IsNamed(seen, node.Id) && !IsNamed(world.Line.Newest, node.Id) && (node.IsDeployed ? node.IsUp && !world.Line.WasMember(node) : true))];
        if (candidates.Length == 0)
            return null;
        SimNode node = candidates[random.Next(candidates.Length)];
        world.Deployment.StartJoiner(node, seen);
        return node.Member with { StoreId = random.Chance(0.5) ? node.StoreId : 0, Weight = random.Of(1, 1, 1, 0.5, 2) };
    }

    private static bool IsNamed(ClusterConfiguration configuration, NodeId node)
    {
        foreach (RingMember member in configuration.Everyone)
        {
            if (member.Node == node)
                return true;
        }

        foreach (StagedChange change in configuration.Staged)
        {
            if (change.Node == node || change.Member?.Node == node)
                return true;
        }

        return configuration.Members.Any(member => member.Node == node);
    }

    private SimNode NodeOf(NodeId node) => world.Nodes[SimNode.IndexOf(node)];
}
