using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 12. Every answer of a maker of ids is looked at as it leaves it, whether or not it arrives: no id twice in the
/// whole cluster, increasing for each data directory, none without a right to its worker number at its timestamp, none beyond
/// the mark in the store. Clients say what reached them.
/// </summary>
internal sealed class IdChecker(SimWorld world)
{
    public const string Unique = "no unique id is ever made twice";
    public const string Increasing = "the unique ids of one data directory strictly increase";
    public const string Granted = "no unique id is made without a right to its worker number at its timestamp";
    public const string Durable = "no unique id lies beyond the durable mark";
    public const string Delivered = "a client gets the unique ids that were made for it";

    private readonly Dictionary<ulong, int> _byHand = [];
    private readonly Dictionary<(ulong Store, ulong Maker), long> _last = [];
    private readonly Dictionary<ulong, IdRanges> _made = [];
    private readonly Dictionary<ulong, IdRanges> _received = [];

    private IdShape Shape => world.Shape.Ids!;

    /// <summary>As careful people do: a directory that was never seen gets a number that nobody had.</summary>
    public int AssignByHand(ulong storeId)
    {
        if (!_byHand.TryGetValue(storeId, out int worker))
            _byHand.Add(storeId, worker = _byHand.Count);
        return worker;
    }

    /// <summary>A message leaves an actor.</summary>
    public void Sent(NodeLife life, Address from, Message message)
    {
        if (message is not IdsTold told || from.Role != ActorRole.Ids || from == IdPlaces.TicketDoor(from.Node))
            return;
        foreach (IdRange range in told.Ranges)
        {
            world.Trace.Mark(world.Now, life.Node.Index, 3, (ulong)range.First);
            Take(life, from, range);
            if (from == IdPlaces.Snowflake(from.Node))
                TakeSnowflake(life, range);
        }
    }

    /// <summary>A store was opened: its mark lies at or beyond every id that was ever made with it.</summary>
    public void Opened(SimNode node, NodeStore store)
    {
        if (world.Shape.Ids is null || node.IsRotten)
            return;
        if (_last.TryGetValue((node.StoreId, IdPlaces.Snowflake(node.Id).Number), out long last) && MillisOf(last) > MarkOf(store))
            world.Fail(Durable, $"{node.Id} has made ids up to {MillisOf(last)}, and its store was opened with the mark at {MarkOf(store)}");
    }

    /// <summary>A client was answered.</summary>
    /// <param name="maker">Of the place that was asked.</param>
    public void Received(SimNode node, ulong maker, int count, IReadOnlyList<IdRange> ranges)
    {
        if (ranges.Sum(static range => (long)range.Count) != count)
            world.Fail(Delivered, $"{node.Id} was asked for {count} ids and gave {string.Join(", ", ranges)}");
        ulong kind = KindOf(maker);
        foreach (IdRange range in ranges)
        {
            for (int i = 0; i < Pieces(range); i++)
            {
                (long first, long last) = PieceOf(range, i);
                if (!Of(_made, kind).Holds(first, last))
                    world.Fail(Delivered, $"{node.Id} gave {range}, which nobody had made");
                if (Of(_received, kind).Add(first, last) is { } twice)
                    world.Fail(Unique, $"two clients got {twice}; the second of {node.Id}");
            }
        }
    }

    /// <summary>Nobody remembers anything any more: the cluster begins anew, and with it its ids.</summary>
    public void Restart()
    {
        if (world.Shape.Ids is { IsByHand: true })
            return;
        _last.Clear();
        _made.Clear();
        _received.Clear();
    }

    private void Take(NodeLife life, Address from, IdRange range)
    {
        for (int i = 0; i < Pieces(range); i++)
        {
            (long first, long last) = PieceOf(range, i);
            if (Of(_made, KindOf(from.Number)).Add(first, last) is { } twice)
                world.Fail(Unique, $"{life.Node.Id} made {twice}, which had been made before");
        }

        (ulong, ulong) maker = (life.Node.StoreId, from.Number);
        if (_last.TryGetValue(maker, out long newest) && range.First <= newest)
            world.Fail(Increasing, $"{life.Node.Id} made {range.First} after {newest}, in the directory {life.Node.StoreId:x16}");
        _last[maker] = range.Last;
    }

    private void TakeSnowflake(NodeLife life, IdRange range)
    {
        long millis = MillisOf(range.First);
        int worker = WorkerOf(range.First);
        if (MillisOf(range.Last) != millis || WorkerOf(range.Last) != worker || range.Step != 1)
            world.Fail(Granted, $"{life.Node.Id} made {range}, which is not of one millisecond and one worker");
        if (WhyNotGranted(life.Node, worker, millis) is { } why)
            world.Fail(Granted, $"{life.Node.Id} made an id of {millis} as worker {worker} in the directory {life.Node.StoreId:x16}; {why}");
        if (millis > MarkOf(life.Store))
            world.Fail(Durable, $"{life.Node.Id} made an id of {millis} with the mark at {MarkOf(life.Store)}");
    }

    private string? WhyNotGranted(SimNode node, int worker, long millis)
    {
        // A number that was given by hand is good for ever.
        if (Shape.IsByHand)
            return _byHand.TryGetValue(node.StoreId, out int assigned) && assigned == worker ? null : "people gave it another number";
        return world.Line.Leases.Covers(worker, node.Id, node.StoreId, millis) ? null : "no configuration leases it the number for that moment";
    }

    /// <summary>The mark in a store, in milliseconds since 1970; the least number where there is none.</summary>
    public static long MarkOf(NodeStore store) =>
        store.Log.TryReadFact(IdActor.FactName, out ReadOnlyMemory<byte> bytes) && SnowflakeMark.TryDecode(bytes, out SnowflakeMark? mark)
            ? mark!.MarkUnixMillis
            : long.MinValue;

    // Taken apart here once more, not by the product.
    private long MillisOf(long id) => Shape.Layout.EpochUnixMillis + (id >> (Shape.Layout.DatacenterBits + Shape.Layout.MachineBits + Shape.Layout.SequenceBits));

    private int WorkerOf(long id) => (int)((id >> Shape.Layout.SequenceBits) & ((1L << (Shape.Layout.DatacenterBits + Shape.Layout.MachineBits)) - 1));

    // Tickets are made at one place and asked for at another.
    private static ulong KindOf(ulong maker) => maker == IdPlaces.TicketDoor(default).Number ? IdPlaces.Tickets(default).Number : maker;

    private static int Pieces(in IdRange range) => range.Step == 1 ? 1 : range.Count;

    private static (long First, long Last) PieceOf(in IdRange range, int index) =>
        range.Step == 1 ? (range.First, range.Last) : (range.First + (index * range.Step), range.First + (index * range.Step));

    private static IdRanges Of(Dictionary<ulong, IdRanges> ranges, ulong kind)
    {
        if (!ranges.TryGetValue(kind, out IdRanges? found))
            ranges.Add(kind, found = new IdRanges());
        return found;
    }
}
