using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>Which way an object has to go.</summary>
internal enum MoveKind
{
    /// <summary>Only the peer has the key.</summary>
    Fetch,

    /// <summary>Only this node has it.</summary>
    Push,

    /// <summary>Both have it, in different versions: who lacks what is seen when both are read.</summary>
    Both,
}

/// <summary>What two replicas told of the same leaves, put beside each other. Bounded by whoever fills it.</summary>
internal sealed class KeyDifference
{
    // A list beside each dictionary: the order of the moves must not hang on the dictionary's.
    private readonly List<KeyVersion> _ours = [];
    private readonly List<KeyVersion> _theirs = [];
    private readonly Dictionary<StoreKey, ulong> _ourVersions = [];
    private readonly Dictionary<StoreKey, ulong> _theirVersions = [];

    /// <summary>Keys held.</summary>
    public int Count => _ours.Count + _theirs.Count;

    public void AddOurs(KeyVersion told) => Add(told, _ours, _ourVersions);

    public void AddTheirs(KeyVersion told) => Add(told, _theirs, _theirVersions);

    /// <summary>What has to move; and how many keys cannot, because one side's record is damaged.</summary>
    public (Queue<(StoreKey Key, MoveKind Kind)> Moves, int Damaged) Find()
    {
        var moves = new Queue<(StoreKey, MoveKind)>();
        int damaged = 0;
        foreach (KeyVersion ours in _ours)
        {
            bool both = _theirVersions.TryGetValue(ours.Key, out ulong theirs);
            if (ours.Version == VersionHash.Damaged || (both && theirs == VersionHash.Damaged))
                damaged++;
            else if (!both)
                moves.Enqueue((ours.Key, MoveKind.Push));
            else if (ours.Version != theirs)
                moves.Enqueue((ours.Key, MoveKind.Both));
        }

        foreach (KeyVersion theirs in _theirs)
        {
            if (_ourVersions.ContainsKey(theirs.Key))
                continue;
            if (theirs.Version == VersionHash.Damaged)
                damaged++;
            else
                moves.Enqueue((theirs.Key, MoveKind.Fetch));
        }

        return (moves, damaged);
    }

    private static void Add(KeyVersion told, List<KeyVersion> list, Dictionary<StoreKey, ulong> versions)
    {
        if (versions.TryAdd(told.Key, told.Version))
            list.Add(told);
    }
}
