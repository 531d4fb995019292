using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>
/// A replica's Merkle tree and its conversations: kept up to date by every durable write, rebuilt from the store after a
/// start, told to whoever compares.
/// </summary>
/// <remarks>
/// Invariant: a tree that is known counts each key at the version that a read would show. The tree lives in memory alone;
/// after a start, and after a write of which nobody knows whether it is on the disk, it is unknown, and the next question
/// has it rebuilt. No write waits for that. How each key is counted exactly once, though writes go on:
/// <list type="number">
/// <item>The store answers a replica in order, so a read's answer shows the key as of all writes whose completion came before it.</item>
/// <item>A rebuild remembers which keys it has counted.</item>
/// <item>A read's answer counts its key at the version it shows, unless it is counted already.</item>
/// <item>A completed write counts its key at the new version if it is not counted yet; else it replaces the old version.</item>
/// <item>So after 3 or 4, whichever comes first, the key is counted once, and each later write passes through 4.</item>
/// <item>A key that the scan does not meet was not there when the scan began: a write brought it, by 4.</item>
/// <item>A key that is removed before it was counted is remembered as counted, at nothing; a late answer changes nothing.</item>
/// </list>
/// What is remembered is a hash of the key under a seed of the rebuild's own, so that nobody can choose keys that are
/// taken for each other.
/// </remarks>
internal sealed class PartitionTree(TreeOptions options, TreeShape shape, Action<StoreKey, SiblingSet>? met = null)
{
    private readonly TreeTickets _tickets = new();
    private MerkleTree? _tree;
    private TreeScan? _rebuild;
    private HashSet<ulong>? _counted;
    private ulong _countedSeed;
    private Address? _seat;
    private TimeSpan _seatUntil;
    private int _listings;

    private bool IsKnown => _tree is not null && _rebuild is null;

    /// <summary>True for an answer of the store that is for the tree.</summary>
    public static bool Asked(StoreReadDone done) => TreeTickets.Has(done.Ticket);

    public void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case TreeNodesAsk ask: OnNodesAsk(context, ask); break;
            case TreeKeysAsk ask: OnKeysAsk(context, ask); break;
            case TreeKeysEnd end: OnKeysEnd(end); break;
            case StoreScanDone done: OnScanned(context, done); break;
            case StoreReadDone done: OnRead(context, done); break;
            case TreeSlice slice: slice.Scan.Go(context); break;
            default: throw new InvariantException($"A partition's tree has no use for {message.GetType().Name}");
        }
    }

    /// <summary>
    /// A write, or a removal, of the key became durable. Versions are <see cref="VersionHash"/>es; the one after a removal
    /// is <see cref="VersionHash.Absent"/>.
    /// </summary>
    public void Changed(StoreKey key, ulong before, ulong after)
    {
        if (_tree is null)
            return;
        if (_counted is not null && _counted.Add(Remembered(key)))
            _tree.Change(key.Hash, VersionHash.Absent, after);
        else
            _tree.Change(key.Hash, before, after);
    }

    /// <summary>A write may or may not be on the disk: the tree is unknown until it is rebuilt.</summary>
    public void Forget()
    {
        if (_rebuild is not null)
            _rebuild.IsAbandoned = true;
        _rebuild = null;
        _counted = null;
        _tree = null;
    }

    private void OnNodesAsk(IActorContext context, TreeNodesAsk ask)
    {
        TreeState state = StateFor(ask);
        if (state == TreeState.Rebuilding && _tree is null)
            Rebuild(context);
        if (state != TreeState.Ready)
        {
            context.Send(ask.ReplyTo, new TreeNodesTold(ask.Ticket, state, [], []));
            return;
        }

        int size = shape.GroupSizeOf(ask.Level);
        bool ofLeaves = ask.Level == shape.Levels - 1;
        var hashes = new List<ulong>(ask.Groups.Count * size);
        var keys = new List<int>(ofLeaves ? ask.Groups.Count * size : 0);
        foreach (int group in ask.Groups)
        {
            for (int node = group * size; node < (group + 1) * size; node++)
            {
                hashes.Add(_tree!.At(ask.Level, node));
                if (ofLeaves)
                    keys.Add(_tree.KeysAt(node));
            }
        }

        context.Send(ask.ReplyTo, new TreeNodesTold(ask.Ticket, TreeState.Ready, hashes, keys));
    }

    private TreeState StateFor(TreeNodesAsk ask)
    {
        if (ask.Leaves != shape.Leaves)
            return TreeState.OtherShape;
        if (ask.Level < 0 || ask.Level >= shape.Levels || ask.Groups.Count is < 1 or > TreeNodesAsk.GroupsMax)
            return TreeState.Refused;
        foreach (int group in ask.Groups)
        {
            if (group < 0 || group >= shape.GroupsOf(ask.Level))
                return TreeState.Refused;
        }

        return IsKnown ? TreeState.Ready : TreeState.Rebuilding;
    }

    private void Rebuild(IActorContext context)
    {
        int partition = PartitionOf(context);
        _tree = new MerkleTree(shape);
        _counted = [];
        _countedSeed = context.Random.NextUInt64();
        _rebuild = new TreeScan(
            new TreeScanPlan(
                shape.FirstHashOf(partition, 0),
                shape.LastHashOf(partition, shape.Leaves - 1),
                0,
                key => shape.PartitionOf(key.Hash) == partition && !_counted.Contains(Remembered(key)),
                Count,
                (_, _) => EndRebuild()),
            options,
            _tickets);
        _rebuild.Go(context);
    }

    private void Count(StoreKey key, ulong version, SiblingSet? stored)
    {
        if (!_counted!.Add(Remembered(key)))
            return;
        _tree!.Change(key.Hash, VersionHash.Absent, version);
        if (stored is not null)
            met?.Invoke(key, stored);
    }

    private void EndRebuild()
    {
        _rebuild = null;
        _counted = null;
    }

    private void OnScanned(IActorContext context, StoreScanDone done)
    {
        TreeScan scan = _tickets.Take(done.Ticket).Scan;
        if (!scan.IsAbandoned)
            scan.OnScanned(context, done);
    }

    private void OnRead(IActorContext context, StoreReadDone done)
    {
        (TreeScan scan, StoreKey? key) = _tickets.Take(done.Ticket);
        if (!scan.IsAbandoned)
            scan.OnRead(context, key!, done);
    }

    private void OnKeysAsk(IActorContext context, TreeKeysAsk ask)
    {
        TreeState state = StateFor(context, ask);
        if (state != TreeState.Ready)
        {
            context.Send(ask.ReplyTo, new TreeKeysTold(ask.Ticket, state, [], -1));
            return;
        }

        _seat = ask.ReplyTo;
        _seatUntil = context.Now + options.SeatTime;
        _listings++;
        List(context, ask);
    }

    private TreeState StateFor(IActorContext context, TreeKeysAsk ask)
    {
        if (ask.Leaves != shape.Leaves)
            return TreeState.OtherShape;
        if (ask.Of.Count is < 1 or > TreeKeysAsk.LeavesMax || ask.Cursor < 0)
            return TreeState.Refused;
        foreach (int leaf in ask.Of)
        {
            if (leaf < 0 || leaf >= shape.Leaves)
                return TreeState.Refused;
        }

        bool taken = _seat is { } holder && holder != ask.ReplyTo && context.Now < _seatUntil;
        return taken || _listings >= options.ListingsMax ? TreeState.Busy : TreeState.Ready;
    }

    private void List(IActorContext context, TreeKeysAsk ask)
    {
        int partition = PartitionOf(context);
        var leaves = new SortedSet<int>(ask.Of);
        var told = new List<KeyVersion>();
        var scan = new TreeScan(
            new TreeScanPlan(
                shape.FirstHashOf(partition, leaves.Min),
                shape.LastHashOf(partition, leaves.Max),
                ask.Cursor,
                key => shape.PartitionOf(key.Hash) == partition && leaves.Contains(shape.LeafOf(key.Hash)),
                (key, version, _) => Tell(told, key, version),
                (at, ended) => EndListing(at, ask, told, ended.NextCursor),
                options.PageKeys,
                options.PageParts),
            options,
            _tickets);
        scan.Go(context);
    }

    private static void Tell(List<KeyVersion> told, StoreKey key, ulong version)
    {
        if (version != VersionHash.Absent)
            told.Add(new KeyVersion(key, version));
    }

    private void EndListing(IActorContext context, TreeKeysAsk ask, List<KeyVersion> told, long nextCursor)
    {
        _listings--;
        context.Send(ask.ReplyTo, new TreeKeysTold(ask.Ticket, TreeState.Ready, told, nextCursor));
    }

    private void OnKeysEnd(TreeKeysEnd end)
    {
        if (_seat == end.Asker)
            _seat = null;
    }

    private ulong Remembered(StoreKey key) => StableHash.Of(key.Bytes.Span, _countedSeed);

    private static int PartitionOf(IActorContext context) => (int)context.Self.Number;
}
