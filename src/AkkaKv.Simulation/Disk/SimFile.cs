using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.World;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Simulation.Disk;

/// <summary>One file: what a reader sees, what a power cut leaves, and the writes in between.</summary>
/// <remarks>
/// A sector holds its old or its new bytes; sectors are small here (32 bytes), which tears more than real disks do. A sync
/// that fails drops its writes as Linux does: the pages count as clean, stay visible, and never reach the disk.
/// </remarks>
internal sealed class SimFile(SimDisk disk) : IStoreFile
{
    private const int SectorBytes = 32;

    private readonly List<(long Offset, byte[] Bytes)> _pending = [];
    private byte[] _current = [];
    private byte[] _durable = [];
    private long _written;
    private long _synced;

    public long Length { get; private set; }

    /// <summary>
    /// Everything before it was durable before something else was written and synced after it: damage there must be
    /// noticed as damage, and cannot be taken for a torn tail.
    /// </summary>
    public long Vouched { get; private set; }

    public void WriteAt(long offset, ReadOnlySpan<byte> bytes)
    {
        bool cut = disk.PowerGoesNow();
        if (disk.FailingWrites > 0)
        {
            disk.FailingWrites--;
            throw new IOException("input/output error");
        }

        if (disk.IsFull && offset + bytes.Length > Length)
            throw new IOException("no space left on device");
        if (cut)
            bytes = bytes[..disk.Random.Next(bytes.Length + 1)];
        Length = Math.Max(Length, offset + bytes.Length);
        Apply(ref _current, offset, bytes);
        _pending.Add((offset, bytes.ToArray()));
        if (bytes.IndexOfAnyExcept((byte)0) >= 0)
            _written = Math.Max(_written, offset + bytes.Length);
        if (cut)
            throw new PowerCutException();
    }

    public int ReadAt(long offset, Span<byte> buffer)
    {
        int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        _current.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Sync()
    {
        if (disk.PowerGoesNow())
            throw new PowerCutException();
        if (disk.FailingSyncs > 0)
        {
            disk.FailingSyncs--;
            _pending.Clear();
            throw new IOException("fdatasync failed: input/output error");
        }

        foreach ((long offset, byte[] bytes) in _pending)
            Apply(ref _durable, offset, bytes);
        _pending.Clear();
        if (_written > _synced)
            Vouched = _synced;
        _synced = _written;
    }

    public void LosePower(double survives)
    {
        RandomSource random = disk.Random;
        foreach ((long offset, byte[] bytes) in _pending)
        {
            for (int at = 0; at < bytes.Length; at += SectorBytes)
            {
                if (random.Chance(survives))
                    Apply(ref _durable, offset + at, bytes.AsSpan(at, Math.Min(SectorBytes, bytes.Length - at)));
            }
        }

        _pending.Clear();
        _current = (byte[])_durable.Clone();
        Length = Math.Min(Length, _current.Length);
        _written = Math.Min(_written, Length);
        _synced = Math.Min(_synced, Length);
        Vouched = Math.Min(Vouched, Length);
    }

    /// <summary>The durable content, in a file of another disk.</summary>
    public SimFile Copy(SimDisk other)
    {
        var copy = new SimFile(other) { _current = (byte[])_durable.Clone(), _durable = (byte[])_durable.Clone(), Length = _durable.Length };
        copy._written = copy._synced = Math.Min(_synced, _durable.Length);
        return copy;
    }

    /// <summary>One bit changes, in memory and on the disk.</summary>
    public void Rot(long offset, int bit)
    {
        _current[offset] ^= (byte)(1 << bit);
        if (offset < _durable.Length)
            _durable[offset] ^= (byte)(1 << bit);
    }

    public void Dispose()
    {
        // The content belongs to the disk; a handle to it is nothing.
    }

    private static void Apply(ref byte[] content, long offset, ReadOnlySpan<byte> bytes)
    {
        if (content.Length < offset + bytes.Length)
            Array.Resize(ref content, (int)offset + bytes.Length);
        bytes.CopyTo(content.AsSpan((int)offset));
    }
}
