using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Workload;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>All that is known of a finished run, and who covers whom.</summary>
internal sealed class RunEvidence
{
    private readonly SimWorld _world;
    private readonly HashSet<int>[] _final;
    private readonly List<(int Operation, long At)>[] _forgotten;

    public RunEvidence(SimWorld world, IReadOnlyList<WorkloadKey> keys, History history, HealedCluster healed)
    {
        _world = world;
        Keys = keys;
        History = history;
        FinalObjects = healed.FinalObjects;
        FinalReads = healed.FinalReads;
        Strays = healed.Strays;
        Coverage = new Coverage(world, keys.Count, history);
        _final = new HashSet<int>[keys.Count];
        _forgotten = new List<(int, long)>[keys.Count];
        for (int key = 0; key < _final.Length; key++)
        {
            _final[key] = FinalOf(key);
            _forgotten[key] = [];
        }

        foreach ((int operation, long at) in world.Dots.AllForgotten)
        {
            if (history.Find(operation) is { } write)
                _forgotten[write.Key.Index].Add((operation, at));
        }
    }

    public IReadOnlyList<WorkloadKey> Keys { get; }

    public History History { get; }

    /// <summary>By key, then by rank of the owner.</summary>
    public IReadOnlyList<SiblingSet[]> FinalObjects { get; }

    public IReadOnlyList<Operation> FinalReads { get; }

    /// <summary>What lay at the end where it does not belong.</summary>
    public IReadOnlyList<StrayObject> Strays { get; }

    public Coverage Coverage { get; }

    public DotChecker Dots => _world.Dots;

    /// <summary>Something says Busy without any fault.</summary>
    public bool IsCrowded => _world.Shape.IsCrowded;

    /// <summary>Pairs of reads that showed new, then old; counted, not promised against.</summary>
    public long NewThenOld { get; set; }

    /// <summary>Reads that missed what their session had written or read before, where no quorums met; not promised against.</summary>
    public long SessionMisses { get; set; }

    /// <summary>The operations whose values and tombstones the replicas of a key hold in the end; 0 for what nobody wrote.</summary>
    public IReadOnlySet<int> Final(int key) => _final[key];

    /// <summary>
    /// True when the read cannot have missed the write: strict quorums that meet in a replica whose disk was not lost, and
    /// the read began after the write was acknowledged. What a node that was declared dead has is not counted on, wherever
    /// the quorums meet: somebody else who acknowledged the write brought it to the owners that came after.
    /// </summary>
    public bool MustMeet(Operation read, Operation write)
    {
        if (!read.Strict || !write.Strict || !write.IsAcknowledgedWrite || write.CompletedAt >= read.InvokedAt)
            return false;
        int overlap = read.R + write.W - Math.Max(read.N, write.N);
        return overlap > 0 && overlap > DisksLost(write.InvokedAt, read.CompletedAt)
            && write.W > CopiesLost(write.InvokedAt, read.CompletedAt) && !MayBeAnsweredByTheDead(read);
    }

    // One that was declared dead and lives asks others who were, and nobody else, where so few are enough.
    private bool MayBeAnsweredByTheDead(Operation read) =>
        _world.LivingDead.HowMany(read.InvokedAt, read.CompletedAt, read.Node) > 0
        && read.R <= _world.LivingDead.HowMany(read.InvokedAt, read.CompletedAt);

    /// <summary>The operations of clients that succeeded, by session and key, in the order in which they were done.</summary>
    public IEnumerable<List<Operation>> Timelines()
    {
        var timelines = new SortedDictionary<(int Session, int Key), List<Operation>>();
        foreach (Operation operation in History.Operations)
        {
            if (operation.Session < 0 || operation.Outcome != OperationOutcome.Ok)
                continue;
            if (!timelines.TryGetValue((operation.Session, operation.Key.Index), out List<Operation>? timeline))
                timelines.Add((operation.Session, operation.Key.Index), timeline = []);
            timeline.Add(operation);
        }

        return timelines.Values;
    }

    /// <summary>The read showed the write, or what covers it; or a delete or expired value that does was forgotten by then.</summary>
    public bool Knew(Operation read, int write) =>
        Coverage.SeenByClient(read).Contains(write) || IsForgotten(write, read.Key.Index, read.CompletedAt);

    /// <summary>The write, or what covers it, was deleted or expired and a replica has forgotten it for good.</summary>
    public bool IsForgotten(int write, int key, long by)
    {
        foreach ((int operation, long at) in _forgotten[key])
        {
            if (at <= by && (operation == write || Coverage.Covers(operation, write)))
                return true;
        }

        return false;
    }

    /// <summary>How many disks were lost from a moment to another.</summary>
    public int DisksLost(long from, long to)
    {
        int lost = 0;
        foreach (long at in _world.DiskLosses)
            lost += at >= from && at <= to ? 1 : 0;
        return lost;
    }

    /// <summary>How many copies nobody counts on from a moment to another: on lost disks, and on nodes that were declared dead.</summary>
    public int CopiesLost(long from, long to) => DisksLost(from, to) + _world.LivingDead.HowMany(from, to);

    /// <summary>The operations whose values and tombstones a set holds; 0 for what nobody wrote.</summary>
    public List<int> OperationsIn(SiblingSet set)
    {
        var found = new List<int>(set.Count);
        foreach (VersionedValue value in set.Values)
            found.Add(value.Content.IsTombstone ? Dots.OperationOf(value.Dot) : PayloadCodec.OperationOf(value.Content.Payload));
        return found;
    }

    private HashSet<int> FinalOf(int key)
    {
        var found = new HashSet<int>();
        foreach (SiblingSet set in FinalObjects[key])
            found.UnionWith(OperationsIn(set));
        return found;
    }
}
