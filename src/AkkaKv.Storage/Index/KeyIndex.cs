using System.Runtime.InteropServices;
using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage.Index;

/// <summary>
/// Where each key's newest record is: one loop's part, one thread. At most 40 bytes per key beyond the key: 24 of entry,
/// 5.7 to 11.5 of slots, and what the arena rounds up.
/// </summary>
/// <remarks>
/// Entries are in chunks, in the order of arrival, and never move. Slots hold an entry's number + 1, in 256 open-addressed
/// tables with linear probing, at most 70 % full; each doubles by itself, so that growing holds up the loop for the time
/// of one small table, not of all keys. Bits 24 to 31 of the hash choose the table, the ones below choose the slot.
/// </remarks>
internal sealed class KeyIndex
{
    private const int EntriesPerChunk = 2048;
    private const int Tables = 256;
    private const int SlotsMin = 4;

    private readonly List<Entry[]> _chunks = [];
    private readonly int[][] _slots = new int[Tables][];
    private readonly int[] _counts = new int[Tables];
    private readonly KeyArena _arena = new();
    private long _count;
    private long _liveBytes;
    private long _slotBytes;

    public KeyIndex() => Array.Fill(_slots, []);

    /// <summary>May be read by any thread, as may the other figures: each is one aligned number that one thread writes.</summary>
    public long Count => Volatile.Read(ref _count);

    public long LiveBytes => Volatile.Read(ref _liveBytes);

    /// <summary>All memory of the index: entries, slots, and the keys.</summary>
    public long Bytes => (_chunks.Count * (long)EntriesPerChunk * Marshal.SizeOf<Entry>()) + Volatile.Read(ref _slotBytes) + _arena.Bytes;

    public bool TryFind(ReadOnlySpan<byte> key, ulong hash, out LogPosition at, out int recordBytes)
    {
        int number = Find(key, (uint)hash, out _);
        if (number < 0)
        {
            (at, recordBytes) = (default, 0);
            return false;
        }

        ref Entry entry = ref At(number);
        (at, recordBytes) = (LogPosition.Unpack(entry.Place), entry.RecordBytes);
        return true;
    }

    /// <summary>Points a key at a record; an older one of the key is forgotten.</summary>
    public void Put(ReadOnlySpan<byte> key, ulong hash, LogPosition at, int recordBytes)
    {
        int number = Find(key, (uint)hash, out int slot);
        if (number < 0)
        {
            number = Add(key, (uint)hash, slot);
        }

        ref Entry entry = ref At(number);
        Volatile.Write(ref _liveBytes, _liveBytes + recordBytes - entry.RecordBytes);
        entry.Place = at.Packed;
        entry.RecordBytes = recordBytes;
    }

    /// <summary>See <see cref="IStorePort.CollectKeys"/>.</summary>
    public long CollectKeys(ulong firstHash, ulong lastHash, long cursor, int examineMax, ICollection<StoreKey> found)
    {
        long end = Math.Min(_count, cursor + examineMax);
        for (; cursor < end; cursor++)
        {
            ReadOnlySpan<byte> key = KeyOf(At((int)cursor));
            ulong hash = StableHash.Of(key);
            if (hash < firstHash || hash > lastHash)
                continue;
            bool valid = StoreKey.TryRead(key.ToArray(), out StoreKey? storeKey);
            Invariant.Require(valid, "a key in the index is a store key");
            found.Add(storeKey!);
        }

        return cursor < _count ? cursor : -1;
    }

    private int Find(ReadOnlySpan<byte> key, uint hash, out int slot)
    {
        int[] slots = _slots[hash >> 24];
        slot = 0;
        if (slots.Length == 0)
            return -1;
        for (slot = (int)hash & (slots.Length - 1); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            int number = slots[slot] - 1;
            ref Entry entry = ref At(number);
            if (entry.Hash == hash && KeyOf(entry).SequenceEqual(key))
                return number;
        }

        return -1;
    }

    private int Add(ReadOnlySpan<byte> key, uint hash, int slot)
    {
        Invariant.Require(_count < int.MaxValue - 1, "an index part has fewer than 2^31 keys", _count);
        uint table = hash >> 24;
        if ((_counts[table] + 1) * 10L > _slots[table].Length * 7L)
        {
            Grow(table);
            slot = FreeSlot(_slots[table], hash);
        }

        if (_count == _chunks.Count * (long)EntriesPerChunk)
            _chunks.Add(new Entry[EntriesPerChunk]);
        int number = (int)_count;
        At(number) = new Entry { Hash = hash, KeyUnit = _arena.Add(key), KeyBytes = checked((ushort)key.Length) };
        _slots[table][slot] = number + 1;
        _counts[table]++;
        Volatile.Write(ref _count, _count + 1);
        return number;
    }

    private void Grow(uint table)
    {
        int[] old = _slots[table];
        var slots = new int[Math.Max(SlotsMin, 2 * old.Length)];
        foreach (int value in old)
        {
            if (value != 0)
                slots[FreeSlot(slots, At(value - 1).Hash)] = value;
        }

        _slots[table] = slots;
        Volatile.Write(ref _slotBytes, _slotBytes + ((slots.Length - old.Length) * sizeof(int)));
    }

    private static int FreeSlot(int[] slots, uint hash)
    {
        int slot = (int)hash & (slots.Length - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slots.Length - 1);
        return slot;
    }

    private ref Entry At(int number) => ref _chunks[number / EntriesPerChunk][number % EntriesPerChunk];

    private ReadOnlySpan<byte> KeyOf(in Entry entry) => _arena.Get(entry.KeyUnit, entry.KeyBytes);

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public ulong Place;
        public int RecordBytes;
        public uint KeyUnit;
        public uint Hash;
        public ushort KeyBytes;
    }
}
