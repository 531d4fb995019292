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

    /// <param name="reachable">The members believed reachable; others are not asked.</param>
    public RequestPlan(StoreKey key, Quorum quorum, RingSnapshot ring, IReadOnlySet<NodeId> reachable)
    {
        Key = key;
        Quorum = quorum;
        _ring = ring;
        _reachable = reachable;
        Partition = ring.PartitionOf(key);
        Owners = ring.OwnersOf(Partition, quorum.N);
    }

    public StoreKey Key { get; }

    public int Partition { get; }

    public Quorum Quorum { get; }

    /// <summary>The key's owners, by preference.</summary>
    public PreferenceList Owners { get; }

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

    public bool IsReachable(NodeId node) => _reachable.Contains(node);

    public bool IsReachable(int rank) => _reachable.Contains(Owners[rank]);

    public int ReachableOwners
    {
        get
        {
            int count = 0;
            foreach (NodeId owner in Owners)
                count += IsReachable(owner) ? 1 : 0;
            return count;
        }
    }

    public Address ReplicaOf(int rank) => new(Owners[rank], ActorRole.Replica, (ulong)Partition);

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

    public IReadOnlyList<string> NamesWhere(Func<int, bool> predicate)
    {
        var names = new List<string>(Owners.Count);
        for (int rank = 0; rank < Owners.Count; rank++)
        {
            if (predicate(rank))
                names.Add(Owners[rank].Name);
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
            count += IsReachable(node) ? 1 : 0;
        }

        return count;
    }
}
