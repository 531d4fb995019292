using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Hints;

/// <summary>One node that a record is kept for.</summary>
/// <param name="KeptAtMillis">When the oldest of it was first kept, Unix milliseconds, by the wall clock of the node that keeps it.</param>
public readonly record struct HintTarget(NodeId Node, long KeptAtMillis);

/// <summary>
/// What is kept of one key: a single object for all targets. It is the merge of all that was to be kept: to merge more
/// into a replica than it missed is always safe.
/// </summary>
/// <remarks>Invariants: targets strictly increase by name; without a target there is no object.</remarks>
public sealed class HintRecord
{
    /// <summary>Nothing is kept.</summary>
    public static readonly HintRecord Empty = new([], SiblingSet.Empty, default);

    private readonly HintTarget[] _targets;

    internal HintRecord(HintTarget[] targets, SiblingSet set, ReadOnlyMemory<byte> encoded)
    {
        _targets = targets;
        Set = set;
        Object = encoded;
    }

    public ReadOnlySpan<HintTarget> Targets => _targets;

    public SiblingSet Set { get; }

    /// <summary>The set, encoded.</summary>
    public ReadOnlyMemory<byte> Object { get; }

    public bool IsEmpty => _targets.Length == 0;

    public bool IsFor(NodeId target) => PlaceOf(target) >= 0;

    /// <returns>Null when nothing is kept for the target.</returns>
    public long? KeptAtMillisOf(NodeId target) => PlaceOf(target) is >= 0 and int place ? _targets[place].KeptAtMillis : null;

    /// <summary>Adds an object for a target.</summary>
    /// <returns>This record itself when it has all of it already.</returns>
    public HintRecord With(NodeId target, SiblingSet set, ReadOnlyMemory<byte> encoded, long nowMillis)
    {
        bool hasTarget = IsFor(target);
        bool hasObject = Set.Includes(set);
        if (hasTarget && hasObject)
            return this;

        // What replaces all that was there is as young as it was when it came; the rest keeps the age of its oldest part.
        bool replacesAll = set.Includes(Set);
        HintTarget[] targets = Stamped(target, hasTarget && !replacesAll ? KeptAtMillisOf(target)!.Value : nowMillis);
        if (hasObject)
            return new HintRecord(targets, Set, Object);
        if (replacesAll)
            return new HintRecord(targets, set, encoded);
        SiblingSet merged = Set.Merge(set);
        return new HintRecord(targets, merged, SiblingSetCodec.Encode(merged));
    }

    /// <returns>This record itself when nothing is kept for the target; the empty one when that was the last.</returns>
    public HintRecord Without(NodeId target)
    {
        int place = PlaceOf(target);
        if (place < 0)
            return this;
        return _targets.Length == 1 ? Empty : new HintRecord([.. _targets[..place], .. _targets[(place + 1)..]], Set, Object);
    }

    private HintTarget[] Stamped(NodeId target, long keptAtMillis)
    {
        var stamped = new List<HintTarget>(_targets);
        int place = stamped.FindIndex(candidate => candidate.Node >= target);
        if (place >= 0 && stamped[place].Node == target)
            stamped[place] = new HintTarget(target, keptAtMillis);
        else
            stamped.Insert(place < 0 ? stamped.Count : place, new HintTarget(target, keptAtMillis));
        return [.. stamped];
    }

    private int PlaceOf(NodeId target) => Array.FindIndex(_targets, candidate => candidate.Node == target);
}
