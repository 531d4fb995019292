using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Storage.Log;

/// <summary>
/// The log's writing end: appends records to a buffer, writes the buffer, syncs, rolls to the next segment. One thread,
/// no clock, no randomness; any <see cref="IOException"/> that leaves it means that this engine must not be used again.
/// </summary>
/// <remarks>
/// Invariants: <c>Floor ≤ position of the first byte not yet written ≤ Tail</c>. All before Floor is durable. Floor is in
/// the active segment: a segment is sealed and synced before the first byte goes into the next, so only the last segment
/// of a log can be torn. There is always room for a seal.
/// </remarks>
internal sealed class LogEngine : IDisposable
{
    private const int BufferBytes = 4 << 20;

    private readonly long _segmentBytes;
    private readonly uint _seed;
    private readonly NextSegment _next;
    private IStoreFile _active;
    private SegmentHeader _header;
    private byte[] _buffer = new byte[1 << 16];
    private int _buffered;
    private uint _written;
    private long _prepareCredit;
    private long _sealedBytes;

    public LogEngine(IStoreDisk disk, long segmentBytes, SegmentTable segments, LogTail tail)
    {
        _segmentBytes = segmentBytes;
        _seed = RecordFormat.StoreSeed(tail.Header.StoreId);
        _next = new NextSegment(disk, tail.Header.StoreId);
        if (tail.Prepared is { } prepared)
            _next.Adopt(prepared.File, prepared.Header);
        _active = tail.File;
        _header = tail.Header;
        _written = tail.Position.Offset;
        _sealedBytes = tail.SealedBytes;
        Floor = tail.Position;
        Segments = segments;
    }

    public SegmentTable Segments { get; }

    /// <summary>Everything before it is durable.</summary>
    public LogPosition Floor { get; private set; }

    /// <summary>Where the next record goes, unless it has to go to the next segment.</summary>
    public LogPosition Tail => new(_header.Number, _written + (uint)_buffered);

    public bool HasUnsynced => Tail > Floor;

    /// <summary>Why preparing ahead stopped, if it did. It is tried once more when the segment is needed.</summary>
    public string? PrepareFault { get; private set; }

    public long Syncs { get; private set; }

    public long Writes { get; private set; }

    /// <summary>By this process.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>The whole log up to the tail.</summary>
    public long LogBytes => _sealedBytes + Tail.Offset;

    /// <summary>True when there is a part of the next segment to prepare.</summary>
    public bool CanPrepare => !_next.Idle && PrepareFault is null;

    /// <summary>Adds a record to the buffer and returns where it will be.</summary>
    public LogPosition Append(RecordType type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Invariant.Require(key.Length <= ushort.MaxValue, "a key fits its length field", key.Length);
        Invariant.Require(value.Length <= RecordFormat.ObjectBytesMax, "an object fits a segment", value.Length);
        int size = RecordFormat.SizeOf(key.Length, value.Length);
        if (Tail.Offset + (long)size + RecordFormat.EmptyRecordBytes > _header.SegmentBytes)
            Roll(size);
        return Encode(type, key, value, size);
    }

    /// <summary>Hands the buffer to the disk. Not durable yet.</summary>
    public void Write()
    {
        if (_buffered == 0)
            return;
        _active.WriteAt(_written, _buffer.AsSpan(0, _buffered));
        Writes++;
        BytesWritten += _buffered;
        _prepareCredit += 3L * _buffered;
        _written += (uint)_buffered;
        _buffered = 0;
        if (_buffer.Length > 2 * BufferBytes)
            _buffer = new byte[BufferBytes];
    }

    /// <summary>Writes what is buffered and makes all of it durable.</summary>
    public void Sync()
    {
        Write();
        if (!HasUnsynced)
            return;
        _active.Sync();
        Syncs++;
        Floor = Tail;
    }

    /// <summary>
    /// After half of the segment is used, prepares the next in step with what was appended (three bytes for one, so that
    /// it is ready well before the segment is full), or one slice more when the store has nothing better to do.
    /// </summary>
    public void Prepare(bool idle)
    {
        if (PrepareFault is not null || Tail.Offset < _header.SegmentBytes / 2)
            return;
        try
        {
            if (!_next.Started)
            {
                _next.Start(_header.Number + 1, _segmentBytes);
                _prepareCredit = 0;
            }

            for (; !_next.Idle && (idle || _prepareCredit > 0); idle = false, _prepareCredit -= 1 << 20)
                _next.Step();
        }
        catch (IOException fault)
        {
            // Nothing of the log is at stake yet: the present segment still has room, and space may be freed meanwhile.
            PrepareFault = fault.Message;
            _next.Abandon();
        }
    }

    public void Dispose()
    {
        _next.Abandon();
        Segments.Dispose();
    }

    private LogPosition Encode(RecordType type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int size)
    {
        if (_buffered > 0 && _buffered + size > BufferBytes)
            Write();
        if (_buffered + size > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffered + size, Math.Min(2 * _buffer.Length, BufferBytes)));
        LogPosition at = Tail;
        RecordFormat.Write(_buffer.AsSpan(_buffered), _seed, at, Floor, type, key, value);
        _buffered += size;
        return at;
    }

    // The next segment is whole and durable before the seal that points to it, and the seal is durable before anything is
    // written there: so a sealed segment always has a successor, and nothing stands in a successor of an unsealed one.
    private void Roll(int recordBytes)
    {
        long needed = SegmentHeader.Bytes + (long)recordBytes + RecordFormat.EmptyRecordBytes;
        (IStoreFile file, SegmentHeader header) = _next.Take(_header.Number + 1, _segmentBytes, needed);
        Encode(RecordType.Sealed, default, default, RecordFormat.EmptyRecordBytes);
        Sync();
        _sealedBytes += _header.SegmentBytes;
        Segments.Add(header.Number, file);
        _active = file;
        _header = header;
        _written = SegmentHeader.Bytes;
        _prepareCredit = 0;
        PrepareFault = null;
        Floor = Tail;
    }
}
