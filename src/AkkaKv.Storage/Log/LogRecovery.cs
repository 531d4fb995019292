using AkkaKv.Storage.Disk;

namespace AkkaKv.Storage.Log;

/// <summary>Where the log goes on after recovery.</summary>
/// <param name="SealedBytes">Length of all segments before the last.</param>
internal sealed record LogTail(
    IStoreFile File,
    SegmentHeader Header,
    LogPosition Position,
    (IStoreFile File, SegmentHeader Header)? Prepared,
    long SealedBytes,
    long CutBytes);

/// <summary>Takes each valid record, in the order of the log.</summary>
internal delegate void RecordSink(LogPosition at, in RecordView record);

/// <summary>
/// Reads the whole log, tells a torn tail from damage, and leaves a log that can be appended to.
/// </summary>
/// <remarks>
/// Where a record does not check out (call the place X), either the power went while it was written, or the disk lost
/// what it once held. The first is everyday life and must be cut; the second must never be cut silently, for
/// acknowledged records may follow. They are told apart by the floor that each record carries: the position before
/// which everything was durable when the record was written.
/// 1. The disk may persist unsynced writes in any order, so valid records after X prove nothing by themselves: they may
///    be later parts of the very batch that was torn.
/// 2. But a valid record after X whose floor is greater than X proves that X had been synced. Then X is damage.
/// 3. If no such record exists, X was never known to be followed by a successful sync plus a later append. Then X is the
///    torn tail, and all from X on is cut: nothing there was acknowledged under durability Always.
/// What is left: the last synced batch, before anything was written after it, looks like a torn one when it is damaged.
/// A mark written when the store falls idle, and the closed record, keep that window short.
/// The search after X goes by every aligned offset. A value may hold bytes that look like a record; they fail the CRC,
/// which starts from the store's id and the record's own position.
/// Before anything is served, the part of the log above the last floor is written again and synced: after a sync failed,
/// the system may hold pages in memory as if they were on disk, and would serve, then lose them. That part may begin in
/// the sealed segment before the last one.
/// </remarks>
internal sealed class LogRecovery(IStoreDisk disk, ulong storeId, SegmentTable segments, RecordSink sink)
{
    private const int PieceBytes = 1 << 20;

    private readonly uint _seed = RecordFormat.StoreSeed(storeId);
    private byte[] _image = [];
    private LogPosition _floor;

    /// <exception cref="StoreOpenException">The log is damaged, incomplete, or newer than this program.</exception>
    public LogTail Run()
    {
        uint[] numbers = FindSegments();
        long sealedBytes = 0;
        IStoreFile? before = null;
        for (int i = 0; i < numbers.Length; i++)
        {
            uint number = numbers[i];
            (IStoreFile file, SegmentHeader header, int length) = Load(number);
            segments.Add(number, file);
            (LogPosition end, bool isSealed) = Walk(number, length);
            if (isSealed)
            {
                sealedBytes += length;
                before = file;
                continue;
            }

            RequireTorn(number, end, _image.AsSpan(0, length));
            (IStoreFile File, SegmentHeader Header)? prepared = Successor(numbers[(i + 1)..], end);
            RemoveUnfinished();
            if (before is not null && _floor.Segment < number)
                SettleSealed(before);
            long cut = Settle(file, end, length);
            return new LogTail(file, header, end, prepared, sealedBytes, cut);
        }

        throw Damage.Of(PathOf(numbers[^1] + 1), 0, "the segment before it is sealed and says that the log goes on here, but the file is missing");
    }

    private uint[] FindSegments()
    {
        var numbers = new List<uint>();
        foreach (string name in disk.List())
        {
            if (SegmentHeader.TryParseFileName(name, out uint number))
                numbers.Add(number);
        }

        // Removing the oldest segments may come with a later version; for now a log starts at 1.
        for (int i = 0; i < numbers.Count || i == 0; i++)
        {
            uint expected = (uint)i + 1;
            if (i == numbers.Count || numbers[i] != expected)
                throw Damage.Of(PathOf(expected), 0, "the segments of a log are numbered without a gap, but the file is missing");
        }

        return [.. numbers];
    }

    // Only once the log is known to be whole: an open that fails changes nothing.
    private void RemoveUnfinished()
    {
        foreach (string name in disk.List())
        {
            if (name.EndsWith(SegmentHeader.UnfinishedExtension, StringComparison.Ordinal))
                disk.Delete(name);
        }
    }

    private (IStoreFile File, SegmentHeader Header, int Length) Load(uint number)
    {
        IStoreFile file = disk.Open(SegmentHeader.FileName(number));
        int length = checked((int)file.Length);
        if (_image.Length < length)
            _image = new byte[length];
        int read = file.ReadAt(0, _image.AsSpan(0, length));
        SegmentHeader header = SegmentHeader.Read(_image.AsSpan(0, read), length, disk, number, storeId);
        return (file, header, length);
    }

    // Gives every record up to the seal or the first that does not check out.
    private (LogPosition End, bool Sealed) Walk(uint number, int length)
    {
        var at = new LogPosition(number, SegmentHeader.Bytes);
        while (RecordFormat.TryRead(_image.AsSpan((int)at.Offset, length - (int)at.Offset), _seed, at, out RecordView record))
        {
            if (record.Type > RecordTypes.Newest)
                throw Damage.NewerRecord(PathOf(number), at.Offset, (byte)record.Type);
            _floor = record.Floor;
            sink(at, record);
            at = at with { Offset = at.Offset + (uint)record.Bytes };
            if (record.Type == RecordType.Sealed)
                return (at, true);
        }

        return (at, false);
    }

    // Rule 2: looks for the proof that the end of the valid records was once durable.
    private void RequireTorn(uint number, LogPosition end, ReadOnlySpan<byte> image)
    {
        for (uint offset = end.Offset; offset < image.Length; offset += RecordFormat.Alignment)
        {
            ReadOnlySpan<byte> rest = image[(int)offset..];
            int zeros = rest.IndexOfAnyExcept((byte)0);
            if (zeros < 0)
                return;
            // The type is the eleventh byte of a record, so the record of the first byte that is not zero starts at most so far before it.
            offset += (uint)Math.Max(0, (zeros & -RecordFormat.Alignment) - 8);
            var at = new LogPosition(number, offset);
            if (RecordFormat.TryRead(image[(int)offset..], _seed, at, out RecordView record) && record.Floor > end)
                throw Damage.Of(
                    PathOf(number),
                    end.Offset,
                    "the record there does not check out, but it had been synced: " +
                    $"the valid record at offset {offset} says that all before {record.Floor} was");
        }
    }

    // Writes again what is above the last floor, and zeros over what is after the end: leftovers could otherwise come back
    // as valid records once new ones end just where they start.
    private long Settle(IStoreFile file, LogPosition end, int length)
    {
        int from = _floor.Segment == end.Segment ? (int)_floor.Offset : SegmentHeader.Bytes;
        int last = _image.AsSpan((int)end.Offset, length - (int)end.Offset).LastIndexOfAnyExcept((byte)0);
        int cut = last + 1;
        _image.AsSpan((int)end.Offset, cut).Clear();
        if ((int)end.Offset + cut > from)
            file.WriteAt(from, _image.AsSpan(from, (int)end.Offset + cut - from));
        // Even when nothing was cut: a process that was killed may have left the last write in the system's memory only.
        file.Sync();
        return cut;
    }

    // Nothing stands in the segment after it yet, so nothing says that the sync of the seal succeeded. Without this:
    // 1. the sync of a roll fails, or the process is killed before it; 2. the store is opened again, sees the seal in the
    // system's memory, and goes on in the next segment; 3. the power goes, and takes the seal and the records before it.
    private void SettleSealed(IStoreFile file)
    {
        var bytes = new byte[checked((int)(file.Length - _floor.Offset))];
        int read = file.ReadAt(_floor.Offset, bytes);
        file.WriteAt(_floor.Offset, bytes.AsSpan(0, read));
        file.Sync();
    }

    // At most one segment may follow an unsealed one: the prepared one, with nothing in it.
    private (IStoreFile File, SegmentHeader Header)? Successor(uint[] following, LogPosition end)
    {
        if (following.Length == 0)
            return null;
        IStoreFile file = disk.Open(SegmentHeader.FileName(following[0]));
        var piece = new byte[PieceBytes];
        int read = file.ReadAt(0, piece);
        SegmentHeader header = SegmentHeader.Read(piece.AsSpan(0, read), file.Length, disk, following[0], storeId);
        piece.AsSpan(0, SegmentHeader.Bytes).Clear();
        bool empty = following.Length == 1;
        for (long offset = 0; empty && read > 0; read = file.ReadAt(offset, piece))
        {
            empty = piece.AsSpan(0, read).IndexOfAnyExcept((byte)0) < 0;
            offset += read;
        }

        if (empty)
            return (file, header);
        file.Dispose();
        throw Damage.Of(
            PathOf(end.Segment),
            end.Offset,
            $"the log ends there without a seal, but {SegmentHeader.FileName(following[0])} holds data, " +
            "which is written only after this segment was sealed and synced");
    }

    private string PathOf(uint segment) => Path.Combine(disk.Directory, SegmentHeader.FileName(segment));
}
