using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>Counts the acknowledgements of one write. Knows quorums, no messages.</summary>
/// <param name="needed">W.</param>
/// <param name="owners">How many owners the key has; those that are never sent to are failed at once.</param>
public sealed class WriteTally(int needed, int owners)
{
    private readonly bool?[] _acknowledged = new bool?[owners];

    /// <summary>Replicas that hold the write durably.</summary>
    public int Got { get; private set; }

    /// <summary>Replicas that said, or of which it is known, that they will not.</summary>
    public int Failed { get; private set; }

    public bool IsReached => Got >= needed;

    /// <summary>Too few are left to reach the quorum.</summary>
    public bool IsHopeless => owners - Failed < needed;

    public bool IsComplete => Got + Failed == owners;

    /// <summary>Notes the acknowledgement of the replica at a rank; a second answer of the same rank is ignored.</summary>
    public void Acknowledge(int rank)
    {
        if (!IsNew(rank))
            return;
        _acknowledged[rank] = true;
        Got++;
    }

    /// <summary>Notes that the replica at a rank will not acknowledge.</summary>
    public void Fail(int rank)
    {
        if (!IsNew(rank))
            return;
        _acknowledged[rank] = false;
        Failed++;
    }

    /// <summary>True when the replica holds the write durably.</summary>
    public bool HasAcknowledged(int rank) => _acknowledged[rank] == true;

    private bool IsNew(int rank)
    {
        Invariant.Require((uint)rank < (uint)_acknowledged.Length, "an answer comes from a replica of the key", rank);
        return _acknowledged[rank] is null;
    }
}
