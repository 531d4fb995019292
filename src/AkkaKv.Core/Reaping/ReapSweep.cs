using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Reaping;

/// <summary>One pass over the keys of a partition: which part is at hand, and what was found so far.</summary>
internal sealed class ReapSweep
{
    private readonly SortedDictionary<string, int> _waiting = new(StringComparer.Ordinal);
    private IReadOnlyList<StoreKey> _part = [];
    private int _next;

    /// <summary>Where the scan goes on; −1 when all keys were told.</summary>
    public long Cursor { get; private set; }

    public List<DeadKey> Batch { get; } = [];

    /// <summary>Dead keys met.</summary>
    public int Dead { get; set; }

    public void Take(IReadOnlyList<StoreKey> part, long cursor)
    {
        _part = part;
        _next = 0;
        Cursor = cursor;
    }

    public bool TryNext(out StoreKey key)
    {
        bool any = _next < _part.Count;
        key = any ? _part[_next++] : null!;
        return any;
    }

    public void Waits(string reason, int keys = 1) => _waiting[reason] = _waiting.GetValueOrDefault(reason) + keys;

    /// <summary>The reasons, most frequent first.</summary>
    public IReadOnlyList<ReapWait> Waiting()
    {
        var reasons = new List<ReapWait>(_waiting.Count);
        foreach ((string reason, int keys) in _waiting)
            reasons.Add(new ReapWait(reason, keys));
        reasons.Sort(static (left, right) => right.Keys != left.Keys ? right.Keys.CompareTo(left.Keys) : string.CompareOrdinal(left.Reason, right.Reason));
        return reasons;
    }
}
