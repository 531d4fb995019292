using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>
/// Does not update a leaf of its Merkle tree: each node of the tree is told as it was when it was first asked for, with
/// its leaf's first number of keys.
/// </summary>
internal sealed class LeavesTreeAsItWas : Mutation
{
    private readonly Dictionary<ulong, TreeNodesAsk> _asks = [];
    private readonly Dictionary<(int Level, int Node), (ulong Hash, int Keys)> _first = [];

    public override Message? In(IActorContext context, Message message)
    {
        if (message is TreeNodesAsk ask)
            _asks[ask.Ticket] = ask;
        return message;
    }

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not TreeNodesTold { State: TreeState.Ready } told || !_asks.Remove(told.Ticket, out TreeNodesAsk? ask))
            return message;
        int size = told.Hashes.Count / ask.Groups.Count;
        var hashes = new ulong[told.Hashes.Count];
        var keys = new int[told.Keys.Count];
        for (int i = 0; i < hashes.Length; i++)
        {
            (int, int) node = (ask.Level, (ask.Groups[i / size] * size) + (i % size));
            if (!_first.ContainsKey(node))
                _first.Add(node, (told.Hashes[i], keys.Length > 0 ? told.Keys[i] : 0));
            hashes[i] = _first[node].Hash;
            if (keys.Length > 0)
                keys[i] = _first[node].Keys;
        }

        return told with { Hashes = hashes, Keys = keys };
    }
}

/// <summary>Compares nothing: every question about a tree is lost.</summary>
internal sealed class ComparesNothing : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message) => message is TreeNodesAsk ? null : message;
}

/// <summary>Says that what it should merge is merged.</summary>
internal sealed class MovesNothing : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not ReplicaMerge merge)
            return message;
        context.Send(context.Self, new ReplicaMergeDone(merge.Ticket, ReplicaOutcome.Done));
        return null;
    }
}
