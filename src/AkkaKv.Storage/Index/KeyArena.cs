using System.Runtime.InteropServices;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Storage.Index;

/// <summary>
/// Keys one after the other in chunks of 64 KiB, never moved. A key is named by where it starts, counted in units of four
/// bytes, so that 32 bits reach 16 GiB of keys. The room of a key that was given back goes to the next of its length.
/// </summary>
internal sealed class KeyArena
{
    private const int ChunkBytes = 1 << 16;
    private const int UnitBytes = 4;
    private const int UnitsPerChunk = ChunkBytes / UnitBytes;

    private readonly List<byte[]> _chunks = [];
    private int _used = ChunkBytes;

    // By length in units: the first free room, + 1. Each holds in its first unit what comes after it.
    private uint[] _free = [];

    public long Bytes => (long)_chunks.Count * ChunkBytes;

    public uint Add(ReadOnlySpan<byte> key)
    {
        Invariant.Require(key.Length is > 0 and <= ChunkBytes, "a key has bytes, and fits a chunk", key.Length);
        int units = UnitsOf(key.Length);
        uint unit = units < _free.Length && _free[units] != 0 ? Reuse(units) : Append(units);
        key.CopyTo(Room(unit, key.Length));
        return unit;
    }

    public ReadOnlySpan<byte> Get(uint unit, int length) => Room(unit, length);

    public void Remove(uint unit, int length)
    {
        int units = UnitsOf(length);
        if (units >= _free.Length)
            Array.Resize(ref _free, units + 1);
        MemoryMarshal.Write(Room(unit, UnitBytes), _free[units]);
        _free[units] = unit + 1;
    }

    private static int UnitsOf(int length) => (length + UnitBytes - 1) / UnitBytes;

    private uint Reuse(int units)
    {
        uint unit = _free[units] - 1;
        _free[units] = MemoryMarshal.Read<uint>(Room(unit, UnitBytes));
        return unit;
    }

    private uint Append(int units)
    {
        int size = units * UnitBytes;
        if (_used + size > ChunkBytes)
        {
            _chunks.Add(new byte[ChunkBytes]);
            _used = 0;
        }

        uint unit = checked((uint)(((_chunks.Count - 1) * (long)UnitsPerChunk) + (_used / UnitBytes)));
        _used += size;
        return unit;
    }

    private Span<byte> Room(uint unit, int length) =>
        _chunks[(int)(unit / UnitsPerChunk)].AsSpan((int)(unit % UnitsPerChunk) * UnitBytes, length);
}
