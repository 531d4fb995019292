using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AkkaKv.Core.Kernel;
using Microsoft.Win32.SafeHandles;

namespace AkkaKv.Ids;

/// <summary>
/// A mark in a file of its own. Two places take turns, so that a torn write leaves the one before; whatever is written is on
/// the disk when the call returns. The file is locked: a second process on it is refused.
/// </summary>
public sealed partial class FileMark : IIdMark, IDisposable
{
    private const int PlaceBytes = 4096;
    private const int RecordBytes = 4 + MarkBytes;
    private const int MarkBytes = 21;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private int _nextPlace;

    private FileMark(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="IOException">Another process has it, or the disk failed.</exception>
    public static FileMark Open(string path)
    {
        bool isNew = !File.Exists(path);

        // Write-through is O_SYNC: a write that returns is durable, and one that isn't fails.
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.WriteThrough);
        try
        {
            if (isNew)
            {
                RandomAccess.Write(file, new byte[2 * PlaceBytes], 0);
                SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            }

            return new FileMark(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file has something in it, and no mark.</exception>
    public SnowflakeMark? Read()
    {
        SnowflakeMark? first = Read(0, out bool firstIsEmpty);
        SnowflakeMark? second = Read(1, out bool secondIsEmpty);
        if (first is null && second is null && !(firstIsEmpty && secondIsEmpty))
            throw new IOException($"{_path} must hold a mark of ids; found other bytes. If it was damaged, remove it once the clock has surely passed every id of this worker.");
        bool isSecond = first is null || (second is not null && second.MarkUnixMillis > first.MarkUnixMillis);
        _nextPlace = isSecond ? 0 : 1;
        return isSecond ? second : first;
    }

    /// <inheritdoc/>
    public void Write(SnowflakeMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        Span<byte> record = stackalloc byte[RecordBytes];
        mark.Encode().Span.CopyTo(record[4..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Of(record[4..]));
        RandomAccess.Write(_file, record, _nextPlace * (long)PlaceBytes);
        _nextPlace ^= 1;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private SnowflakeMark? Read(int place, out bool isEmpty)
    {
        byte[] record = new byte[RecordBytes];
        int count = RandomAccess.Read(_file, record, place * (long)PlaceBytes);
        isEmpty = record.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        if (count < RecordBytes || isEmpty || Crc32C.Of(record.AsSpan(4)) != BinaryPrimitives.ReadUInt32LittleEndian(record))
            return null;
        return SnowflakeMark.TryDecode(record.AsMemory(4), out SnowflakeMark? mark) ? mark : null;
    }

    // A new name in a directory is durable only when the directory is.
    private static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        int directory = OpenFile(path, 0);
        if (directory < 0)
            throw new IOException($"The directory {path} must be synced and cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        int result = Sync(directory);
        string fault = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        _ = CloseFile(directory);
        if (result != 0)
            throw new IOException($"The directory {path} must be synced, and its disk failed: {fault}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseFile(int file);
}
