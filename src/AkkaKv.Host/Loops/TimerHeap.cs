using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Loops;

/// <summary>
/// Timers that one thread at a time works with: a binary heap over reused slots. Cancelling takes an entry out at once, so that a million
/// deadlines that never came due leave nothing behind.
/// </summary>
/// <remarks>
/// Invariants: <c>_heap[i]</c> is a slot, and that slot's Place is i; a parent is never due after its children; entries
/// due at the same time leave in the order they were started. A timer's id is its slot below and the slot's generation
/// above; the generation grows when the slot is freed, so an old id finds nothing. The slots of one owner form a list.
/// </remarks>
internal sealed class TimerHeap(int capacity = 64)
{
    private const int None = -1;

    private Slot[] _slots = new Slot[capacity];
    private int[] _heap = new int[capacity];
    private int _slotsUsed;
    private int _free = None;
    private ulong _sequence;

    public int Count { get; private set; }

    /// <summary>When the next timer is due, in ticks of its user's clock.</summary>
    public long NextDue => Count == 0 ? long.MaxValue : _slots[_heap[0]].Due;

    public TimerId Start(long due, TimerOwner owner, Message message)
    {
        int at = TakeSlot();
        ref Slot slot = ref _slots[at];
        slot.Due = due;
        slot.Sequence = _sequence++;
        slot.Owner = owner;
        slot.Message = message;
        slot.Previous = None;
        slot.Next = owner.FirstTimer;
        if (owner.FirstTimer != None)
            _slots[owner.FirstTimer].Previous = at;
        owner.FirstTimer = at;
        if (Count == _heap.Length)
            Array.Resize(ref _heap, Count * 2);
        Up(Count++, at);
        return new TimerId(((ulong)slot.Generation << 32) | (uint)at);
    }

    /// <summary>Ends a timer of that owner; one that fired, was cancelled, or is another's is left alone.</summary>
    public void Cancel(TimerId timer, TimerOwner owner)
    {
        int at = (int)(uint)timer.Number;
        if (at >= _slotsUsed || at < 0)
            return;
        ref Slot slot = ref _slots[at];
        if (slot.Generation == (uint)(timer.Number >> 32) && ReferenceEquals(slot.Owner, owner))
            Remove(at);
    }

    public void CancelAllOf(TimerOwner owner)
    {
        while (owner.FirstTimer != None)
            Remove(owner.FirstTimer);
    }

    /// <summary>Takes the next timer out when it is due.</summary>
    public bool TryTakeDue(long now, out TimerOwner owner, out Message message)
    {
        owner = null!;
        message = null!;
        if (NextDue > now)
            return false;
        int at = _heap[0];
        owner = _slots[at].Owner!;
        message = _slots[at].Message!;
        Remove(at);
        return true;
    }

    private void Remove(int at)
    {
        ref Slot slot = ref _slots[at];
        int place = slot.Place;
        int last = _heap[--Count];
        if (place < Count)
        {
            Up(place, last);
            Down(_slots[last].Place, last);
        }

        Unlink(ref slot);
        slot.Owner = null;
        slot.Message = null;
        slot.Generation = slot.Generation == uint.MaxValue ? 1 : slot.Generation + 1;
        slot.Next = _free;
        _free = at;
    }

    private void Unlink(ref Slot slot)
    {
        if (slot.Previous == None)
            slot.Owner!.FirstTimer = slot.Next;
        else
            _slots[slot.Previous].Next = slot.Next;
        if (slot.Next != None)
            _slots[slot.Next].Previous = slot.Previous;
    }

    private int TakeSlot()
    {
        if (_free != None)
        {
            int at = _free;
            _free = _slots[at].Next;
            return at;
        }

        if (_slotsUsed == _slots.Length)
            Array.Resize(ref _slots, _slotsUsed * 2);

        // From 1, so that the default TimerId names no timer.
        _slots[_slotsUsed].Generation = 1;
        return _slotsUsed++;
    }

    private void Up(int place, int at)
    {
        while (place > 0)
        {
            int parent = (place - 1) / 2;
            if (!IsBefore(at, _heap[parent]))
                break;
            Put(place, _heap[parent]);
            place = parent;
        }

        Put(place, at);
    }

    private void Down(int place, int at)
    {
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child]))
                child++;
            if (!IsBefore(_heap[child], at))
                break;
            Put(place, _heap[child]);
            place = child;
        }

        Put(place, at);
    }

    private void Put(int place, int at)
    {
        _heap[place] = at;
        _slots[at].Place = place;
    }

    private bool IsBefore(int left, int right)
    {
        ref Slot a = ref _slots[left];
        ref Slot b = ref _slots[right];
        return a.Due != b.Due ? a.Due < b.Due : a.Sequence < b.Sequence;
    }

    private struct Slot
    {
        public long Due;
        public ulong Sequence;
        public TimerOwner? Owner;
        public Message? Message;
        public uint Generation;
        public int Place;
        public int Previous;
        public int Next;
    }
}

/// <summary>Whom timers belong to.</summary>
internal abstract class TimerOwner
{
    /// <summary>Head of the list of its timers, for the heap only.</summary>
    public int FirstTimer = -1;
}
