using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// Gives every partition its owners: all pairs of partition and member are taken in the order of their scores, best
/// first, and a pair is accepted when the partition still wants an owner, the zones allow it, and the member is below
/// its cap. That is the one stable matching of partitions and members that both rank by the same scores, so a change of
/// the members disturbs only the pairs near it.
/// </summary>
/// <remarks>
/// Invariants: a partition's owners are distinct and spread over the zones as <see cref="RingShares"/> says; caps hold
/// as far as that allows. Source: Gale and Shapley 1962; Mirrokni, Thorup and Zadimoghaddam 2018 for the bounded loads.
/// </remarks>
internal sealed class RingMatching
{
    // Each look through a full member's partitions takes a walk over the ring: bounded, so that weights and zones that
    // fit badly cost evenness, not time.
    private const int ReliefsMax = 128;

    private const int None = -1;
    private readonly int _partitions;
    private readonly int _owners;
    private readonly RingZoneRule _zones;
    private readonly int[] _caps;
    private readonly int[] _loads;
    private readonly int[] _counts;
    private readonly RingCandidates _candidates;
    private int _reliefs;

    public RingMatching(RingCandidates candidates, RingZoneRule zones, int[] caps, int owners)
    {
        _candidates = candidates;
        _partitions = candidates.Partitions;
        _owners = owners;
        _zones = zones;
        _caps = caps;
        _loads = new int[caps.Length];
        _counts = new int[_partitions];
        Slots = new int[_partitions * owners];
    }

    /// <summary>Partition × owners + rank: the member there. Ranks are in the order in which they were accepted.</summary>
    public int[] Slots { get; }

    public void Run()
    {
        List<int> stuck = AcceptInOrder();
        stuck.Sort();
        foreach (int partition in stuck)
        {
            while (_counts[partition] < _owners)
                Complete(partition);
        }
    }

    // The queue holds each unfinished partition once, under the score of its next candidate.
    private List<int> AcceptInOrder()
    {
        var stuck = new List<int>();
        var next = new int[_partitions];
        var first = new (int Partition, ulong Key)[_partitions];
        for (int partition = 0; partition < _partitions; partition++)
            first[partition] = (partition, KeyOf(partition, 0));
        var queue = new PriorityQueue<int, ulong>(first);
        while (queue.TryPeek(out int partition, out _))
        {
            TryAccept(partition, _candidates.MemberAt(partition, next[partition]++));
            if (_counts[partition] < _owners && next[partition] < _candidates.Count)
            {
                queue.DequeueEnqueue(partition, KeyOf(partition, next[partition]));
                continue;
            }

            queue.Dequeue();
            if (_counts[partition] < _owners)
                stuck.Add(partition);
        }

        return stuck;
    }

    // Positive doubles order like their bits; the low bits give way to the partition, so that no two keys are equal.
    private ulong KeyOf(int partition, int rank) =>
        ((ulong)BitConverter.DoubleToInt64Bits(_candidates.ScoreAt(partition, rank)) & ~0xFFFFUL) | (uint)partition;

    private void TryAccept(int partition, int member)
    {
        if (_loads[member] < _caps[member] && _zones.Allows(OwnersOf(partition), None, member))
            Accept(partition, member);
    }

    private void Accept(int partition, int member)
    {
        Slots[(partition * _owners) + _counts[partition]++] = member;
        _loads[member]++;
    }

    private Span<int> OwnersOf(int partition) => Slots.AsSpan(partition * _owners, _counts[partition]);

    // Every candidate left is full. First choice: one of them hands another partition to a member with room.
    private void Complete(int partition)
    {
        int coolest = None;
        for (int rank = 0; rank < _candidates.Count; rank++)
        {
            int member = _candidates.MemberAt(partition, rank);
            if (OwnersOf(partition).Contains(member) || !_zones.Allows(OwnersOf(partition), None, member))
                continue;
            if (_loads[member] < _caps[member] || TryRelieve(member))
            {
                Accept(partition, member);
                return;
            }

            if (coolest == None || (long)_loads[member] * _caps[coolest] < (long)_loads[coolest] * _caps[member])
                coolest = member;
        }

        // Distinct owners in distinct zones come before the caps.
        Invariant.Require(coolest != None, "some member may own the partition", partition);
        Accept(partition, coolest);
    }

    // Of all partitions of the full member, hands over the one that some member with room likes best.
    private bool TryRelieve(int full)
    {
        if (_reliefs++ >= ReliefsMax)
            return false;
        (int Slot, int Member, double Score) best = (None, None, double.MaxValue);
        for (int partition = 0; partition < _partitions; partition++)
        {
            int at = OwnersOf(partition).IndexOf(full);
            if (at < 0)
                continue;
            (int member, double score) = BestHeir(partition, at);
            if (score < best.Score)
                best = ((partition * _owners) + at, member, score);
        }

        if (best.Slot == None)
            return false;
        Slots[best.Slot] = best.Member;
        _loads[best.Member]++;
        _loads[full]--;
        return true;
    }

    private (int Member, double Score) BestHeir(int partition, int leaving)
    {
        Span<int> owners = OwnersOf(partition);
        for (int rank = 0; rank < _candidates.Count; rank++)
        {
            int heir = _candidates.MemberAt(partition, rank);
            if (_loads[heir] < _caps[heir] && !owners.Contains(heir) && _zones.Allows(owners, leaving, heir))
                return (heir, _candidates.ScoreAt(partition, rank));
        }

        return (None, double.MaxValue);
    }
}
