using System.Runtime.InteropServices;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Storage.Index;

/// <summary>What the index knows of one key: 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IndexEntry
{
    public ulong Place;
    public int RecordBytes;
    public uint KeyUnit;
    public uint HashTop;
    public ushort KeyBytes;
}

/// <summary>
/// Entries by number, in chunks, so that they never move; with the keys that they name. A number that was given back is
/// the first to be taken again.
/// </summary>
internal sealed class IndexEntries
{
    private const int EntriesPerChunk = 2048;

    private readonly List<IndexEntry[]> _chunks = [];
    private readonly KeyArena _arena = new();
    private int _used;

    // The first free entry's number + 1; each holds in its place what comes after it.
    private int _free;

    public long Bytes => (_chunks.Count * (long)EntriesPerChunk * Marshal.SizeOf<IndexEntry>()) + _arena.Bytes;

    public ref IndexEntry this[int number] => ref _chunks[number / EntriesPerChunk][number % EntriesPerChunk];

    public ReadOnlySpan<byte> KeyOf(in IndexEntry entry) => _arena.Get(entry.KeyUnit, entry.KeyBytes);

    public int Add(ReadOnlySpan<byte> key, uint hashTop)
    {
        int number = TakeNumber();
        this[number] = new IndexEntry { HashTop = hashTop, KeyUnit = _arena.Add(key), KeyBytes = checked((ushort)key.Length) };
        return number;
    }

    public void Remove(int number)
    {
        ref IndexEntry entry = ref this[number];
        _arena.Remove(entry.KeyUnit, entry.KeyBytes);
        entry = new IndexEntry { Place = (ulong)_free };
        _free = number + 1;
    }

    private int TakeNumber()
    {
        if (_free != 0)
        {
            int number = _free - 1;
            _free = (int)this[number].Place;
            return number;
        }

        Invariant.Require(_used < int.MaxValue - 1, "an index part has fewer than 2^31 keys", _used);
        if (_used == _chunks.Count * (long)EntriesPerChunk)
            _chunks.Add(new IndexEntry[EntriesPerChunk]);
        return _used++;
    }
}
