using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// Asks every owner for the root of its Merkle tree, and makes the same tree from what its store holds: the dumb twin of
/// all that keeps a tree up to date.
/// </summary>
internal sealed class TreeInspection(SimWorld world)
{
    private const int Asker = int.MinValue;

    /// <returns>Null when every tree is what its store says; else the first that is not.</returns>
    public string? Look()
    {
        TreeShape shape = TreeShape.Of(world.Shape.Partitions, world.Shape.TreeLeaves);
        foreach (SimNode node in world.Members)
        {
            var twins = new MerkleTree[shape.Partitions];
            for (int partition = 0; partition < twins.Length; partition++)
                twins[partition] = new MerkleTree(shape);
            foreach (StoreKey key in node.Life!.Store.KeysOf(StoreSpace.Objects))
            {
                SiblingSetCodec.TryDecode(node.Life.Store.Look(key).Object, out SiblingSet set);
                twins[shape.PartitionOf(key.Hash)].Change(key.Hash, VersionHash.Absent, VersionHash.Of(set));
            }

            foreach (int partition in world.Ring.PartitionsOf(node.Id))
            {
                if (Ask(node, shape, partition) is not { } root || root != twins[partition].Root)
                    return $"the tree of partition {partition} on {node.Id} is not what its store holds";
            }
        }

        return null;
    }

    // Nothing may happen between the look into the store and the answer: so the replica is asked in no time.
    private ulong? Ask(SimNode node, TreeShape shape, int partition)
    {
        ulong? root = null;
        Action<int, Message> clients = world.Reply;
        world.Reply = (call, message) =>
        {
            if (call != Asker)
                clients(call, message);
            else if (message is TreeNodesTold { State: TreeState.Ready } told)
                root = told.Hashes[0];
        };
        var replyTo = new Address(node.Id, ActorRole.Caller, unchecked((ulong)Asker));
        node.Life!.Post(new Address(node.Id, ActorRole.Replica, (ulong)partition), new TreeNodesAsk(shape.Leaves, 0, [0], 0, replyTo), 0);
        world.Reply = clients;
        return root;
    }
}
