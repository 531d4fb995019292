using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Versions;

/// <summary>
/// All that a replica holds of one key: what it has seen, and the values that nothing it has seen replaces.
/// </summary>
/// <remarks>
/// Invariants: the seen vector covers every value's dot; values are in strictly increasing order of dot. A dot that is
/// covered and not among the values was overwritten, and never comes back: that is the whole rule of <see cref="Merge"/>.
/// Merge is commutative, associative and idempotent. Source: Almeida, Baquero, Gonçalves, Preguiça and Fonte,
/// "Scalable and Accurate Causality Tracking for Eventually Consistent Stores", 2014 (dotted version vector sets).
/// </remarks>
public sealed class SiblingSet
{
    private readonly VersionedValue[] _values;

    internal SiblingSet(VersionVector seen, VersionedValue[] values)
    {
        Seen = seen;
        _values = values;
    }

    /// <summary>A key that was never written.</summary>
    public static SiblingSet Empty { get; } = new(VersionVector.Empty, []);

    /// <summary>Every write that was seen, overwritten ones included. Given to clients as the context.</summary>
    public VersionVector Seen { get; }

    /// <summary>The concurrent values, tombstones included, by dot.</summary>
    public ReadOnlySpan<VersionedValue> Values => _values;

    public int Count => _values.Length;

    /// <summary>
    /// Drops the values that the context covers and adds one under a new dot. The writer's context becomes seen here
    /// too, so that what it replaced elsewhere is replaced when the sets meet.
    /// </summary>
    /// <param name="dot">New: greater than every counter of its actor in the set and in the context.</param>
    public SiblingSet Put(VersionVector context, Dot dot, ValueContent content)
    {
        Invariant.Require(!Seen.Covers(dot), "a new dot is one that the set has not seen", dot);
        Invariant.Require(!context.Covers(dot), "a new dot is one that the context does not cover", dot);
        var kept = new List<VersionedValue>(_values.Length + 1);
        foreach (VersionedValue value in _values)
        {
            if (!context.Covers(value.Dot))
                kept.Add(value);
        }

        int place = kept.FindIndex(value => value.Dot > dot);
        kept.Insert(place < 0 ? kept.Count : place, new VersionedValue(dot, content));
        return new SiblingSet(Seen.Join(context).With(dot), kept.ToArray());
    }

    /// <summary>Keeps each value that both sides hold, or that one side holds and the other has not seen.</summary>
    public SiblingSet Merge(SiblingSet other)
    {
        var kept = new List<VersionedValue>(_values.Length + other._values.Length);
        int left = 0, right = 0;
        while (left < _values.Length || right < other._values.Length)
        {
            int order = Order(left, other, right);
            if (order == 0)
            {
                kept.Add(_values[left++]);
                right++;
            }
            else if (order < 0)
            {
                KeepUnseen(_values[left++], other.Seen, kept);
            }
            else
            {
                KeepUnseen(other._values[right++], Seen, kept);
            }
        }

        return new SiblingSet(Seen.Join(other.Seen), kept.ToArray());
    }

    /// <summary>True when merging the other in would change nothing here.</summary>
    public bool Includes(SiblingSet other)
    {
        if (!Seen.Covers(other.Seen))
            return false;

        // A value of ours that the other has overwritten would be dropped by the merge.
        foreach (VersionedValue value in _values)
        {
            if (other.Seen.Covers(value.Dot) && !other.Holds(value.Dot))
                return false;
        }

        return true;
    }

    /// <summary>True when the value of that dot is among the siblings.</summary>
    public bool Holds(Dot dot)
    {
        foreach (VersionedValue value in _values)
        {
            if (value.Dot == dot)
                return true;
        }

        return false;
    }

    /// <summary>How many values a writer with this context has not seen.</summary>
    public int CountUnseenBy(VersionVector context)
    {
        int unseen = 0;
        foreach (VersionedValue value in _values)
            unseen += context.Covers(value.Dot) ? 0 : 1;
        return unseen;
    }

    /// <summary>How many values a client may see at that wall-clock time.</summary>
    public int VisibleAt(long nowMillis)
    {
        int visible = 0;
        foreach (VersionedValue value in _values)
            visible += value.Content.IsVisibleAt(nowMillis) ? 1 : 0;
        return visible;
    }

    public override string ToString() => $"{Seen} [{string.Join(", ", _values.Select(value => value.Dot))}]";

    private int Order(int left, SiblingSet other, int right)
    {
        if (left == _values.Length)
            return 1;
        return right == other._values.Length ? -1 : _values[left].Dot.CompareTo(other._values[right].Dot);
    }

    private static void KeepUnseen(VersionedValue value, VersionVector seenByOther, List<VersionedValue> kept)
    {
        if (!seenByOther.Covers(value.Dot))
            kept.Add(value);
    }
}
