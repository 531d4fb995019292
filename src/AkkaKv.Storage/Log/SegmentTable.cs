using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Disk;

namespace AkkaKv.Storage.Log;

/// <summary>
/// The open segment files by number. Written by the one thread that writes the log, read by every loop: the array is
/// replaced as a whole, and a loop learns of a position only after the array that holds its segment was published.
/// </summary>
internal sealed class SegmentTable : IDisposable
{
    private volatile IStoreFile[] _files = [];
    private uint _first = 1;

    public int Count => _files.Length;

    public void Add(uint number, IStoreFile file)
    {
        IStoreFile[] files = _files;
        if (files.Length == 0)
            _first = number;
        Invariant.Require(number == _first + (uint)files.Length, "segments are added in order", number);
        _files = [.. files, file];
    }

    /// <summary>Reads a record's bytes; false when the file is shorter than that.</summary>
    public bool TryRead(LogPosition at, Span<byte> record) =>
        _files[(int)(at.Segment - _first)].ReadAt(at.Offset, record) == record.Length;

    public void Dispose()
    {
        foreach (IStoreFile file in _files)
            file.Dispose();
    }
}
