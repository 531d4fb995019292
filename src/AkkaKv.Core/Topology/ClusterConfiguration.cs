using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>Where a change of the members stands. Any two neighbours are safe together. The numbers are on disks.</summary>
public enum TopologyPhase : byte
{
    /// <summary>Nothing changes; changes may be staged.</summary>
    Settled = 0,

    /// <summary>Written to the old and the new owners, read from the old; the new ones fetch what they are to own.</summary>
    WriteBothReadOld = 1,

    /// <summary>Written to both, read from the new.</summary>
    WriteBothReadNew = 2,

    /// <summary>Written to and read from the new; whoever owns something no longer clears it.</summary>
    WriteNew = 3,
}

/// <summary>
/// One epoch in the line of configurations: who belongs to the cluster, and what is about to change. Epoch e + 1 is
/// decided once, by a majority of the <see cref="Members"/> of epoch e.
/// </summary>
/// <param name="Epoch">1 for the first.</param>
/// <param name="ClusterId">Drawn when the cluster was founded; 0 before. Nodes of clusters with different ids refuse each other.</param>
/// <param name="Partitions">Q.</param>
/// <param name="ReplicaCount">N unless a request says otherwise.</param>
/// <param name="Members">The members before the change; by name.</param>
public sealed record ClusterConfiguration(long Epoch, ulong ClusterId, int Partitions, int ReplicaCount, IReadOnlyList<RingMember> Members)
{
    public TopologyPhase Phase { get; init; }

    /// <summary>The members after the change, by name; null when settled.</summary>
    public IReadOnlyList<RingMember>? Next { get; init; }

    /// <summary>Members before or after the change that the operator has declared dead, by name: nobody waits for them or fetches from them.</summary>
    public IReadOnlyList<NodeId> Gone { get; init; } = [];

    /// <summary>
    /// The change is being taken back: <see cref="TopologyPhase.WriteBothReadOld"/> asks for no work and is followed by
    /// <see cref="TopologyPhase.WriteNew"/>, in which the members before the change are the new ones, and those that were to
    /// join clear what they fetched. Copies that nobody owns would outlive their deletion.
    /// </summary>
    public bool IsTakenBack { get; init; }

    /// <summary>What the operators have asked for and not committed, in the order of asking.</summary>
    public IReadOnlyList<StagedChange> Staged { get; init; } = [];

    /// <summary>The epoch since which the ring, that is who is read from and written to, is what it is.</summary>
    public long RingEpoch { get; init; } = 1;

    /// <summary>Who may use which worker number of ids; null as long as the members have not agreed on a layout of ids.</summary>
    public WorkerLeases? Workers { get; init; }

    /// <summary>So many epochs up to this one concerned nothing but <see cref="Workers"/>.</summary>
    public long LeaseEpochs { get; init; }

    /// <summary>
    /// The epoch since which all but <see cref="Workers"/> is what it is: the nodes' work is known by it, and whoever has
    /// entered it has entered this one. So a lease that is renewed disturbs no change.
    /// </summary>
    public long WorkEpoch => Epoch - LeaseEpochs;

    /// <summary>Everyone who belongs, before or after the change, by name; those declared dead are left out.</summary>
    public IReadOnlyList<RingMember> Everyone
    {
        get
        {
            var everyone = new SortedDictionary<NodeId, RingMember>();
            foreach (RingMember member in Members)
            {
                if (!Gone.Contains(member.Node))
                    everyone[member.Node] = member;
            }

            foreach (RingMember member in Next ?? [])
            {
                if (!Gone.Contains(member.Node))
                    everyone[member.Node] = member;
            }

            return [.. everyone.Values];
        }
    }

    /// <summary>Whether this epoch asks the nodes for more than entering it: to fetch and compare, or to clear.</summary>
    public bool HasWork => Phase == TopologyPhase.WriteNew || (Phase == TopologyPhase.WriteBothReadOld && !IsTakenBack);

    /// <summary>What the ring is computed from.</summary>
    public RingTopology Ring => Phase switch
    {
        TopologyPhase.Settled => RingOf(Members, null),
        TopologyPhase.WriteBothReadOld => RingOf(Members, Next),
        TopologyPhase.WriteBothReadNew => RingOf(Next!, Members),
        TopologyPhase.WriteNew => RingOf(IsTakenBack ? Members : Next!, null),
        _ => throw new InvariantException($"every phase has its ring; {Phase} has none"),
    };

    /// <summary>The same in the next epoch; what else is to be changed is changed in it.</summary>
    internal ClusterConfiguration Following() => this with { Epoch = Epoch + 1, LeaseEpochs = 0 };

    /// <summary>
    /// Whether the node that has this data directory belongs by another one: then it has lost what it knew, and this
    /// configuration, which it was given or found in a backup, may be as old as can be.
    /// </summary>
    /// <param name="storeId">0 for a node without a data directory, of which nothing can be said.</param>
    public bool KnowsOther(NodeId node, ulong storeId)
    {
        if (ClusterId == 0 || storeId == 0)
            return false;
        foreach (RingMember member in (RingMember[])[.. Members, .. Next ?? []])
        {
            if (member.Node == node && member.StoreId != 0)
                return member.StoreId != storeId;
        }

        return false;
    }

    private RingTopology RingOf(IReadOnlyList<RingMember> read, IReadOnlyList<RingMember>? also) =>
        new(RingEpoch, Partitions, ReplicaCount, read) { AlsoMembers = also };
}
