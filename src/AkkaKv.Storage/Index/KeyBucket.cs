using System.Numerics;

namespace AkkaKv.Storage.Index;

/// <summary>
/// The entries whose hashes begin with the same bits: an open-addressed table with linear probing, at most 70 % full. A
/// slot holds an entry's number + 1. Gets smaller again when it empties, so that to walk over it costs what it holds.
/// </summary>
/// <param name="depth">How many leading bits of the hash its entries share.</param>
internal sealed class KeyBucket(int depth)
{
    private const int SlotsMin = 4;

    // A bucket is split when it would need more: what holds up the loop is never more than moving 716 entries.
    private const int SlotsMax = 1024;

    // The object, the header of its array: as the runtime lays them out on 64 bits.
    private const int OverheadBytes = 32 + 24;

    private int[] _slots = [];

    public int Depth => depth;

    public int Count { get; private set; }

    public int Bytes => OverheadBytes + (_slots.Length * sizeof(int));

    /// <summary>True when one more entry needs a split.</summary>
    public bool IsFull => _slots.Length >= SlotsMax && !HasRoom(_slots.Length);

    /// <summary>Entry numbers + 1, and zeros between.</summary>
    public ReadOnlySpan<int> Slots => _slots;

    /// <returns>The entry's number; −1 when there is none of that key.</returns>
    public int Find(IndexEntries entries, ReadOnlySpan<byte> key, uint hashTop)
    {
        if (Count == 0)
            return -1;
        int mask = _slots.Length - 1;
        for (int slot = HomeOf(hashTop); _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int number = _slots[slot] - 1;
            ref IndexEntry entry = ref entries[number];
            if (entry.HashTop == hashTop && entries.KeyOf(entry).SequenceEqual(key))
                return number;
        }

        return -1;
    }

    /// <summary>Adds an entry that is not in it.</summary>
    public void Add(IndexEntries entries, int number)
    {
        if (!HasRoom(_slots.Length))
            Resize(entries, Math.Max(SlotsMin, 2 * _slots.Length));
        Place(entries[number].HashTop, number + 1);
        Count++;
    }

    /// <summary>Removes an entry that is in it. What stood behind it moves up, as if it had never been there.</summary>
    public void Remove(IndexEntries entries, int number)
    {
        int mask = _slots.Length - 1;
        int hole = HomeOf(entries[number].HashTop);
        while (_slots[hole] != number + 1)
            hole = (hole + 1) & mask;
        for (int next = (hole + 1) & mask; _slots[next] != 0; next = (next + 1) & mask)
        {
            int home = HomeOf(entries[_slots[next] - 1].HashTop);
            if (((next - home) & mask) < ((next - hole) & mask))
                continue;
            _slots[hole] = _slots[next];
            hole = next;
        }

        _slots[hole] = 0;
        Count--;
        if (Count == 0)
            _slots = [];
        else if (_slots.Length > SlotsMin && Count * 8 <= _slots.Length)
            Resize(entries, _slots.Length / 2);
    }

    private bool HasRoom(int slots) => (Count + 1) * 10L <= slots * 7L;

    private void Resize(IndexEntries entries, int slots)
    {
        int[] old = _slots;
        _slots = new int[slots];
        foreach (int value in old)
        {
            if (value != 0)
                Place(entries[value - 1].HashTop, value);
        }
    }

    private void Place(uint hashTop, int value)
    {
        int slot = HomeOf(hashTop);
        while (_slots[slot] != 0)
            slot = (slot + 1) & (_slots.Length - 1);
        _slots[slot] = value;
    }

    // The leading bits are the same in all of a bucket: multiplied, the others reach the top. Source: Knuth, "The Art of
    // Computer Programming", 6.4 (Fibonacci hashing).
    private int HomeOf(uint hashTop) => (int)((hashTop * 0x9E3779B1u) >> (32 - BitOperations.Log2((uint)_slots.Length)));
}
