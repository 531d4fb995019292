using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Every configuration that any node ever took for decided, as they come: there is one line of them, each may follow the
/// one before, and its rings are sound. Also tells the rest of the simulator what the newest one is.
/// </summary>
internal sealed class ConfigurationLine
{
    public const string OneLine = "no two nodes ever hold different configurations of one epoch, and each follows the one before";
    public const string Barrier = "a change goes on only when everyone has entered its phase and done its work";

    private readonly SimWorld _world;
    private readonly SortedDictionary<long, ClusterConfiguration> _known = [];
    private readonly Dictionary<long, string> _texts = [];
    private readonly LeaseLine _leases = new();
    private readonly HashSet<(int Node, long Epoch)> _entered = [];
    private readonly HashSet<(int Node, long Epoch)> _done = [];
    private readonly HashSet<int> _everMembers = [];
    private readonly HashSet<int> _declaredDead = [];
    private readonly (NodeLife Life, ClusterConfiguration Configuration)?[] _latest;

    public ConfigurationLine(SimWorld world)
    {
        _world = world;
        _latest = new (NodeLife, ClusterConfiguration)?[world.Nodes.Length];
        Newest = null!;
        Ring = null!;
        Restart();
    }

    /// <summary>Every lease of a worker number that was ever agreed.</summary>
    public LeaseLine Leases => _leases;

    /// <summary>The newest that anybody took for decided.</summary>
    public ClusterConfiguration Newest { get; private set; }

    /// <summary>Whether most of its members have entered it: then they remember it without those who decided it.</summary>
    public bool IsHeldByMost =>
        Newest.Members.Count(member => _entered.Contains((SimNode.IndexOf(member.Node), Newest.Epoch))) > Newest.Members.Count / 2;

    /// <summary>Who decided it.</summary>
    public IReadOnlyList<RingMember> Deciders => _known.TryGetValue(Newest.Epoch - 1, out ClusterConfiguration? before) ? before.Members : Newest.Members;

    /// <summary>Its ring.</summary>
    public RingSnapshot Ring { get; private set; }

    /// <summary>How many changes of the members came to their end, taken back or not.</summary>
    public long Changes { get; private set; }

    /// <summary>A message leaves an actor.</summary>
    public void Sent(NodeLife life, Message message)
    {
        switch (message)
        {
            case EpochEntered entered:
                Note(entered.Configuration);
                _entered.Add((life.Node.Index, entered.Configuration.Epoch));
                _latest[life.Node.Index] = (life, entered.Configuration);
                _world.LivingDead.Entered(life.Node, entered.Configuration);
                life.Node.HoldsConfiguration |= entered.Configuration.Epoch > 1;
                break;
            case EpochWorkTold { Work.IsDone: true } told: _done.Add((life.Node.Index, told.Work.Epoch)); break;
            case CompareStart { Pairs.Count: > 0 }: CheckComparison(life.Node); break;
            case TopologyNews news: Note(news.Configuration); break;
            case TopologyTold told: Note(told.Configuration); break;
        }
    }

    /// <summary>Somebody takes it for decided.</summary>
    public void Note(ClusterConfiguration configuration)
    {
        string text = ConfigurationText.Of(configuration);
        if (_texts.TryGetValue(configuration.Epoch, out string? known))
        {
            if (text != known)
                _world.Fail(OneLine, $"of epoch {configuration.Epoch} there are {known} and {text}");
            return;
        }

        _texts.Add(configuration.Epoch, text);
        _known.Add(configuration.Epoch, configuration);
        _world.Trace.Note(_world.Now, -1, "configuration " + text);
        if (RingRules.WhyUnsound(configuration) is { } unsound)
            _world.Fail(RingRules.Promise, unsound);
        if (_leases.WhyNot(configuration) is { } shared)
            _world.Fail(LeaseLine.Promise, shared);
        CheckPair(configuration.Epoch - 1);
        CheckPair(configuration.Epoch);
        foreach (RingMember member in configuration.Members)
            _everMembers.Add(SimNode.IndexOf(member.Node));
        _world.LivingDead.Decided(configuration);
        if (configuration.Epoch < Newest.Epoch)
            return;
        Changes += Newest.Phase != TopologyPhase.Settled && configuration.Phase == TopologyPhase.Settled ? 1 : 0;
        Newest = configuration;
        Ring = RingSnapshot.Of(configuration.Ring);
        foreach (NodeId gone in configuration.Gone)
            _declaredDead.Add(SimNode.IndexOf(gone));
        if (configuration.Phase == TopologyPhase.Settled)
            _declaredDead.ExceptWith(configuration.Members.Select(member => SimNode.IndexOf(member.Node)));
    }

    /// <summary>Nobody knows anything any more: the cluster begins anew.</summary>
    public void Restart()
    {
        _known.Clear();
        _texts.Clear();
        _leases.Clear();
        _entered.Clear();
        _done.Clear();
        RingTopology founding = _world.Founding;
        Newest = new ClusterConfiguration(1, 0, founding.Partitions, founding.ReplicaCount, [.. founding.Members.OrderBy(static member => member.Node)]);
        Ring = RingSnapshot.Of(Newest.Ring);
    }

    /// <summary>The machines of those who belong, before or after the change.</summary>
    public IReadOnlyList<SimNode> MembersOf(ClusterConfiguration configuration) =>
        [.. configuration.Everyone.Select(member => _world.Nodes[SimNode.IndexOf(member.Node)]).OrderBy(static node => node.Index)];

    /// <summary>The configuration that the running process of a node has entered; null as long as it has entered none.</summary>
    public ClusterConfiguration? EnteredBy(SimNode node) =>
        _latest[node.Index] is { } latest && latest.Life == node.Life ? latest.Configuration : null;

    /// <summary>Left because an operator said that it would never answer again: nobody waited for it to clear anything.</summary>
    public bool WasDeclaredDead(SimNode node) => _declaredDead.Contains(node.Index);

    /// <summary>Whether it belonged once.</summary>
    public bool WasMember(SimNode node) => _everMembers.Contains(node.Index);

    /// <summary>Whether the node is one of the partition's owners, in either ring of the newest configuration.</summary>
    public bool Owns(NodeId node, int partition) => Ring.Owns(node, partition) || (Ring.Also?.Owns(node, partition) ?? false);

    // The predecessor may become known later than the successor, where a node skips an epoch.
    private void CheckPair(long epoch)
    {
        if (!_known.TryGetValue(epoch, out ClusterConfiguration? before) || !_known.TryGetValue(epoch + 1, out ClusterConfiguration? after))
            return;
        if (LineRules.WhyNot(before, after) is { } why)
            _world.Fail(OneLine, $"{why}: {_texts[epoch]} and then {_texts[epoch + 1]}");
        if (LineRules.WaitsForAll(before, after))
            CheckBarrier(before, after);
    }

    // Before that somebody may still acknowledge a write that the new owners are not sent. Whoever has gone on to a later one
    // does not: then it is the one that compares who is late. While the members are settled one may clear late, and a comparison that was
    // begun in one epoch of a ring is as good in the next: it is judged by the last epoch in which the change was still under way.
    private void CheckComparison(SimNode node)
    {
        if (EnteredBy(node) is not { } configuration)
            return;
        ClusterConfiguration judge = configuration;
        if (configuration.Phase == TopologyPhase.Settled)
            judge = _known.Values.Where(known => known.RingEpoch == configuration.RingEpoch && known.Phase != TopologyPhase.Settled).MaxBy(static known => known.Epoch) ?? configuration;
        long needed = configuration.Phase == TopologyPhase.Settled ? configuration.RingEpoch : configuration.WorkEpoch;
        foreach (RingMember member in judge.Everyone)
        {
            int index = SimNode.IndexOf(member.Node);
            if (!_entered.Any(entered => entered.Node == index && entered.Epoch >= needed))
                _world.Fail(Barrier, $"{node.Id} compared in {_texts[configuration.Epoch]} although {member.Node} had not entered it");
        }
    }

    private void CheckBarrier(ClusterConfiguration before, ClusterConfiguration after)
    {
        foreach (RingMember member in before.Everyone)
        {
            int index = SimNode.IndexOf(member.Node);
            if (!_entered.Any(entered => entered.Node == index && entered.Epoch >= before.WorkEpoch && entered.Epoch <= before.Epoch))
                _world.Fail(Barrier, $"{_texts[after.Epoch]} was decided although {member.Node} had not entered {_texts[before.Epoch]}");
            else if (before.HasWork && !_done.Contains((index, before.WorkEpoch)))
                _world.Fail(Barrier, $"{_texts[after.Epoch]} was decided although {member.Node} had not done the work of {_texts[before.Epoch]}");
        }
    }
}
