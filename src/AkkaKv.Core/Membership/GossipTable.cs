using System.Numerics;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// Every member's newest heartbeat, and what of it to tell next. Invariants: an entry only moves forward; each member is in
/// one list: what is rare, what has been told n times since it moved, or the rest.
/// </summary>
/// <remarks>
/// What nobody needs to hear any more is dropped by counting: an entry was told so often, or heard again from somebody who
/// knew it already. Source: Demers et al., "Epidemic algorithms for replicated database maintenance", 1987, section 1.4
/// (rumor mongering, with counters and feedback).
/// </remarks>
public sealed class GossipTable
{
    /// <summary>What a message holds besides its entries: envelope, stamps, lengths; rounded up.</summary>
    public const int HeaderBytes = 32;

    // Of a digest, for those of whom nothing was said for long.
    private const int RestPart = 8;

    // Where a message does not hold all: more than that, and old news displaces new; fewer, and it does not reach all.
    private const int TellingsMax = 4;

    // The lists of the order: new incarnations, the longest untold in front; then by tellings since the entry moved, the
    // newest in front; and the rest, the longest unsaid at the back.
    private const int Rare = 0;
    private const int Fresh = 1;
    private const int Rest = Fresh + TellingsMax;

    private readonly Dictionary<uint, int> _indexes = [];
    private readonly GossipEntry[] _entries;
    private readonly int _self;
    private readonly int _bytesMax;

    private readonly MemberLists _order;
    private readonly int[] _rareTellings;
    private readonly int _rareTellingsMax;
    private readonly List<int> _doubtful = [];
    private int _nextDoubtful;

    private readonly long[] _chosenIn;
    private readonly List<GossipEntry> _chosen = [];
    private long _selection;
    private int _bytesLeft;

    /// <param name="known">A table of other members, of which all that is known of these is kept; null at the start.</param>
    /// <exception cref="InvariantException">When two members' names have the same hash.</exception>
    public GossipTable(IReadOnlyList<NodeId> members, NodeId self, int bytesMax, GossipTable? known = null)
    {
        int count = members.Count;
        _bytesMax = bytesMax - HeaderBytes;
        _entries = new GossipEntry[count];
        _order = new MemberLists(count, Rest + 1, Rest);
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
    public void Beat() => _entries[_self] = Self with { Counter = Math.Min(Self.Counter + 1, GossipEntry.CounterMax) };

    /// <summary>
    /// Takes what a peer tells. News of this node that this process never made come from an earlier one: then the
    /// incarnation becomes larger, and peers believe this process. Source of the idea: SWIM's refutation, section 4.2.
    /// </summary>
    public GossipNews Merge(GossipEntry told)
    {
        int index = IndexOf(told.Member);
        if (index < 0 || !told.IsBelievable)
            return GossipNews.None;
        GossipEntry known = _entries[index];
        if (told == known)
            CountTelling(index);
        if (!told.IsNewerThan(known))
            return GossipNews.None;
        if (index == _self)
            told = Self with { Incarnation = Math.Min(told.Incarnation + 1, GossipEntry.IncarnationMax) };
        _entries[index] = told;
        Reorder(index, known);
        if (index == _self)
            return GossipNews.OfSelf;
        return told.Incarnation > known.Incarnation ? GossipNews.Incarnation : GossipNews.Heartbeat;
    }

    /// <summary>Whom digests ask about until the next call: members whose silence becomes suspicious.</summary>
    public void Doubt(IReadOnlyList<int> members)
    {
        _doubtful.Clear();
        _doubtful.AddRange(members);
    }

    /// <summary>
    /// What to tell, and by that to ask: this node; new incarnations; who is doubted; what was told least often, the
    /// newest first; and in what is left, at least an eighth, those of whom nothing was said for longest.
    /// </summary>
    public GossipEntry[] Digest()
    {
        Begin();
        Choose(_self);
        ChooseAll(Rare, _bytesLeft / 2);
        ChooseDoubtful(_bytesLeft / 2);
        ChooseFresh(_bytesLeft / RestPart);
        ChooseRest();
        return [.. _chosen];
    }

    /// <summary>
    /// The answer to a digest: where this table is newer; and, where the digest could not name all members, what it did
    /// not name, by the same order as a digest. Nobody answers an answer, so it asks for nothing.
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

        if (named < Count)
        {
            Choose(_self);
            ChooseAll(Rare, _bytesLeft / 2);
            ChooseFresh(0);
        }

        return [.. _chosen];
    }

    // Each list from its back, so that the order is that of the other table.
    private void Keep(GossipTable known)
    {
        for (int list = Rare; list <= Rest; list++)
        {
            for (int other = known._order.Last(list); other != MemberLists.None; other = known._order.Before(other))
            {
                int index = IndexOf(known[other].Member);
                if (index < 0 || known[other].Incarnation == 0)
                    continue;
                _entries[index] = known[other];
                _rareTellings[index] = known._rareTellings[other];
                _order.MoveToFront(index, list);
            }
        }
    }

    private void Begin()
    {
        _selection++;
        _chosen.Clear();
        _bytesLeft = _bytesMax;
    }

    // Newest first, those told least often before the others, until so few bytes are left.
    private void ChooseFresh(int bytesLeft)
    {
        for (int list = Fresh; list < Rest; list++)
            ChooseAll(list, bytesLeft);
    }

    // What is told goes to another list, or to the back: the walk ends where the list ended when it began.
    private void ChooseAll(int list, int bytesLeft)
    {
        int last = _order.Last(list);
        int index = _order.First(list);
        while (index != MemberLists.None && _bytesLeft > bytesLeft && Fits(index))
        {
            int next = index == last ? MemberLists.None : _order.After(index);
            if (Choose(index))
                CountTelling(index);
            index = next;
        }
    }

    // In rotation: a message may not hold all who are doubted.
    private void ChooseDoubtful(int bytesLeft)
    {
        for (int i = 0; i < _doubtful.Count && _bytesLeft > bytesLeft; i++)
        {
            _nextDoubtful = (_nextDoubtful + 1) % _doubtful.Count;
            Choose(_doubtful[_nextDoubtful]);
        }
    }

    private void ChooseRest()
    {
        int first = _order.First(Rest);
        int index = _order.Last(Rest);
        while (index != MemberLists.None && Fits(index))
        {
            int next = index == first ? MemberLists.None : _order.Before(index);
            if (Choose(index))
                _order.MoveToFront(index, Rest);
            index = next;
        }
    }

    private bool Choose(int index)
    {
        if (_chosenIn[index] == _selection || !Fits(index))
            return false;
        _chosenIn[index] = _selection;
        _chosen.Add(_entries[index]);
        _bytesLeft -= _entries[index].WireBytes;
        return true;
    }

    private bool Fits(int index) => _entries[index].WireBytes <= _bytesLeft;

    private void Reorder(int index, GossipEntry known)
    {
        // This node is in every message. And the first word of a member is no event: at a start it is everyone's.
        if (index == _self)
            return;
        if (known.Incarnation > 0 && _entries[index].Incarnation > known.Incarnation)
        {
            _rareTellings[index] = _rareTellingsMax;
            _order.MoveToFront(index, Rare);
        }
        else if (_order.ListOf(index) != Rare)
        {
            _order.MoveToFront(index, Fresh);
        }
    }

    private void CountTelling(int index)
    {
        int list = _order.ListOf(index);
        if (list == Rare && --_rareTellings[index] > 0)
            _order.MoveToBack(index, Rare);
        else if (list < Rest)
            _order.MoveToFront(index, list == Rare ? Rest : list + 1);
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
