using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Versions;

/// <summary>
/// The dumb twin of a sibling set: remembers every write it ever heard of, and for each the whole set of writes that
/// it replaced. Slow, large, and obviously right.
/// </summary>
internal sealed record HistoryTwin(HashSet<Dot> Known, Dictionary<Dot, HashSet<Dot>> Replaced)
{
    public static HistoryTwin Empty => new([], []);

    /// <summary>The writes that no known write replaced.</summary>
    public SortedSet<Dot> Visible()
    {
        var visible = new SortedSet<Dot>(Known);
        foreach (HashSet<Dot> replaced in Replaced.Values)
            visible.ExceptWith(replaced);
        return visible;
    }

    public HistoryTwin Put(HistoryTwin context, Dot dot)
    {
        HistoryTwin merged = Merge(context);
        merged.Known.Add(dot);
        merged.Replaced[dot] = [.. context.Known];
        return merged;
    }

    public HistoryTwin Merge(HistoryTwin other)
    {
        var replaced = new Dictionary<Dot, HashSet<Dot>>(Replaced);
        foreach ((Dot dot, HashSet<Dot> dots) in other.Replaced)
            replaced[dot] = dots;
        return new HistoryTwin([.. Known, .. other.Known], replaced);
    }
}
