using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Hints;

/// <summary>
/// What one partition durably keeps, without the objects: by key, and by target in the order in which it is sent.
/// </summary>
/// <remarks>
/// Invariants: an entry has a mark for each target of its record; a mark that is not gone is either in its lane's queue
/// or in the hands of whoever took it from there. So nothing that is kept is forgotten to be sent.
/// </remarks>
internal sealed class HintLedger
{
    // An entry, a mark and their places in collections, in round numbers: many small hints are bounded in memory, too.
    private const int EntryBytes = 256;
    private const int TargetBytes = 128;

    private readonly Dictionary<StoreKey, HintEntry> _entries = [];
    private readonly SortedDictionary<NodeId, HintLane> _lanes = [];
    private readonly Queue<HintLane> _awakened = new();

    /// <summary>All records, with what they need in memory.</summary>
    public long Bytes { get; private set; }

    public int Keys => _entries.Count;

    /// <summary>Those of the targets for whom something waits, by name.</summary>
    public IReadOnlyCollection<HintLane> Lanes => _lanes.Values;

    public bool Knows(StoreKey key) => _entries.ContainsKey(key);

    public HintLane? LaneOf(NodeId target) => _lanes.GetValueOrDefault(target);

    public long BytesOf(StoreKey key) => _entries.TryGetValue(key, out HintEntry? entry) ? entry.Bytes : 0;

    public static long BytesOf(StoreKey key, HintRecord record) =>
        record.IsEmpty ? 0 : EntryBytes + key.Bytes.Length + record.Object.Length + (record.Targets.Length * TargetBytes);

    /// <summary>Lanes that something was added to since the last time.</summary>
    public bool TryTakeAwakened(out HintLane lane) => _awakened.TryDequeue(out lane!);

    /// <summary>The store holds this record of the key now; the empty one for none.</summary>
    /// <param name="isOwn">This process kept it; otherwise it was found in the store, and its age is what the clock says.</param>
    public void Put(IActorContext context, StoreKey key, HintRecord record, bool isOwn)
    {
        if (!_entries.TryGetValue(key, out HintEntry? entry))
        {
            if (record.IsEmpty)
                return;
            entry = new HintEntry(key);
            _entries.Add(key, entry);
        }

        for (int i = entry.Marks.Count - 1; i >= 0; i--)
        {
            if (!record.IsFor(entry.Marks[i].Lane.Target))
                Drop(entry, i);
        }

        Bytes += BytesOf(key, record) - entry.Bytes;
        entry.Bytes = BytesOf(key, record);
        foreach (HintMark mark in entry.Marks)
            mark.Lane.Bytes += record.Object.Length - entry.ObjectBytes;
        entry.ObjectBytes = record.Object.Length;
        foreach (HintTarget target in record.Targets)
            Stamp(context, entry, target, isOwn);
        if (record.IsEmpty)
            _entries.Remove(key);
    }

    /// <summary>Forgets a lane that has nothing left and nothing under way.</summary>
    public void Prune(HintLane lane)
    {
        if (lane.IsIdle && lane.Keys == 0)
            _lanes.Remove(lane.Target);
    }

    private void Stamp(IActorContext context, HintEntry entry, HintTarget target, bool isOwn)
    {
        HintMark? mark = entry.Marks.Find(candidate => candidate.Lane.Target == target.Node);
        if (mark is null)
        {
            if (!_lanes.TryGetValue(target.Node, out HintLane? lane))
                _lanes.Add(target.Node, lane = new HintLane(target.Node));
            mark = new HintMark(entry, lane);
            entry.Marks.Add(mark);
            lane.Keys++;
            lane.Bytes += entry.ObjectBytes;
            lane.Waiting.Enqueue(mark);
            _awakened.Enqueue(lane);
        }
        else if (mark.KeptAtMillis == target.KeptAtMillis)
        {
            return;
        }

        mark.KeptAtMillis = target.KeptAtMillis;
        mark.Since = context.Now;
        mark.AgeThen = isOwn ? TimeSpan.Zero : AgeOf(context, target.KeptAtMillis);
    }

    // A stamp in the future is a clock that was wrong, then or now: better too young than too old.
    private static TimeSpan AgeOf(IActorContext context, long keptAtMillis)
    {
        long age = context.WallNow.ToUnixTimeMilliseconds() - Math.Max(0, keptAtMillis);
        return age > 0 ? TimeSpan.FromMilliseconds(age) : TimeSpan.Zero;
    }

    private static void Drop(HintEntry entry, int place)
    {
        HintMark mark = entry.Marks[place];
        mark.IsGone = true;
        mark.Lane.Keys--;
        mark.Lane.Bytes -= entry.ObjectBytes;
        entry.Marks.RemoveAt(place);
    }
}
