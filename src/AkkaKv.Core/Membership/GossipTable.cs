using System.Numerics;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// Every member's newest heartbeat, and what of it to tell next. Invariants: an entry only moves forward; the order by
/// freshness holds each member once, the one that moved last in front.
/// </summary>
public sealed class GossipTable
{
    /// <summary>What a message holds besides its entries: envelope, stamps, lengths; rounded up.</summary>
    public const int HeaderBytes = 32;

    // 4 for the hash, 5 for the largest incarnation, 7 for the largest counter.
    private const int EntryBytesMax = 16;

    private readonly Dictionary<uint, int> _indexes = [];
    private readonly GossipEntry[] _entries;
    private readonly int _self;
    private readonly int _bytesMax;

    // The order by freshness, as a ring through _entries.Length, which is its head.
    private readonly int[] _after;
    private readonly int[] _before;

    // New incarnations, oldest first, and how often each is still to be told before the others.
    private readonly List<int> _rare = [];
    private readonly int[] _rareTellings;
    private readonly int _rareTellingsMax;

    private readonly long[] _chosenIn;
    private readonly List<GossipEntry> _chosen = [];
    private long _selection;
    private int _rotation;
    private int _bytesLeft;

    /// <param name="known">A table of other members, of which all that is known of these is kept; null at the start.</param>
    /// <exception cref="InvariantException">When two members' names have the same hash.</exception>
    public GossipTable(IReadOnlyList<NodeId> members, NodeId self, int bytesMax, GossipTable? known = null)
    {
        int count = members.Count;
        _bytesMax = bytesMax - HeaderBytes;
        _entries = new GossipEntry[count];
        _after = new int[count + 1];
        _before = new int[count + 1];
        _chosenIn = new long[count];
        _rareTellings = new int[count];

        // Enough for an epidemic to reach all with near certainty. Source: Das, Gupta and Motivala, SWIM, 2002, section 4.1.
        _rareTellingsMax = 3 * (1 + BitOperations.Log2((uint)count));
        _self = -1;
        for (int i = 0; i < count; i++)
        {
            uint hash = GossipEntry.HashOf(members[i]);
            bool isNew = _indexes.TryAdd(hash, i);
            Invariant.Require(isNew, "the members' names have different 32-bit hashes: rename one of the two", (members[_indexes[hash]], members[i]));
            _entries[i] = new GossipEntry(hash, 0, 0);
            _self = members[i] == self ? i : _self;
        }

        for (int i = 0; i <= count; i++)
            (_after[i], _before[i]) = ((i + 1) % (count + 1), (i + count) % (count + 1));
        Invariant.Require(_self >= 0, "a node is a member of its own table", self);
        _entries[_self] = _entries[_self] with { Incarnation = 1, Counter = 1 };
        if (known is not null)
            Keep(known);
    }

    public GossipEntry Self => _entries[_self];

    public int Count => _entries.Length;

    public GossipEntry this[int member] => _entries[member];

    /// <summary>Entries of usual size that one message holds.</summary>
    public static int EntriesPerMessage(int bytesMax) => (bytesMax - HeaderBytes) / 8;

    /// <summary>The member's place in the list of members; −1 for an unknown hash.</summary>
    public int IndexOf(uint member) => _indexes.GetValueOrDefault(member, -1);

    /// <summary>This node's heart beats.</summary>
    public void Beat()
    {
        _entries[_self] = Self with { Counter = Math.Min(Self.Counter + 1, GossipEntry.CounterMax) };
        MoveToFront(_self);
    }

    /// <summary>
    /// Takes what a peer tells. News of this node that this process never made come from an earlier one: then the
    /// incarnation becomes larger, and peers believe this process. Source of the idea: SWIM's refutation, section 4.2.
    /// </summary>
    public GossipNews Merge(GossipEntry told)
    {
        int index = IndexOf(told.Member);
        if (index < 0 || !told.IsBelievable || !told.IsNewerThan(_entries[index]))
            return GossipNews.None;
        bool isIncarnation = index == _self || told.Incarnation > _entries[index].Incarnation;
        if (index == _self)
            told = Self with { Incarnation = Math.Min(told.Incarnation + 1, GossipEntry.IncarnationMax) };
        _entries[index] = told;
        MoveToFront(index);
        if (isIncarnation)
            AddRare(index);
        if (index == _self)
            return GossipNews.OfSelf;
        return isIncarnation ? GossipNews.Incarnation : GossipNews.Heartbeat;
    }

    /// <summary>What to tell first: this node, new incarnations, the freshest, and a quarter of the rest in rotation.</summary>
    public GossipEntry[] Digest()
    {
        Begin();
        Choose(_self);
        Fill();
        return [.. _chosen];
    }

    /// <summary>
    /// The answer to a digest: where this table is newer; and, where the digest could not name all members, what it did
    /// not name, by the same order as a digest.
    /// </summary>
    public GossipEntry[] Delta(IReadOnlyList<GossipEntry> digest)
    {
        Begin();
        int named = 0;
        foreach (GossipEntry theirs in digest)
        {
            int index = IndexOf(theirs.Member);
            if (index < 0 || _chosenIn[index] == _selection)
                continue;
            named++;
            if (_entries[index].IsNewerThan(theirs))
                Choose(index);
            _chosenIn[index] = _selection;
        }

        if (named < _entries.Length)
            Fill();
        return [.. _chosen];
    }

    // The stalest first, so that the order by freshness is that of the other table.
    private void Keep(GossipTable known)
    {
        for (int other = known._before[known.Count]; other != known.Count; other = known._before[other])
        {
            int index = IndexOf(known[other].Member);
            if (index < 0 || known[other].Incarnation == 0)
                continue;
            _entries[index] = known[other];
            MoveToFront(index);
        }

        foreach (int other in known._rare)
        {
            if (IndexOf(known[other].Member) is var index and >= 0)
                AddRare(index);
        }
    }

    private void Begin()
    {
        _selection++;
        _chosen.Clear();
        _bytesLeft = _bytesMax;
    }

    private void Fill()
    {
        int rotated = _bytesLeft / 4;
        ChooseRare(_bytesLeft / 2);
        for (int index = _after[Count]; index != Count && _bytesLeft > rotated; index = _after[index])
        {
            // Behind the first unknown one there are only unknown ones: the rotation asks for them.
            if (_entries[index].Incarnation == 0)
                break;
            Choose(index);
        }

        for (int steps = 0; steps < Count && _bytesLeft >= EntryBytesMax; steps++)
        {
            Choose(_rotation);
            _rotation = (_rotation + 1) % Count;
        }
    }

    private void ChooseRare(int bytesMax)
    {
        int kept = 0;
        int until = _bytesLeft - bytesMax;
        for (int i = 0; i < _rare.Count; i++)
        {
            int index = _rare[i];
            if (_bytesLeft > until && _chosenIn[index] != _selection)
            {
                Choose(index);
                _rareTellings[index]--;
            }

            if (_rareTellings[index] > 0)
                _rare[kept++] = index;
        }

        _rare.RemoveRange(kept, _rare.Count - kept);
    }

    private void Choose(int index)
    {
        int bytes = _entries[index].WireBytes;
        if (_chosenIn[index] == _selection || bytes > _bytesLeft)
            return;
        _chosenIn[index] = _selection;
        _chosen.Add(_entries[index]);
        _bytesLeft -= bytes;
    }

    private void AddRare(int index)
    {
        if (_rareTellings[index] == 0)
            _rare.Add(index);
        _rareTellings[index] = _rareTellingsMax;
    }

    private void MoveToFront(int index)
    {
        (_after[_before[index]], _before[_after[index]]) = (_after[index], _before[index]);
        int first = _after[Count];
        (_after[index], _before[index]) = (first, Count);
        (_before[first], _after[Count]) = (index, index);
    }
}

/// <summary>What an entry was to the one who was told.</summary>
public enum GossipNews
{
    /// <summary>Known, older, of nobody known, or unbelievable.</summary>
    None,

    /// <summary>A newer counter of the same process.</summary>
    Heartbeat,

    /// <summary>Another process of the member, or the first word of it.</summary>
    Incarnation,

    /// <summary>Something of this node that this process did not say; it has taken a larger incarnation.</summary>
    OfSelf,
}
