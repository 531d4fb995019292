using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Simulation.World;
using AkkaKv.Storage;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 13: killed, torn or cut off from power at any write, a store opens again, holds what it acknowledged, and
/// never serves what was not written, nor what was removed. The dumb twin of every node's store: a dictionary.
/// </summary>
internal sealed class StoreChecker(SimWorld world)
{
    private const string Promise = "a store holds what it acknowledged, through any crash, and serves nothing else";

    private readonly Twin[] _twins = NewTwins(world.Shape.Machines);
    private readonly Dictionary<(Address, ulong), Place> _underWay = [];

    /// <summary>A write is about to be handed to the store.</summary>
    public void Staged(SimNode node, NodeStore store, StoreWrite write) =>
        Stage(node, store, new Place(write.Space, write.Key), new Change(write.Object, write.Ticket, write.ReplyTo));

    /// <summary>A removal is about to be handed to the store. What was removed reads as nothing.</summary>
    public void Staged(SimNode node, NodeStore store, StoreRemove remove) =>
        Stage(node, store, new Place(remove.Space, remove.Key), new Change(default, remove.Ticket, remove.ReplyTo));

    public void Answered(SimNode node, Address to, Message message)
    {
        if (message is StoreWriteDone done)
            OnWriteDone(node, to, done);
    }

    /// <summary>The node's disk was replaced, or lost what a weaker durability does not keep.</summary>
    public void Forget(SimNode node) => _twins[node.Index] = new Twin { MayHoldMore = true };

    /// <summary>A store was opened: everything acknowledged must be there, and nothing that was removed.</summary>
    public void Opened(SimNode node, NodeStore store)
    {
        Twin twin = _twins[node.Index];
        HashSet<Place> told = Scanned(node, store, twin);
        foreach (Place place in twin.Places)
        {
            Expected expected = twin.Known[place];
            StoreReadDone found = store.Look(place.Key, place.Space);
            if (found.Outcome == StoreOutcome.Corrupt && node.IsRotten)
                continue;
            if (found.Outcome != StoreOutcome.Done || !expected.Allows(found.Object))
                Fail(node, place, found, "after it was opened");
            if (!found.Object.IsEmpty && !told.Contains(place))
                world.Fail(Promise, $"the store of {node.Id} holds {place} and no scan tells of it");
            expected.Settle(found.Object);
        }
    }

    /// <summary>Compares what a running store serves.</summary>
    public void Inspect(SimNode node, StoreRead read, StoreReadDone found)
    {
        if (found.Outcome == StoreOutcome.Corrupt && node.IsRotten)
            return;
        var place = new Place(read.Space, read.Key);
        if (_twins[node.Index].Known.TryGetValue(place, out Expected? expected) && (found.Outcome != StoreOutcome.Done || !expected.IsNow(found.Object)))
            Fail(node, place, found, "while it ran");
    }

    private void Stage(SimNode node, NodeStore store, Place place, in Change change)
    {
        Twin twin = _twins[node.Index];
        if (!twin.Known.TryGetValue(place, out Expected? expected))
        {
            twin.Known.Add(place, expected = new Expected());

            // Not empty where the twin had to forget what the store may have kept.
            expected.Settle(store.Look(place.Key, place.Space).Object);
            twin.Places.Add(place);
        }

        expected.UnderWay.Add(change);
        _underWay[(change.ReplyTo, change.Ticket)] = place;
    }

    private void OnWriteDone(SimNode node, Address to, StoreWriteDone done)
    {
        if (!_underWay.Remove((to, done.Ticket), out Place place) || !_twins[node.Index].Known.TryGetValue(place, out Expected? expected))
            return;
        int at = expected.UnderWay.FindIndex(change => change.Ticket == done.Ticket && change.ReplyTo == to);
        if (at >= 0)
            expected.Complete(at, done.Outcome);
    }

    // What the scans of both spaces tell of: each key once, and none that was never written.
    private HashSet<Place> Scanned(SimNode node, NodeStore store, Twin twin)
    {
        var told = new HashSet<Place>();
        foreach (StoreSpace space in (ReadOnlySpan<StoreSpace>)[StoreSpace.Objects, StoreSpace.Hints])
        {
            foreach (StoreKey key in store.KeysOf(space))
            {
                var place = new Place(space, key);
                if (!told.Add(place))
                    world.Fail(Promise, $"a scan of the store of {node.Id} tells {place} twice");
                if (!twin.MayHoldMore && !twin.Known.ContainsKey(place))
                    world.Fail(Promise, $"a scan of the store of {node.Id} tells {place}, which was never written");
            }
        }

        return told;
    }

    private void Fail(SimNode node, Place place, StoreReadDone found, string when) =>
        world.Fail(Promise, $"the store of {node.Id} answers {found.Outcome} with {found.Object.Length} bytes for {place} {when}, which is not what it acknowledged last");

    private static Twin[] NewTwins(int nodes)
    {
        var twins = new Twin[nodes];
        for (int i = 0; i < nodes; i++)
            twins[i] = new Twin();
        return twins;
    }

    private readonly record struct Place(StoreSpace Space, StoreKey Key)
    {
        public override string ToString() => $"{Key} of {Space}";
    }

    /// <summary>A write, or a removal, whose object is empty.</summary>
    private readonly record struct Change(ReadOnlyMemory<byte> Object, ulong Ticket, Address ReplyTo);

    private sealed class Twin
    {
        public Dictionary<Place, Expected> Known { get; } = [];

        /// <summary>In the order of the first write: iterating a dictionary would not be.</summary>
        public List<Place> Places { get; } = [];

        /// <summary>The store may hold what the twin had to forget.</summary>
        public bool MayHoldMore { get; init; }
    }

    /// <summary>What a key may hold: what was acknowledged last, or one of those written later.</summary>
    private sealed class Expected
    {
        private readonly List<ReadOnlyMemory<byte>> _unsure = [];
        private ReadOnlyMemory<byte> _sure;

        public List<Change> UnderWay { get; } = [];

        public void Complete(int at, StoreOutcome outcome)
        {
            Change change = UnderWay[at];
            UnderWay.RemoveAt(at);
            if (outcome == StoreOutcome.Done)
            {
                _sure = change.Object;
                _unsure.Clear();
            }
            else if (outcome == StoreOutcome.Failed)
            {
                _unsure.Add(change.Object);
            }
        }

        public bool IsNow(ReadOnlyMemory<byte> found) => found.Span.SequenceEqual(_sure.Span);

        public bool Allows(ReadOnlyMemory<byte> found) =>
            IsNow(found)
            || _unsure.Exists(candidate => candidate.Span.SequenceEqual(found.Span))
            || UnderWay.Exists(change => change.Object.Span.SequenceEqual(found.Span));

        public void Settle(ReadOnlyMemory<byte> found)
        {
            _sure = found.ToArray();
            _unsure.Clear();
            UnderWay.Clear();
        }
    }
}
