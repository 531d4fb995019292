using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>What a coordinator knows of its request from the start; the ring and the opinions of that moment.</summary>
/// <param name="Owners">The key's owners, by preference.</param>
/// <param name="Reachable">For each owner whether it is believed reachable; the others are not asked.</param>
/// <param name="Seal">Turns what was seen into the client's token.</param>
/// <param name="ReplyTo">Who waits for the reply.</param>
public sealed record RequestPlan(
    StoreKey Key,
    int Partition,
    Quorum Quorum,
    PreferenceList Owners,
    bool[] Reachable,
    ContextSeal Seal,
    Address ReplyTo)
{
    public int ReachableCount
    {
        get
        {
            int count = 0;
            foreach (bool reachable in Reachable)
                count += reachable ? 1 : 0;
            return count;
        }
    }

    public Address ReplicaOf(int rank) => new(Owners[rank], ActorRole.Replica, (ulong)Partition);

    /// <summary>What the request came to, for the reply.</summary>
    public QuorumReport Report(int needed, int got, NodeId coordinator) =>
        new(Quorum.N, needed, got, Quorum.Overlapping, coordinator.Name);

    /// <summary>The error when too few owners are reachable before anything is sent; null when enough are.</summary>
    public KvError? Shortage(int needed)
    {
        int reachable = ReachableCount;
        if (reachable >= needed)
            return null;
        IReadOnlyList<string> missing = NamesWhere(rank => !Reachable[rank]);
        string detail = $"{needed} of {Owners.Count} owners of this key must be reachable; {reachable} are. "
            + $"Not reachable: {string.Join(", ", missing)}. Nothing was sent. Try again when they are back, or ask for a smaller quorum.";
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
}
