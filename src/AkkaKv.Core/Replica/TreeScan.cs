using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>What a scan is for.</summary>
/// <param name="Wants">Which of the keys are read.</param>
/// <param name="Met">Told of each key, its version, and the object; the object is null when it cannot be read.</param>
/// <param name="Ended">Told at the end.</param>
/// <param name="KeysEnough">Ends early once this many keys were met.</param>
/// <param name="PartsMax">Ends early after this many parts of the scan.</param>
internal sealed record TreeScanPlan(
    ulong FirstHash,
    ulong LastHash,
    long Cursor,
    Func<StoreKey, bool> Wants,
    Action<StoreKey, ulong, SiblingSet?> Met,
    Action<IActorContext, TreeScan> Ended,
    long KeysEnough = long.MaxValue,
    long PartsMax = long.MaxValue);

/// <summary>
/// Walks over a range of the store: a part of the keys, then their objects a slice at a time, with a pause after each slice
/// so that requests are served in between.
/// </summary>
internal sealed class TreeScan(TreeScanPlan plan, TreeOptions options, TreeTickets tickets)
{
    private readonly Queue<StoreKey> _waiting = new();
    private long _parts;
    private long _met;
    private int _underWay;

    /// <summary>Where a later scan goes on; −1 at the end of the range.</summary>
    public long NextCursor { get; private set; } = plan.Cursor;

    /// <summary>Answers that still come are for nobody.</summary>
    public bool IsAbandoned { get; set; }

    private bool HasEnough => NextCursor < 0 || _met >= plan.KeysEnough || _parts >= plan.PartsMax;

    /// <summary>Takes the next slice.</summary>
    public void Go(IActorContext context)
    {
        if (IsAbandoned)
            return;
        if (_waiting.Count > 0)
            ReadSlice(context);
        else if (HasEnough)
            plan.Ended(context, this);
        else
            context.Send(TreeTickets.StoreOf(context), new StoreScan(plan.FirstHash, plan.LastHash, NextCursor, tickets.For(this, null), context.Self));
    }

    public void OnScanned(IActorContext context, StoreScanDone done)
    {
        _parts++;
        NextCursor = done.NextCursor;
        foreach (StoreKey key in done.Keys)
        {
            if (plan.Wants(key))
                _waiting.Enqueue(key);
        }

        // The objects of a part are read at once with it; a part that brought nothing is a slice of its own.
        if (_waiting.Count > 0 || HasEnough)
            Go(context);
        else
            Pause(context);
    }

    public void OnRead(IActorContext context, StoreKey key, StoreReadDone done)
    {
        _underWay--;
        _met++;
        SiblingSet stored = SiblingSet.Empty;
        bool whole = done.Outcome == StoreOutcome.Done && SiblingSetCodec.TryDecode(done.Object, out stored);
        plan.Met(key, whole ? VersionHash.Of(stored) : VersionHash.Damaged, whole ? stored : null);
        if (_underWay > 0)
            return;
        if (_waiting.Count == 0 && HasEnough)
            plan.Ended(context, this);
        else
            Pause(context);
    }

    private void ReadSlice(IActorContext context)
    {
        // Counted before the first is sent: an answer must not find the slice at its end too early.
        int slice = Math.Min(_waiting.Count, options.SliceKeys);
        _underWay = slice;
        for (; slice > 0; slice--)
        {
            StoreKey key = _waiting.Dequeue();
            context.Send(TreeTickets.StoreOf(context), new StoreRead(key, tickets.For(this, key), context.Self));
        }
    }

    private void Pause(IActorContext context) => context.StartTimer(options.SlicePause, new TreeSlice(this));
}

/// <summary>Timer: the pause after a slice is over.</summary>
internal sealed record TreeSlice(TreeScan Scan) : Message;

/// <summary>
/// Which scan a store's answer belongs to. The tickets have their top bit set, by which the replica tells them from its own.
/// </summary>
internal sealed class TreeTickets
{
    private const ulong Mark = 1UL << 63;

    private readonly Dictionary<ulong, (TreeScan Scan, StoreKey? Key)> _open = [];
    private ulong _next = Mark;

    public static bool Has(ulong ticket) => ticket >= Mark;

    public static Address StoreOf(IActorContext context) => new(context.Self.Node, ActorRole.Store, 0);

    public ulong For(TreeScan scan, StoreKey? key)
    {
        _open.Add(_next, (scan, key));
        return _next++;
    }

    public (TreeScan Scan, StoreKey? Key) Take(ulong ticket)
    {
        bool known = _open.Remove(ticket, out (TreeScan Scan, StoreKey? Key) found);
        Invariant.Require(known, "a store answers only what was asked", ticket);
        return found;
    }
}
