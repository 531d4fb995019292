using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Ids;

/// <summary>
/// Makers of ids on some nodes, each with a wall clock that jumps, a disk that takes its time, and crashes; one authority
/// gives grants. It checks each answer against the promises as it comes.
/// </summary>
internal sealed class IdWorld
{
    private readonly PriorityQueue<Action, (long Millis, ulong Order)> _events = new();
    private readonly List<(NodeId Node, IdRange Range)> _issued = [];
    private ulong _order;

    public IdWorld(int nodes, IdOptions options, ulong seed = 1)
    {
        Random = new RandomSource(seed);
        Options = options;
        Grants = new GrantAuthority(this);
        Nodes = [.. Enumerable.Range(1, nodes).Select(number => new IdNode(this, new NodeId($"node-{number}"), (ulong)number))];
    }

    /// <summary>When it begins, in true time: milliseconds since 1970.</summary>
    public static long Beginning { get; } = SnowflakeLayout.DefaultEpochUnixMillis + 1_000_000_000;

    public RandomSource Random { get; }

    public IdOptions Options { get; }

    public GrantAuthority Grants { get; }

    public IdNode[] Nodes { get; }

    /// <summary>True time since the beginning, in milliseconds.</summary>
    public long NowMillis { get; private set; }

    /// <summary>A store that says that it is done, and is not yet: the mark is then written after the issue.</summary>
    public bool AcknowledgesEarly { get; set; }

    /// <summary>What a node makes of a grant: everything, if it doesn't look at it.</summary>
    public Func<WorkerGrant, WorkerGrant> Grasps { get; set; } = static grant => grant;

    /// <summary>How long a write takes.</summary>
    public Func<long> WriteMillis { get; set; } = static () => 2;

    /// <summary>Promises that were not kept.</summary>
    public List<string> Broken { get; } = [];

    public long Count => _issued.Sum(issued => (long)issued.Range.Count);

    public void After(long millis, Action action) => _events.Enqueue(action, (NowMillis + millis, _order++));

    public void Advance(long millis)
    {
        long until = NowMillis + millis;
        while (_events.TryPeek(out _, out (long Millis, ulong Order) next) && next.Millis <= until)
        {
            NowMillis = next.Millis;
            _events.Dequeue()();
        }

        NowMillis = until;
    }

    public void Take(IdNode node, IReadOnlyList<IdRange> ranges)
    {
        foreach (IdRange range in ranges)
        {
            _issued.Add((node.Id, range));
            Check(node, range);
        }
    }

    /// <summary>No id twice, over all nodes and all time.</summary>
    public void CheckUnique()
    {
        (NodeId Node, IdRange Range)[] sorted = [.. _issued.OrderBy(issued => issued.Range.First)];
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Range.First <= sorted[i - 1].Range.Last)
                Broken.Add($"unique: {sorted[i].Range.First} by {sorted[i - 1].Node} and by {sorted[i].Node}");
        }
    }

    private void Check(IdNode node, IdRange range)
    {
        if (range.First <= node.LastId)
            Broken.Add($"increasing: {node.Id} gave {range.First} after {node.LastId}");
        node.LastId = range.Last;
        SnowflakeId id = SnowflakeId.Decode(range.Last, Options.Layout);
        if (id.UnixMillis > node.DurableMark)
            Broken.Add($"durable: {node.Id} made an id of {id.UnixMillis} with a mark at {node.DurableMark}");
        if (!Grants.Covers(node, (id.Datacenter << Options.Layout.MachineBits) | id.Machine, id.UnixMillis))
            Broken.Add($"granted: {node.Id} made an id of {id.UnixMillis} with worker {id.Datacenter}/{id.Machine}");
    }
}

/// <summary>Gives worker numbers for disjoint ranges of time, by true time; a node's clock may say something else.</summary>
internal sealed class GrantAuthority(IdWorld world)
{
    private readonly List<(NodeId Node, WorkerGrant Grant)> _given = [];
    private readonly SortedDictionary<int, WorkerGrant> _newest = [];
    private readonly SortedDictionary<int, NodeId> _holders = [];

    /// <summary>How many numbers there are.</summary>
    public int Workers { get; set; } = 2;

    /// <summary>How long a grant lasts.</summary>
    public long TermMillis { get; set; } = 1_000;

    /// <summary>It doesn't answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>A number that people gave by hand.</summary>
    public void Note(NodeId node, WorkerGrant grant) => _given.Add((node, grant));

    public bool Covers(IdNode node, int worker, long unixMillis) => _given.Exists(given =>
        given.Node == node.Id && given.Grant.Worker == worker && given.Grant.FromMillis < unixMillis && unixMillis <= given.Grant.UntilMillis);

    public void Answer(IdNode node, WorkerGrantAsk ask)
    {
        if (IsSilent)
            return;
        WorkerGrant? grant = Give(node, ask.StoreId);
        world.After(1 + world.Random.Next(20), () => node.Deliver(new WorkerGrantTold(ask.Ticket, grant is null ? null : world.Grasps(grant), "all are taken")));
    }

    // Its own for longer while nobody else has had it; else one whose term is over, from that end on.
    private WorkerGrant? Give(IdNode node, ulong storeId)
    {
        long now = IdWorld.Beginning + world.NowMillis;
        for (int worker = 0; worker < Workers; worker++)
        {
            if (_holders.TryGetValue(worker, out NodeId holder) && holder == node.Id && world.Random.Next(4) > 0)
                return Give(node, _newest[worker] with { UntilMillis = Math.Max(_newest[worker].UntilMillis, now + TermMillis) });
        }

        for (int worker = 0; worker < Workers; worker++)
        {
            long until = _newest.TryGetValue(worker, out WorkerGrant? before) ? before.UntilMillis : now - 10_000;
            if (until < now)
                return Give(node, new WorkerGrant(worker, until, now + TermMillis, storeId));
        }

        return null;
    }

    private WorkerGrant Give(IdNode node, WorkerGrant grant)
    {
        _newest[grant.Worker] = grant;
        _holders[grant.Worker] = node.Id;
        _given.Add((node.Id, grant));
        return grant;
    }
}
