namespace AkkaKv.Core.Ring;

/// <summary>Places partitions on members; members are indexes into the list ordered by name.</summary>
internal sealed class RingPlacement
{
    // Scores below this are sorted at first. The rates are such that about N members score below 1.
    private const double BestBelow = 4;

    private readonly int _partitions;
    private readonly int _ownersPerPartition;
    private readonly RingShares _shares;
    private readonly RingScores _scores;

    public RingPlacement(RingMember[] members, int partitions, int owners)
    {
        _partitions = partitions;
        _ownersPerPartition = owners;
        _shares = new RingShares(members, partitions, owners);
        _scores = new RingScores(members, _shares.Rates);
        Owners = MatchOwners();
        PutPrimariesFirst();
    }

    /// <summary>Slot partition × owners + rank: the member in that rank.</summary>
    public int[] Owners { get; }

    /// <summary>All members: the owners in their order, then the rest, the zones used least first, then by score.</summary>
    public int[] WalkOf(int partition)
    {
        ReadOnlySpan<int> owners = OwnersOf(partition);
        var zones = new int[_shares.ZoneBase.Length];
        foreach (int owner in owners)
            zones[_shares.ZoneOf[owner]]++;
        var rest = new List<int>(_scores.Members);
        for (int member = 0; member < _scores.Members; member++)
        {
            if (!owners.Contains(member))
                rest.Add(member);
        }

        return [.. owners, .. InZoneOrder(partition, rest, zones)];
    }

    private Span<int> OwnersOf(int partition) => Owners.AsSpan(partition * _ownersPerPartition, _ownersPerPartition);

    private int[] MatchOwners()
    {
        int[] caps = _shares.Caps;
        var candidates = new RingCandidates(_partitions, caps.Length, p => Scored(p, BestBelow), p => Scored(p, double.MaxValue));
        var rule = new RingZoneRule(_shares.ZoneOf, _shares.ZoneBase, _shares.ZoneExtras);
        var matching = new RingMatching(candidates, rule, caps, _ownersPerPartition);
        matching.Run();
        return matching.Slots;
    }

    private (int[] Members, double[] Scores) Scored(int partition, double below)
    {
        var members = new List<int>();
        var scores = new List<double>();
        for (int member = 0; member < _scores.Members; member++)
        {
            double score = _scores.Of(partition, member);
            if (score >= below)
                continue;
            members.Add(member);
            scores.Add(score);
        }

        return Sorted([.. members], [.. scores]);
    }

    // The same matching once more, one rank wide and among the owners only.
    private void PutPrimariesFirst()
    {
        var caps = new int[_scores.Members];
        for (int member = 0; member < caps.Length; member++)
            caps[member] = _shares.PrimaryCapOf(member, _ownersPerPartition);
        var candidates = new RingCandidates(_partitions, _ownersPerPartition, ScoredOwners, ScoredOwners);
        var matching = new RingMatching(candidates, RingZoneRule.Free(caps.Length), caps, 1);
        matching.Run();
        for (int partition = 0; partition < _partitions; partition++)
            OrderOwners(partition, matching.Slots[partition]);
    }

    private (int[] Members, double[] Scores) ScoredOwners(int partition)
    {
        int[] owners = OwnersOf(partition).ToArray();
        return Sorted(owners, Array.ConvertAll(owners, owner => _scores.OfPrimary(partition, owner)));
    }

    private void OrderOwners(int partition, int primary)
    {
        Span<int> owners = OwnersOf(partition);
        var zones = new int[_shares.ZoneBase.Length];
        zones[_shares.ZoneOf[primary]]++;
        var others = new List<int>(_ownersPerPartition);
        foreach (int owner in owners)
        {
            if (owner != primary)
                others.Add(owner);
        }

        owners[0] = primary;
        InZoneOrder(partition, others, zones).CopyTo(owners[1..]);
    }

    // Repeats: of the zones that were used least so far, the member with the best score. The j-th best of a zone is
    // taken when the zone has been used j times more, so sorting by that number, then by score, is the same.
    private int[] InZoneOrder(int partition, List<int> members, int[] zonesUsed)
    {
        (int[] sorted, double[] scores) = Sorted([.. members], [.. members.ConvertAll(member => _scores.Of(partition, member))]);
        var keys = new (int Used, double Score, int Member)[sorted.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = (zonesUsed[_shares.ZoneOf[sorted[i]]]++, scores[i], sorted[i]);
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => key.Member);
    }

    // By score; equal scores, should there be any, by the order of names.
    private static (int[] Members, double[] Scores) Sorted(int[] members, double[] scores)
    {
        var keys = new (double Score, int Member)[members.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = (scores[i], members[i]);
        Array.Sort(keys);
        return (Array.ConvertAll(keys, key => key.Member), Array.ConvertAll(keys, key => key.Score));
    }
}
