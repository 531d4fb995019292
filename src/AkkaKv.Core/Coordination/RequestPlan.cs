using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>What a coordinator knows of its request from the start; the ring and the opinions of that moment.</summary>
public sealed class RequestPlan
{
    private readonly RingSnapshot _ring;
    private readonly IReadOnlySet<NodeId> _reachable;
    private readonly PreferenceList _joined;
    private RingSnapshot? _before;

    /// <param name="reachable">The members believed reachable; others are not asked.</param>
    public RequestPlan(StoreKey key, Quorum quorum, RingSnapshot ring, IReadOnlySet<NodeId> reachable)
    {
        Key = key;
        Quorum = quorum;
        _ring = ring;
        _reachable = reachable;
        Partition = ring.PartitionOf(key);
        Owners = ring.OwnersOf(Partition, quorum.N);
        if (ring.Also is not { } other)
            return;
        PreferenceList also = other.OwnersOf(Partition, quorum.N);
        if (also.Count == Owners.Count && also.Span.IndexOfAnyExcept(Owners.Span) < 0)
            return; // The partition stays where it is: one group says it all.
        Also = also;
        _joined = PreferenceList.Rest(also, Owners);
        AlsoRanks = RanksOf(also);
    }

    public StoreKey Key { get; }

    public int Partition { get; }

    public Quorum Quorum { get; }

    /// <summary>Of the ring by which it is planned.</summary>
    public long Epoch => _ring.Epoch;

    /// <summary>The key's owners, by preference: who is read from, and written to.</summary>
    public PreferenceList Owners { get; }

    /// <summary>
    /// While the members change: the key's owners by the other ring, who are written to as well; some may be among
    /// <see cref="Owners"/>. Empty when nothing changes, or not for this key.
    /// </summary>
    public PreferenceList Also { get; }

    /// <summary>How many nodes a write goes to: the owners by rank, then those that only <see cref="Also"/> names.</summary>
    public int Targets => Owners.Count + _joined.Count;

    /// <summary>A bit for each rank among the targets whose node is in <see cref="Also"/>.</summary>
    public uint AlsoRanks { get; }

    /// <summary>How many of <see cref="Also"/> must hold a write: W, or all of them where they are fewer; 0 when there are none.</summary>
    public int AlsoNeeded => Math.Min(Quorum.W, Also.Count);

    /// <summary>Turns what was seen into the client's token.</summary>
    public required ContextSeal Seal { get; init; }

    /// <summary>Who waits for the reply.</summary>
    public required Address ReplyTo { get; init; }

    /// <summary>The ticket of the reply.</summary>
    public ulong ReplyTicket { get; init; }

    /// <summary>The gateway that takes the <see cref="RequestEnded"/>.</summary>
    public required Address Home { get; init; }

    /// <summary>Members that stand in for owners, in order; none of them counts for a strict quorum.</summary>
    public PreferenceList Fallbacks => _ring.FallbacksOf(Partition, Quorum.N);

    // Of who joined after the opinions were formed there is none: to ask is the way to find out.
    public bool IsReachable(NodeId node) => _reachable.Contains(node) || (_before is not null && !IsKnown(_before, node));

    public bool IsReachable(int rank) => IsReachable(TargetAt(rank));

    /// <summary>The node at a rank among the targets of a write.</summary>
    public NodeId TargetAt(int rank) => rank < Owners.Count ? Owners[rank] : _joined[rank - Owners.Count];

    /// <summary>The node's rank among the targets, or −1.</summary>
    public int RankOf(NodeId node)
    {
        int rank = Owners.RankOf(node);
        if (rank >= 0)
            return rank;
        int joined = _joined.RankOf(node);
        return joined < 0 ? -1 : Owners.Count + joined;
    }

    /// <summary>Whether the node may keep the write for an owner: one that is written to anyway would count twice.</summary>
    public bool CanStandIn(NodeId node) => IsReachable(node) && !_joined.Contains(node);

    /// <summary>The same request, planned by a newer ring.</summary>
    public RequestPlan Under(RingSnapshot ring) => new(Key, Quorum, ring, _reachable)
    {
        Seal = Seal,
        ReplyTo = ReplyTo,
        ReplyTicket = ReplyTicket,
        Home = Home,
        _before = _before ?? _ring,
    };

    public int ReachableOwners => CountReachable(Owners);

    public Address ReplicaOf(int rank) => new(TargetAt(rank), ActorRole.Replica, (ulong)Partition);

    public Address HintsOf(NodeId node) => new(node, ActorRole.Hints, (ulong)Partition);

    /// <summary>What the request came to, for the reply.</summary>
    public QuorumReport Report(int needed, int got, NodeId coordinator) =>
        new(Quorum.N, needed, got, Quorum.Overlapping, coordinator.Name);

    /// <summary>The error when too few nodes are reachable before anything is sent; null when enough are.</summary>
    /// <remarks>
    /// One owner at least, also in a sloppy quorum: only an owner makes dots, and only an owner knows whether a key
    /// exists. The others may be replaced by fallbacks.
    /// </remarks>
    public KvError? Shortage(int needed)
    {
        int owners = ReachableOwners;
        if (owners >= needed)
            return null;
        int reachable = Quorum.Strict ? owners : owners + CountFallbacks(needed - owners);
        if (owners > 0 && reachable >= needed)
            return null;
        IReadOnlyList<string> missing = NamesWhere(rank => !IsReachable(rank));
        string required = Quorum.Strict
            ? $"{needed} of {Owners.Count} owners of this key must be reachable; {owners} are."
            : $"{needed} nodes must be reachable to stand for the {Owners.Count} owners of this key, one of them an owner; {owners} owners and {reachable - owners} others are.";
        string detail = $"{required} Not reachable: {string.Join(", ", missing)}. "
            + "Nothing was sent. Try again when they are back, or ask for a smaller quorum.";
        return new KvError(KvErrorCode.NotEnoughReplicas, detail, KvOutcome.NotAttempted, Retryable: true, needed, reachable, missing);
    }

    /// <summary>As <see cref="Shortage"/>, for a write: by both rings.</summary>
    public KvError? WriteShortage() => Shortage(Quorum.W) ?? (Also.Count == 0 ? null : AlsoShortage());

    // Who stands in for an owner of both rings counts for both.
    private KvError? AlsoShortage()
    {
        int owners = CountReachable(Also);
        int missing = AlsoNeeded - owners;
        if (missing <= 0)
            return null;
        int needed = missing;
        if (ReachableOwners < Quorum.W)
            needed += Math.Max(0, Quorum.W - ReachableOwners - UnreachableOfBoth());
        int others = Quorum.Strict ? 0 : CountFallbacks(needed);
        if (!Quorum.Strict && others >= needed)
            return null;
        string[] names = [.. Also.Where(node => !IsReachable(node)).Select(node => node.Name)];
        string detail = $"The cluster's members are changing, and {AlsoNeeded} of the {Also.Count} owners that this key has before or after that, besides those that are read from, "
            + $"must be reachable{(Quorum.Strict ? "" : " or be stood for")}; {owners} are, and {others} others. Not reachable: {string.Join(", ", names)}. "
            + "Nothing was sent. Try again when they are back, or ask for a smaller quorum.";
        return new KvError(
            KvErrorCode.NotEnoughReplicas, detail, KvOutcome.NotAttempted, Retryable: true, AlsoNeeded, Math.Min(owners + others, AlsoNeeded), names);
    }

    private int UnreachableOfBoth()
    {
        int count = 0;
        foreach (NodeId owner in Owners)
            count += !IsReachable(owner) && Also.Contains(owner) ? 1 : 0;
        return count;
    }

    private int CountReachable(PreferenceList nodes)
    {
        int count = 0;
        foreach (NodeId node in nodes)
            count += IsReachable(node) ? 1 : 0;
        return count;
    }

    private uint RanksOf(PreferenceList nodes)
    {
        uint ranks = 0;
        foreach (NodeId node in nodes)
            ranks |= 1u << RankOf(node);
        return ranks;
    }

    private static bool IsKnown(RingSnapshot ring, NodeId node) => ring.IsMember(node) || ring.Also?.IsMember(node) == true;

    public IReadOnlyList<string> NamesWhere(Func<int, bool> predicate) => NamesWhere(predicate, Owners.Count);

    /// <summary>Of all that a write goes to.</summary>
    public IReadOnlyList<string> TargetsWhere(Func<int, bool> predicate) => NamesWhere(predicate, Targets);

    private List<string> NamesWhere(Func<int, bool> predicate, int ranks)
    {
        var names = new List<string>(Owners.Count);
        for (int rank = 0; rank < ranks; rank++)
        {
            if (predicate(rank))
                names.Add(TargetAt(rank).Name);
        }

        return names;
    }

    private int CountFallbacks(int enough)
    {
        int count = 0;
        foreach (NodeId node in Fallbacks)
        {
            if (count == enough)
                break;
            count += CanStandIn(node) ? 1 : 0;
        }

        return count;
    }
}
