namespace AkkaKv.Core.Membership;

/// <summary>
/// Members in several lists. Invariant: each member is in exactly one. Members and lists are numbers from 0; a walk ends at
/// <see cref="None"/>.
/// </summary>
internal sealed class MemberLists
{
    public const int None = -1;

    // Rings through the members; the ring of a list goes through its head, which comes after the members.
    private readonly int[] _after;
    private readonly int[] _before;
    private readonly int[] _listOf;
    private readonly int _members;

    /// <summary>All members begin in the list <paramref name="first"/>.</summary>
    public MemberLists(int members, int lists, int first)
    {
        _members = members;
        _after = new int[members + lists];
        _before = new int[members + lists];
        _listOf = new int[members];
        for (int head = members; head < members + lists; head++)
            _after[head] = _before[head] = head;
        for (int member = 0; member < members; member++)
        {
            _after[member] = _before[member] = member;
            MoveToBack(member, first);
        }
    }

    public int ListOf(int member) => _listOf[member];

    public int First(int list) => MemberOrNone(_after[_members + list]);

    public int Last(int list) => MemberOrNone(_before[_members + list]);

    public int After(int member) => MemberOrNone(_after[member]);

    public int Before(int member) => MemberOrNone(_before[member]);

    public void MoveToFront(int member, int list)
    {
        Take(member);
        Put(member, _members + list, _after[_members + list]);
        _listOf[member] = list;
    }

    public void MoveToBack(int member, int list)
    {
        Take(member);
        Put(member, _before[_members + list], _members + list);
        _listOf[member] = list;
    }

    private void Take(int member) =>
        (_after[_before[member]], _before[_after[member]]) = (_after[member], _before[member]);

    private void Put(int member, int before, int after)
    {
        (_before[member], _after[member]) = (before, after);
        _after[before] = _before[after] = member;
    }

    private int MemberOrNone(int place) => place < _members ? place : None;
}
