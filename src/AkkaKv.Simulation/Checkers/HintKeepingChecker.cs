using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 1, where it rests on nodes that stand in: at the moment in which one says that it keeps a write for an owner,
/// the write is in its store, or the owner has it already. Looked at directly, since the loss shows only when the other
/// copies are lost as well.
/// </summary>
internal sealed class HintKeepingChecker(SimWorld world)
{
    public const string Promise = "what a node says that it keeps for another, it keeps";

    private readonly Dictionary<(NodeId Keeper, Address ReplyTo, ulong Ticket), List<HintStore>> _asked = [];

    /// <summary>A message leaves an actor.</summary>
    public void Sent(Address from, Address to, Message message)
    {
        if (message is HintStore store)
        {
            var question = (to.Node, store.ReplyTo, store.Ticket);
            if (!_asked.TryGetValue(question, out List<HintStore>? asked))
                _asked.Add(question, asked = []);
            asked.Add(store);
        }
        else if (from.Role == ActorRole.Hints && message is ReplicaMergeDone { Outcome: ReplicaOutcome.Done } done
            && _asked.TryGetValue((from.Node, to, done.Ticket), out List<HintStore>? asked))
        {
            // Several questions under one number: which of them it answers is not said.
            if (asked.Count == 1)
                Check(world.Nodes[SimNode.IndexOf(from.Node)], asked[0]);
        }
    }

    // In a long run it may have grown too old in the meantime.
    private void Check(SimNode keeper, HintStore hint)
    {
        if (world.Shape.IsLong || !SiblingSetCodec.TryDecode(hint.Object, out SiblingSet set) || IsKept(keeper, hint, set) || IsDelivered(hint, set))
            return;
        world.Fail(Promise, $"{keeper.Id} said that it keeps {set} of {hint.Key} for {hint.Target}, and does not");
    }

    private static bool IsKept(SimNode keeper, HintStore hint, SiblingSet set)
    {
        StoreReadDone found = keeper.Life!.Store.Look(hint.Key, StoreSpace.Hints);
        return HintCodec.TryDecode(found.Object, out HintRecord record) && record.IsFor(hint.Target) && record.Set.Includes(set);
    }

    private bool IsDelivered(HintStore hint, SiblingSet set)
    {
        if (world.Nodes[SimNode.IndexOf(hint.Target)].Life is not { } target)
            return true;
        return SiblingSetCodec.TryDecode(target.Store.Look(hint.Key).Object, out SiblingSet held) && held.Includes(set);
    }
}
