using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Storage.Log;

/// <summary>
/// The segment after the present one, made ready ahead of need: filled with zeros a slice at a time, between commits, so
/// that the roll to it costs no more than a sync. Writing zeros first means that a later append changes no metadata of
/// the file, which halves the price of its sync. While unfinished it has another name, so that a segment that is called
/// one is whole.
/// </summary>
internal sealed class NextSegment(IStoreDisk disk, ulong storeId)
{
    private const int SliceBytes = 1 << 20;
    private static readonly byte[] Zeros = new byte[SliceBytes];

    private IStoreFile? _file;
    private SegmentHeader _header;
    private long _filled;
    private bool _ready;

    /// <summary>True when there is nothing left to do ahead of need.</summary>
    public bool Idle => _file is null || _ready;

    public bool Started => _file is not null;

    public void Start(uint number, long segmentBytes)
    {
        Invariant.Require(_file is null, "one segment is prepared at a time", number);
        string name = SegmentHeader.UnfinishedFileName(number);
        // A try that failed may have left one.
        if (disk.List().Contains(name, StringComparer.Ordinal))
            disk.Delete(name);
        _header = new SegmentHeader(SegmentHeader.CurrentVersion, number, storeId, segmentBytes);
        _file = disk.Create(name);
        _filled = 0;
        _ready = false;
    }

    /// <summary>Fills one slice more; at the end makes the segment's name durable.</summary>
    public void Step()
    {
        IStoreFile file = _file ?? throw new InvariantException("a segment is started before it is filled");
        if (_filled == 0)
        {
            file.WriteAt(0, _header.ToBytes());
            _filled = SegmentHeader.Bytes;
        }

        int slice = (int)Math.Min(SliceBytes, _header.SegmentBytes - _filled);
        file.WriteAt(_filled, Zeros.AsSpan(0, slice));
        // Each slice is synced by itself: one sync of the whole would hold up the disk for as long as 64 slices take.
        file.Sync();
        _filled += slice;
        if (_filled < _header.SegmentBytes)
            return;
        disk.Rename(SegmentHeader.UnfinishedFileName(_header.Number), SegmentHeader.FileName(_header.Number));
        disk.SyncDirectory();
        _ready = true;
    }

    /// <summary>An existing, empty segment found at recovery.</summary>
    public void Adopt(IStoreFile file, SegmentHeader header)
    {
        Invariant.Require(_file is null, "one segment is prepared at a time", header.Number);
        _file = file;
        _header = header;
        _ready = true;
    }

    /// <summary>Hands over a whole segment of at least so many bytes, finishing or remaking it where needed.</summary>
    public (IStoreFile File, SegmentHeader Header) Take(uint number, long segmentBytes, long neededBytes)
    {
        if (_file is not null && _header.SegmentBytes < neededBytes)
        {
            disk.Delete(_ready ? SegmentHeader.FileName(number) : SegmentHeader.UnfinishedFileName(number));
            Abandon();
        }

        if (_file is null)
            Start(number, Math.Max(segmentBytes, neededBytes));
        while (!_ready)
            Step();
        IStoreFile file = _file!;
        _file = null;
        return (file, _header);
    }

    /// <summary>Forgets the file; what is on the disk under the unfinished name is removed by the next start.</summary>
    public void Abandon()
    {
        _file?.Dispose();
        _file = null;
        _ready = false;
    }
}
