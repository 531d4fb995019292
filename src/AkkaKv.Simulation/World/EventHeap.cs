namespace AkkaKv.Simulation.World;

/// <summary>
/// What will happen, by virtual time; events of the same moment in the order in which they were scheduled. A binary heap.
/// </summary>
internal sealed class EventHeap
{
    private Entry[] _entries = new Entry[1024];
    private long _nextOrder;

    public int Count { get; private set; }

    /// <summary>When the next event is due; there must be one.</summary>
    public long NextDue => _entries[0].Due;

    public void Add(long due, Action run)
    {
        if (Count == _entries.Length)
            Array.Resize(ref _entries, 2 * Count);
        var entry = new Entry(due, _nextOrder++, run);
        int at = Count++;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!entry.IsBefore(_entries[parent]))
                break;
            _entries[at] = _entries[parent];
            at = parent;
        }

        _entries[at] = entry;
    }

    public Action Take()
    {
        Action first = _entries[0].Run;
        Entry last = _entries[--Count];
        _entries[Count] = default;
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && _entries[child + 1].IsBefore(_entries[child]))
                child++;
            if (!_entries[child].IsBefore(last))
                break;
            _entries[at] = _entries[child];
            at = child;
        }

        if (Count > 0)
            _entries[at] = last;
        return first;
    }

    private readonly record struct Entry(long Due, long Order, Action Run)
    {
        public bool IsBefore(in Entry other) => Due != other.Due ? Due < other.Due : Order < other.Order;
    }
}
