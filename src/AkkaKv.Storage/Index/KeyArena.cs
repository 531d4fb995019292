namespace AkkaKv.Storage.Index;

/// <summary>
/// Keys one after the other in chunks of 64 KiB, never moved, never freed. A key is named by where it starts, counted in
/// units of four bytes, so that 32 bits reach 16 GiB of keys.
/// </summary>
internal sealed class KeyArena
{
    private const int ChunkBytes = 1 << 16;
    private const int UnitBytes = 4;
    private const int UnitsPerChunk = ChunkBytes / UnitBytes;

    private readonly List<byte[]> _chunks = [];
    private int _used = ChunkBytes;

    public long Bytes => (long)_chunks.Count * ChunkBytes;

    public uint Add(ReadOnlySpan<byte> key)
    {
        int size = (key.Length + UnitBytes - 1) & -UnitBytes;
        if (_used + size > ChunkBytes)
        {
            _chunks.Add(new byte[ChunkBytes]);
            _used = 0;
        }

        key.CopyTo(_chunks[^1].AsSpan(_used));
        uint unit = checked((uint)(((_chunks.Count - 1) * (long)UnitsPerChunk) + (_used / UnitBytes)));
        _used += size;
        return unit;
    }

    public ReadOnlySpan<byte> Get(uint unit, int length) =>
        _chunks[(int)(unit / UnitsPerChunk)].AsSpan((int)(unit % UnitsPerChunk) * UnitBytes, length);
}
