using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using Google.Protobuf.Collections;

namespace AkkaKv.Wire.Codec;

/// <summary>The messages about Merkle trees, between the protocol's records and the wire's.</summary>
internal static class TreeParts
{
    private const TreeState StateMax = TreeState.Busy;

    public static V1.TreeNodesAsk ToProto(TreeNodesAsk ask, NodeId sender)
    {
        var proto = new V1.TreeNodesAsk
        {
            Leaves = (uint)ask.Leaves,
            Level = (uint)ask.Level,
            Ticket = ask.Ticket,
            ReplyTo = Parts.ToProto(ask.ReplyTo, sender),
        };
        Add(ask.Groups, proto.Groups);
        return proto;
    }

    public static TreeNodesAsk FromProto(V1.TreeNodesAsk ask, NodeId sender) => new(
        LeavesOf(ask.Leaves),
        Parts.IntOf(ask.Level, 0, TreeShape.LeavesMax, "a tree has few levels"),
        IndexesOf(ask.Groups, TreeNodesAsk.GroupsMax, "a question names at most 64 groups"),
        ask.Ticket,
        Parts.FromProto(ask.ReplyTo, sender));

    public static V1.TreeNodesTold ToProto(TreeNodesTold told)
    {
        var proto = new V1.TreeNodesTold { Ticket = told.Ticket, State = (uint)told.State };
        proto.Hashes.AddRange(told.Hashes);
        Add(told.Keys, proto.Keys);
        return proto;
    }

    public static TreeNodesTold FromProto(V1.TreeNodesTold told)
    {
        Parts.Require(told.Hashes.Count <= TreeNodesTold.NodesMax, "an answer tells at most 2048 nodes", told.Hashes.Count);
        Parts.Require(told.Keys.Count <= TreeNodesTold.NodesMax, "an answer tells at most 2048 nodes", told.Keys.Count);
        var keys = new int[told.Keys.Count];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = Parts.IntOf(told.Keys[i], 0, int.MaxValue, "keys are counted in 31 bits");
        return new TreeNodesTold(told.Ticket, StateOf(told.State), told.Hashes.ToArray(), keys);
    }

    public static V1.TreeKeysAsk ToProto(TreeKeysAsk ask, NodeId sender)
    {
        var proto = new V1.TreeKeysAsk
        {
            Leaves = (uint)ask.Leaves,
            Cursor = (ulong)ask.Cursor,
            Ticket = ask.Ticket,
            ReplyTo = Parts.ToProto(ask.ReplyTo, sender),
        };
        Add(ask.Of, proto.Of);
        return proto;
    }

    public static TreeKeysAsk FromProto(V1.TreeKeysAsk ask, NodeId sender)
    {
        Parts.Require(ask.Cursor <= long.MaxValue, "a cursor is not negative", ask.Cursor);
        return new TreeKeysAsk(
            LeavesOf(ask.Leaves),
            IndexesOf(ask.Of, TreeKeysAsk.LeavesMax, "a question names at most 1024 leaves"),
            (long)ask.Cursor,
            ask.Ticket,
            Parts.FromProto(ask.ReplyTo, sender));
    }

    public static V1.TreeKeysTold ToProto(TreeKeysTold told)
    {
        var proto = new V1.TreeKeysTold { Ticket = told.Ticket, State = (uint)told.State };
        if (told.NextCursor >= 0)
            proto.NextCursor = (ulong)told.NextCursor;
        foreach (KeyVersion key in told.Keys)
        {
            proto.Keys.Add(Parts.Opaque(key.Key.Bytes));
            proto.Versions.Add(key.Version);
        }

        return proto;
    }

    public static TreeKeysTold FromProto(V1.TreeKeysTold told)
    {
        Parts.Require(told.Keys.Count <= TreeKeysTold.KeysMax, "an answer tells at most 65536 keys", told.Keys.Count);
        Parts.Require(told.Keys.Count == told.Versions.Count, "every key is told with its version", (told.Keys.Count, told.Versions.Count));
        Parts.Require(told.NextCursor <= long.MaxValue, "a cursor is not negative", told.NextCursor);
        var keys = new KeyVersion[told.Keys.Count];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = new KeyVersion(Parts.KeyOf(told.Keys[i]), told.Versions[i]);
        return new TreeKeysTold(told.Ticket, StateOf(told.State), keys, told.HasNextCursor ? (long)told.NextCursor : -1);
    }

    public static V1.TreeKeysEnd ToProto(TreeKeysEnd end, NodeId sender) => new() { Asker = Parts.ToProto(end.Asker, sender) };

    public static TreeKeysEnd FromProto(V1.TreeKeysEnd end, NodeId sender) => new(Parts.FromProto(end.Asker, sender));

    private static void Add(IReadOnlyList<int> numbers, RepeatedField<uint> output)
    {
        foreach (int number in numbers)
            output.Add((uint)number);
    }

    private static int LeavesOf(uint leaves) =>
        Parts.IntOf(leaves, TreeShape.LeavesMin, TreeShape.LeavesMax, "a tree has 32 to 32768 leaves");

    private static int[] IndexesOf(RepeatedField<uint> indexes, int max, string rule)
    {
        Parts.Require(indexes.Count >= 1 && indexes.Count <= max, rule, indexes.Count);
        var numbers = new int[indexes.Count];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = Parts.IntOf(indexes[i], 0, TreeShape.LeavesMax - 1, "a place in a tree is less than 32768");
        return numbers;
    }

    private static TreeState StateOf(uint state)
    {
        Parts.Require(state <= (uint)StateMax, "a tree's state is one that is known", state);
        return (TreeState)state;
    }
}
