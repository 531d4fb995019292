namespace AkkaKv.Core.Ring;

/// <summary>
/// Each partition's members in the order of their scores. A partition is seldom asked for more than a few, so only the
/// best are sorted at first, and all of them when someone asks how many there are beyond those.
/// </summary>
internal sealed class RingCandidates
{
    private readonly int[][] _members;
    private readonly double[][] _scores;
    private readonly Func<int, (int[] Members, double[] Scores)> _all;

    /// <param name="all">All members of a partition in order, with their scores.</param>
    /// <param name="best">At least the first of them, or fewer when only those fall below a threshold.</param>
    /// <param name="count">How many a partition has in all.</param>
    public RingCandidates(
        int partitions, int count, Func<int, (int[] Members, double[] Scores)> best, Func<int, (int[] Members, double[] Scores)> all)
    {
        _members = new int[partitions][];
        _scores = new double[partitions][];
        _all = all;
        Count = count;
        for (int partition = 0; partition < partitions; partition++)
            (_members[partition], _scores[partition]) = best(partition);
    }

    public int Partitions => _members.Length;

    /// <summary>How many candidates every partition has.</summary>
    public int Count { get; }

    public int MemberAt(int partition, int rank)
    {
        Reach(partition, rank);
        return _members[partition][rank];
    }

    public double ScoreAt(int partition, int rank)
    {
        Reach(partition, rank);
        return _scores[partition][rank];
    }

    private void Reach(int partition, int rank)
    {
        if (rank >= _members[partition].Length)
            (_members[partition], _scores[partition]) = _all(partition);
    }
}
