using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Workload;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>All that is known of a finished run, and who covers whom.</summary>
internal sealed class RunEvidence
{
    private readonly SimWorld _world;
    private readonly HashSet<int>[] _final;

    public RunEvidence(
        SimWorld world, IReadOnlyList<WorkloadKey> keys, History history, IReadOnlyList<SiblingSet[]> finalObjects, IReadOnlyList<Operation> finalReads)
    {
        _world = world;
        Keys = keys;
        History = history;
        FinalObjects = finalObjects;
        FinalReads = finalReads;
        Coverage = new Coverage(world, keys.Count, history);
        _final = new HashSet<int>[keys.Count];
        for (int key = 0; key < _final.Length; key++)
            _final[key] = FinalOf(key);
    }

    public IReadOnlyList<WorkloadKey> Keys { get; }

    public History History { get; }

    /// <summary>By key, then by rank of the owner.</summary>
    public IReadOnlyList<SiblingSet[]> FinalObjects { get; }

    public IReadOnlyList<Operation> FinalReads { get; }

    public Coverage Coverage { get; }

    public DotChecker Dots => _world.Dots;

    /// <summary>Something says Busy without any fault.</summary>
    public bool IsCrowded => _world.Shape.IsCrowded;

    /// <summary>Pairs of reads that showed new, then old; counted, not promised against.</summary>
    public long NewThenOld { get; set; }

    /// <summary>The operations whose values and tombstones the replicas of a key hold in the end; 0 for what nobody wrote.</summary>
    public IReadOnlySet<int> Final(int key) => _final[key];

    /// <summary>In how many replicas a strict read meets a strict write at least; 0 or less for none.</summary>
    public static int Overlap(Operation read, Operation write) => read.R + write.W - Math.Max(read.N, write.N);

    /// <summary>How many disks were lost from a moment to another.</summary>
    public int DisksLost(long from, long to)
    {
        int lost = 0;
        foreach (long at in _world.DiskLosses)
            lost += at >= from && at <= to ? 1 : 0;
        return lost;
    }

    private HashSet<int> FinalOf(int key)
    {
        var found = new HashSet<int>();
        foreach (SiblingSet set in FinalObjects[key])
        {
            foreach (VersionedValue value in set.Values)
            {
                found.Add(value.Content.IsTombstone ? Dots.OperationOf(value.Dot) : PayloadCodec.OperationOf(value.Content.Payload));
            }
        }

        return found;
    }
}
