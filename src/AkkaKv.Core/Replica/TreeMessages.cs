using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Replica;

/// <summary>Whether a replica could tell of its tree. The numbers travel between nodes.</summary>
public enum TreeState : byte
{
    Ready = 0,

    /// <summary>The tree is being rebuilt after a start: try later.</summary>
    Rebuilding = 1,

    /// <summary>The trees are cut differently: they cannot be compared until both nodes have the same setting.</summary>
    OtherShape = 2,

    /// <summary>The question names what no tree of that shape has.</summary>
    Refused = 3,

    /// <summary>Another exchange moves this partition's keys just now: try later.</summary>
    Busy = 4,
}

/// <summary>
/// Asks a replica for nodes of its Merkle tree, by groups of siblings. Answered by <see cref="TreeNodesTold"/>. The first
/// question after a start sets off the rebuilding of the tree.
/// </summary>
/// <param name="Leaves">Leaves of the asker's tree: those of both must be alike.</param>
/// <param name="Level">0 for the root.</param>
/// <param name="Groups">1 to <see cref="GroupsMax"/>: the nodes of the level above whose children are asked for; for the root: 0.</param>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record TreeNodesAsk(int Leaves, int Level, IReadOnlyList<int> Groups, ulong Ticket, Address ReplyTo) : Message
{
    public const int GroupsMax = 64;
}

/// <param name="Hashes">Those of each group in turn; empty unless <see cref="TreeState.Ready"/>. At most 64 × 32.</param>
/// <param name="Keys">On the level of the leaves: how many keys each has, as long as <paramref name="Hashes"/>; else empty.</param>
public sealed record TreeNodesTold(ulong Ticket, TreeState State, IReadOnlyList<ulong> Hashes, IReadOnlyList<int> Keys) : Message
{
    public const int NodesMax = TreeNodesAsk.GroupsMax * TreeShape.FanOut;
}

/// <summary>
/// Asks for the keys of some leaves and their versions, a bounded part at a time. Answered by <see cref="TreeKeysTold"/>.
/// The asker has the partition's keys to itself until it says <see cref="TreeKeysEnd"/> or is silent for a while: two
/// exchanges at once would move the same objects twice.
/// </summary>
/// <param name="Of">1 to <see cref="LeavesMax"/> leaves.</param>
/// <param name="Cursor">0 at first, then what the last answer said.</param>
public sealed record TreeKeysAsk(int Leaves, IReadOnlyList<int> Of, long Cursor, ulong Ticket, Address ReplyTo) : Message
{
    public const int LeavesMax = 1024;
}

/// <param name="Keys">Some keys of those leaves, in no order; at most <see cref="KeysMax"/>.</param>
/// <param name="NextCursor">Where to go on; −1 when all were told.</param>
public sealed record TreeKeysTold(ulong Ticket, TreeState State, IReadOnlyList<KeyVersion> Keys, long NextCursor) : Message
{
    /// <summary>Bounds what a peer can make us hold; a part of a scan is far smaller.</summary>
    public const int KeysMax = 65_536;
}

/// <summary>The asker of keys is done with the partition. No answer.</summary>
public sealed record TreeKeysEnd(Address Asker) : Message;

/// <summary>A key and the <see cref="VersionHash"/> of what is held of it.</summary>
public readonly record struct KeyVersion(StoreKey Key, ulong Version);
