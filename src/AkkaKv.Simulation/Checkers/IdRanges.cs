namespace AkkaKv.Simulation.Checkers;

/// <summary>Whole numbers that were seen, as ranges that do not touch, in their order.</summary>
internal sealed class IdRanges
{
    private readonly List<(long First, long Last)> _ranges = [];

    /// <summary>Adds numbers.</summary>
    /// <returns>One that was there already; null when none was.</returns>
    public long? Add(long first, long last)
    {
        int at = FirstEndingAtOrAfter(first);
        if (at < _ranges.Count && _ranges[at].First <= last)
            return Math.Max(first, _ranges[at].First);
        bool joinsBefore = at > 0 && _ranges[at - 1].Last == first - 1;
        bool joinsAfter = at < _ranges.Count && _ranges[at].First == last + 1;
        if (joinsBefore && joinsAfter)
        {
            _ranges[at - 1] = (_ranges[at - 1].First, _ranges[at].Last);
            _ranges.RemoveAt(at);
        }
        else if (joinsBefore)
        {
            _ranges[at - 1] = (_ranges[at - 1].First, last);
        }
        else if (joinsAfter)
        {
            _ranges[at] = (first, _ranges[at].Last);
        }
        else
        {
            _ranges.Insert(at, (first, last));
        }

        return null;
    }

    /// <summary>Whether all of them were added.</summary>
    public bool Holds(long first, long last)
    {
        int at = FirstEndingAtOrAfter(first);
        return at < _ranges.Count && _ranges[at].First <= first && _ranges[at].Last >= last;
    }

    private int FirstEndingAtOrAfter(long number)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Last < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
