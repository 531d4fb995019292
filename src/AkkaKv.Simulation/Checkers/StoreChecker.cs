using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Simulation.World;
using AkkaKv.Storage;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 13: killed, torn or cut off from power at any write, a store opens again, holds what it acknowledged, and
/// never serves what was not written. The dumb twin of every node's store: a dictionary.
/// </summary>
internal sealed class StoreChecker(SimWorld world)
{
    private const string Promise = "a store holds what it acknowledged, through any crash, and serves nothing else";

    private readonly Dictionary<StoreKey, Expected>[] _nodes = NewTwins(world.Shape.Nodes);

    // In the order of the first write: iterating a dictionary would not be.
    private readonly List<StoreKey>[] _keys = NewLists(world.Shape.Nodes);

    private readonly Dictionary<(Address, ulong), StoreKey> _underWay = [];

    /// <summary>A write is about to be handed to the store.</summary>
    public void Staged(SimNode node, NodeStore store, StoreWrite write)
    {
        if (!_nodes[node.Index].TryGetValue(write.Key, out Expected? expected))
        {
            _nodes[node.Index].Add(write.Key, expected = new Expected());

            // Not empty where the twin had to forget what the store may have kept.
            expected.Settle(store.Look(write.Key).Object);
            _keys[node.Index].Add(write.Key);
        }

        expected.UnderWay.Add(write);
        _underWay[(write.ReplyTo, write.Ticket)] = write.Key;
    }

    public void Answered(SimNode node, Address to, Message message)
    {
        if (message is StoreWriteDone done)
            OnWriteDone(node, to, done);
    }

    /// <summary>The node's disk was replaced, or lost what a weaker durability does not keep.</summary>
    public void Forget(SimNode node)
    {
        _nodes[node.Index].Clear();
        _keys[node.Index].Clear();
    }

    /// <summary>A store was opened: everything acknowledged must be there.</summary>
    public void Opened(SimNode node, NodeStore store)
    {
        foreach (StoreKey key in _keys[node.Index])
        {
            Expected expected = _nodes[node.Index][key];
            StoreReadDone found = store.Look(key);
            if (found.Outcome == StoreOutcome.Corrupt && node.IsRotten)
                continue;
            if (found.Outcome != StoreOutcome.Done || !expected.Allows(found.Object))
                Fail(node, key, found, "after it was opened");
            expected.Settle(found.Object);
        }
    }

    /// <summary>Compares what a running store serves.</summary>
    public void Inspect(SimNode node, StoreKey key, StoreReadDone found)
    {
        if (found.Outcome == StoreOutcome.Corrupt && node.IsRotten)
            return;
        if (_nodes[node.Index].TryGetValue(key, out Expected? expected) && (found.Outcome != StoreOutcome.Done || !expected.IsNow(found.Object)))
            Fail(node, key, found, "while it ran");
    }

    private void OnWriteDone(SimNode node, Address to, StoreWriteDone done)
    {
        if (!_underWay.Remove((to, done.Ticket), out StoreKey? key) || !_nodes[node.Index].TryGetValue(key, out Expected? expected))
            return;
        int at = expected.UnderWay.FindIndex(write => write.Ticket == done.Ticket && write.ReplyTo == to);
        if (at >= 0)
            expected.Complete(at, done.Outcome);
    }

    private void Fail(SimNode node, StoreKey key, StoreReadDone found, string when) =>
        world.Fail(Promise, $"the store of {node.Id} answers {found.Outcome} with {found.Object.Length} bytes for {key} {when}, which is not what it acknowledged last");

    private static Dictionary<StoreKey, Expected>[] NewTwins(int nodes)
    {
        var twins = new Dictionary<StoreKey, Expected>[nodes];
        for (int i = 0; i < nodes; i++)
            twins[i] = [];
        return twins;
    }

    private static List<StoreKey>[] NewLists(int nodes)
    {
        var lists = new List<StoreKey>[nodes];
        for (int i = 0; i < nodes; i++)
            lists[i] = [];
        return lists;
    }

    /// <summary>What a key may hold: what was acknowledged last, or one of those written later.</summary>
    private sealed class Expected
    {
        private readonly List<ReadOnlyMemory<byte>> _unsure = [];
        private ReadOnlyMemory<byte> _sure;

        public List<StoreWrite> UnderWay { get; } = [];

        public void Complete(int at, StoreOutcome outcome)
        {
            StoreWrite write = UnderWay[at];
            UnderWay.RemoveAt(at);
            if (outcome == StoreOutcome.Done)
            {
                _sure = write.Object;
                _unsure.Clear();
            }
            else if (outcome == StoreOutcome.Failed)
            {
                _unsure.Add(write.Object);
            }
        }

        public bool IsNow(ReadOnlyMemory<byte> found) => found.Span.SequenceEqual(_sure.Span);

        public bool Allows(ReadOnlyMemory<byte> found) =>
            IsNow(found)
            || _unsure.Exists(candidate => candidate.Span.SequenceEqual(found.Span))
            || UnderWay.Exists(write => write.Object.Span.SequenceEqual(found.Span));

        public void Settle(ReadOnlyMemory<byte> found)
        {
            _sure = found.ToArray();
            _unsure.Clear();
            UnderWay.Clear();
        }
    }
}
