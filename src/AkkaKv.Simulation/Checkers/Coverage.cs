using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Workload;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Which writes a write replaces, from what clients were shown: explicit sets of operations, where the product has
/// version vectors. The twin that the vectors are checked against.
/// </summary>
/// <remarks>
/// A write with the context of a read replaces what that read showed, and what those replaced. A read of a deleted key
/// shows nothing; its context stands for the tombstones that the replicas told it of, as it stands for values that have
/// expired. (A dot that the context covers is not
/// enough: a delete whose write failed has a dot too, and never was.) A write that replaces what its
/// client never saw (last write wins, delete without context) is only known by what its replica had seen.
/// </remarks>
internal sealed class Coverage
{
    private static readonly HashSet<int> Nothing = [];

    private readonly SimWorld _world;
    private readonly History _history;
    private readonly Dictionary<int, IReadOnlySet<int>> _covers = [];
    private readonly Dictionary<int, IReadOnlySet<int>> _seen = [];
    private readonly List<(Dot Dot, int Operation)>[] _dots;
    private readonly Dictionary<int, (Dot Dot, VersionVector? Seen)> _made = [];
    private readonly ContextSeal _seal = new(SimWorld.Secret.Span);

    public Coverage(SimWorld world, int keys, History history)
    {
        _world = world;
        _history = history;
        _dots = new List<(Dot, int)>[keys];
        for (int key = 0; key < keys; key++)
            _dots[key] = [];
        foreach ((Dot dot, int operation, VersionVector? seen) in world.Dots.All())
        {
            if (history.Find(operation) is not { } write)
                continue;
            _dots[write.Key.Index].Add((dot, operation));
            _made[operation] = (dot, seen);
        }
    }

    /// <summary>All writes that this one replaces; itself not among them.</summary>
    public IReadOnlySet<int> Of(int write)
    {
        if (_covers.TryGetValue(write, out IReadOnlySet<int>? known))
            return known;
        Operation? operation = _history.Find(write);
        if (operation is null)
            return Nothing;
        IReadOnlySet<int> covers = operation.IsLoose ? SeenByReplica(operation) : SeenByClient(operation.Source);
        if (covers.Contains(write))
            covers = covers.Where(other => other != write).ToHashSet();
        _covers.Add(write, covers);
        return covers;
    }

    public bool Covers(int newer, int older) => Of(newer).Contains(older);

    /// <summary>What a client knows to be replaced by a write with the context of this operation.</summary>
    public IReadOnlySet<int> SeenByClient(Operation? source)
    {
        if (source is null)
            return Nothing;
        if (_seen.TryGetValue(source.Number, out IReadOnlySet<int>? known))
            return known;
        HashSet<int> seen = WorkOutSeen(source);
        _seen.Add(source.Number, seen);
        return seen;
    }

    /// <summary>
    /// The writes that a read's context stands for although it does not show them: deletes of a key without live values, and
    /// values that expire. In no order.
    /// </summary>
    public IReadOnlyList<int> HiddenFrom(Operation read)
    {
        IReadOnlyDictionary<Dot, bool> told = _world.Dots.HiddenFor(read.Number);
        if (told.Count == 0 || !_seal.TryOpen(read.Key.Store, read.Context, out VersionVector vector, out _))
            return [];
        var hidden = new List<int>();
        foreach ((Dot dot, bool isTombstone) in told)
        {
            if ((!isTombstone || read.Shown.Count == 0) && vector.Covers(dot) && _world.Dots.OperationOf(dot) is > 0 and int write)
                hidden.Add(write);
        }

        return hidden;
    }

    private HashSet<int> WorkOutSeen(Operation source)
    {
        var seen = new HashSet<int>();
        if (source.IsWrite)
        {
            Add(seen, source.Number);
            return seen;
        }

        foreach (int shown in source.Shown)
            Add(seen, shown);
        foreach (Dot dot in source.ShownDeletes)
            Add(seen, _world.Dots.OperationOf(dot));
        foreach (int hidden in HiddenFrom(source))
            Add(seen, hidden);
        return seen;
    }

    private HashSet<int> SeenByReplica(Operation write)
    {
        var seen = new HashSet<int>();
        if (_made.TryGetValue(write.Number, out (Dot Dot, VersionVector? Seen) made) && made.Seen is { } vector)
        {
            foreach ((Dot dot, int operation) in _dots[write.Key.Index])
            {
                if (vector.Covers(dot))
                    seen.Add(operation);
            }
        }

        return seen;
    }

    private void Add(HashSet<int> seen, int write)
    {
        if (write == 0 || !seen.Add(write))
            return;
        seen.UnionWith(Of(write));
    }
}
