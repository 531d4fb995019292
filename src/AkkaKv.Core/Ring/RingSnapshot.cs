using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// Who owns what, as one immutable object: a pure function of a <see cref="RingTopology"/>, safe to share between event
/// loops. Per partition it knows one walk over all members: the owners first, then the fallbacks. Every preference list
/// is a prefix of that walk.
/// </summary>
/// <remarks>
/// Invariants: a walk names each member once; the first min(N, S) of it are fixed here, the rest is computed from the
/// same scores when first asked for. Two loops that ask at once compute the same array twice, and either may stay.
/// </remarks>
public sealed class RingSnapshot
{
    private readonly RingPlacement _placement;
    private readonly NodeId[] _owners;
    private readonly NodeId[]?[] _walks;
    private readonly Dictionary<NodeId, int> _indexes;
    private readonly int[] _replicas;
    private readonly int[] _primaries;

    private RingSnapshot(RingTopology topology, RingMember[] members, RingSnapshot? before)
    {
        Topology = topology with { Members = members };
        MembersInOrder = members;
        OwnersPerPartition = Math.Min(topology.ReplicaCount, members.Length);
        if (topology.AlsoMembers is { } also)
            Also = Of(topology with { Members = also, AlsoMembers = null }, before);
        if (before?.WithSamePlaces(topology, members) is { } same)
        {
            (_placement, _owners, _walks, _indexes) = (same._placement, same._owners, same._walks, same._indexes);
            (_replicas, _primaries) = (same._replicas, same._primaries);
            return;
        }

        _placement = new RingPlacement(members, topology.Partitions, OwnersPerPartition);
        _owners = new NodeId[topology.Partitions * OwnersPerPartition];
        _walks = new NodeId[topology.Partitions][];
        _indexes = [];
        _replicas = new int[members.Length];
        _primaries = new int[members.Length];
        for (int i = 0; i < members.Length; i++)
            _indexes.Add(members[i].Node, i);
        for (int slot = 0; slot < _owners.Length; slot++)
            Own(slot, _placement.Owners[slot]);
    }

    /// <summary>While the cluster changes: the other ring, whose owners are written to as well; null when nothing changes.</summary>
    public RingSnapshot? Also { get; }

    /// <summary>What this ring was computed from, its members ordered by name.</summary>
    public RingTopology Topology { get; }

    /// <summary>The topology's number; larger is newer.</summary>
    public long Epoch => Topology.Epoch;

    /// <summary>Q.</summary>
    public int Partitions => Topology.Partitions;

    /// <summary>N, the owners of a partition unless a request says otherwise.</summary>
    public int ReplicaCount => Topology.ReplicaCount;

    /// <summary>min(N, S): how many owners a partition really has.</summary>
    public int OwnersPerPartition { get; }

    /// <summary>The members by the ordinal order of their names.</summary>
    public IReadOnlyList<RingMember> MembersInOrder { get; }

    /// <summary>Computes the ring.</summary>
    /// <param name="before">What it takes from an older ring it need not compute; the outcome is the same.</param>
    /// <exception cref="InvariantException">When the topology has problems; see <see cref="RingTopology.Problems"/>.</exception>
    public static RingSnapshot Of(RingTopology topology, RingSnapshot? before = null)
    {
        IReadOnlyList<string> problems = topology.Problems();
        Invariant.Require(problems.Count == 0, "a ring is made from a sound topology", string.Join(" ", problems));
        RingMember[] members = [.. topology.Members];
        Array.Sort(members, static (left, right) => left.Node.CompareTo(right.Node));
        return new RingSnapshot(topology, members, before);
    }

    /// <summary>The partition of a key.</summary>
    public int PartitionOf(StoreKey key) => new Token(key.Hash).PartitionIn(Topology.Partitions);

    /// <summary>The default preference list: min(N, S) owners.</summary>
    public PreferenceList OwnersOf(int partition)
    {
        RequirePartition(partition);
        return new PreferenceList(_owners, partition * OwnersPerPartition, OwnersPerPartition);
    }

    /// <summary>The first min(n, S) nodes of the partition's walk; n from 1 to 15. A list for a smaller n is a prefix of this one.</summary>
    public PreferenceList OwnersOf(int partition, int n)
    {
        RequirePartition(partition);
        RequireCount(n);
        return n <= OwnersPerPartition
            ? new PreferenceList(_owners, partition * OwnersPerPartition, n)
            : new PreferenceList(WalkOf(partition), 0, Math.Min(n, MembersInOrder.Count));
    }

    /// <summary>All members that are not in <see cref="OwnersOf(int, int)"/>, in the order in which they stand in for an owner that is down.</summary>
    public PreferenceList FallbacksOf(int partition, int n)
    {
        RequirePartition(partition);
        RequireCount(n);
        int owners = Math.Min(n, MembersInOrder.Count);
        return new PreferenceList(WalkOf(partition), owners, MembersInOrder.Count - owners);
    }

    /// <summary>Whether the node is a member.</summary>
    public bool IsMember(NodeId node) => _indexes.ContainsKey(node);

    /// <summary>Whether the node is one of the partition's default owners.</summary>
    public bool Owns(NodeId node, int partition) => OwnersOf(partition).Contains(node);

    /// <summary>In how many default preference lists the node is; 0 for a stranger.</summary>
    public int ReplicasOf(NodeId node) => _indexes.TryGetValue(node, out int index) ? _replicas[index] : 0;

    /// <summary>In how many default preference lists the node is the first; 0 for a stranger.</summary>
    public int PrimariesOf(NodeId node) => _indexes.TryGetValue(node, out int index) ? _primaries[index] : 0;

    /// <summary>The partitions that the node owns by default, ascending. Walks the whole ring.</summary>
    public IReadOnlyList<int> PartitionsOf(NodeId node)
    {
        var partitions = new List<int>(ReplicasOf(node));
        for (int partition = 0; partition < Partitions; partition++)
        {
            if (Owns(node, partition))
                partitions.Add(partition);
        }

        return partitions;
    }

    // This ring or its other one, where its members lie as these do: the places depend on names, weights and zones alone.
    private RingSnapshot? WithSamePlaces(RingTopology topology, RingMember[] members)
    {
        bool isSame = topology.Partitions == Partitions
            && topology.ReplicaCount == ReplicaCount
            && members.AsSpan().SequenceEqual(MembersInOrder.ToArray(), SamePlace.Instance);
        return isSame ? this : Also?.WithSamePlaces(topology, members);
    }

    private void Own(int slot, int member)
    {
        _owners[slot] = MembersInOrder[member].Node;
        _replicas[member]++;
        if (slot % OwnersPerPartition == 0)
            _primaries[member]++;
    }

    private NodeId[] WalkOf(int partition) => Volatile.Read(ref _walks[partition]) ?? MakeWalk(partition);

    private NodeId[] MakeWalk(int partition)
    {
        var walk = new NodeId[MembersInOrder.Count];
        int rank = 0;
        foreach (int member in _placement.WalkOf(partition))
            walk[rank++] = MembersInOrder[member].Node;
        Volatile.Write(ref _walks[partition], walk);
        return walk;
    }

    private void RequirePartition(int partition) =>
        Invariant.Require((uint)partition < (uint)Partitions, "a partition is less than their number", partition);

    private static void RequireCount(int n) =>
        Invariant.Require(n is >= 1 and <= RingTopology.ReplicaCountMax, "a preference list has 1 to 15 nodes", n);

    private sealed class SamePlace : IEqualityComparer<RingMember>
    {
        public static readonly SamePlace Instance = new();

        public bool Equals(RingMember? left, RingMember? right) =>
            (left!.Node, left.Zone) == (right!.Node, right.Zone) && left.Weight.Equals(right.Weight);

        public int GetHashCode(RingMember member) => member.Weight.GetHashCode();
    }
}
