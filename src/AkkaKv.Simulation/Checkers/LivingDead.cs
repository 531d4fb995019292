using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Nodes that an operator declared dead and that live on by an older ring. What only they hold counts as lost with a lost
/// disk, from the first word of it until they know better; and what they answer without asking anybody is not promised.
/// </summary>
internal sealed class LivingDead(SimWorld world)
{
    private readonly List<Term> _terms = [];

    /// <summary>How many there were.</summary>
    public int Count => _terms.Count;

    /// <summary>A configuration was decided.</summary>
    public void Decided(ClusterConfiguration configuration)
    {
        foreach (NodeId gone in configuration.Gone)
        {
            SimNode node = world.Nodes[SimNode.IndexOf(gone)];

            // Whose machine is lost, has lost its disk: that is counted already, and it comes back empty.
            if (node.IsDead || Has(node))
                continue;
            _terms.Add(new Term(node, configuration.Epoch, world.Now));
            world.Trace.Note(world.Now, node.Index, $"is declared dead and lives, since epoch {configuration.Epoch}");
        }
    }

    /// <summary>
    /// A node serves by a configuration from now on, and nothing that it began by an older one is under way. While a change
    /// is under way the others go on without it again, unless it is in no ring any more and serves nobody.
    /// </summary>
    public void Entered(SimNode node, ClusterConfiguration configuration)
    {
        RingTopology ring = configuration.Ring;
        bool isOwner = ring.Members.Concat(ring.AlsoMembers ?? []).Any(member => member.Node == node.Id);
        foreach (Term term in _terms)
        {
            if (term.Node == node && configuration.Epoch >= term.Epoch && (!isOwner || configuration.Phase == TopologyPhase.Settled))
                term.End(world.Now);
        }
    }

    /// <summary>It never runs again with what is on its disk.</summary>
    public void Ended(SimNode node)
    {
        foreach (Term term in _terms)
        {
            if (term.Node == node)
                term.End(world.Now);
        }
    }

    /// <summary>Whether it lives on by an older ring, as far as anybody knows.</summary>
    public bool Has(SimNode node) => _terms.Exists(term => term.Node == node && term.Until == long.MaxValue);

    /// <summary>How many there were at any moment from one to another.</summary>
    /// <param name="index">Of the machine that is asked about; −1 for all.</param>
    public int HowMany(long from, long to, int index = -1)
    {
        int count = 0;
        foreach (Term term in _terms)
            count += term.From <= to && term.Until >= from && (index < 0 || term.Node.Index == index) ? 1 : 0;
        return count;
    }

    private sealed class Term(SimNode node, long epoch, long from)
    {
        public SimNode Node { get; } = node;

        public long Epoch { get; } = epoch;

        public long From { get; } = from;

        public long Until { get; private set; } = long.MaxValue;

        public void End(long now) => Until = Math.Min(Until, now);
    }
}
