using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AkkaKv.Storage.Disk;

/// <summary>A real directory. Made, with its parents, when it is not there.</summary>
public sealed class PosixDisk : IStoreDisk
{
    private const string LockName = "lock";

    public PosixDisk(string directory)
    {
        Directory = Path.GetFullPath(directory);
        Guard(() =>
        {
            if (System.IO.Directory.Exists(Directory))
                return;
            System.IO.Directory.CreateDirectory(Directory);
            // Else a power cut could take the whole directory with its synced files. Only the last step is ours to sync.
            if (Path.GetDirectoryName(Directory) is { } parent)
                Libc.SyncDirectory(parent);
        });
    }

    /// <inheritdoc/>
    public string Directory { get; }

    /// <inheritdoc/>
    public IDisposable Lock()
    {
        SafeFileHandle file = Libc.OpenOrCreate(PathOf(LockName));
        try
        {
            if (!Libc.TryLock(file))
                throw InUse(file);
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId + "\n"), 0);
            return file;
        }
        catch
        {
            // Such as a full disk. A lock that nobody holds on to must not outlive the failure.
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        List<string> names = Guard(() => System.IO.Directory.EnumerateFiles(Directory).Select(path => Path.GetFileName(path)).ToList());
        names.Remove(LockName);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public IStoreFile Create(string name) => OpenFile(name, FileMode.CreateNew);

    /// <inheritdoc/>
    public IStoreFile Open(string name) => OpenFile(name, FileMode.Open);

    /// <inheritdoc/>
    public void Delete(string name) => Guard(() => File.Delete(PathOf(name)));

    /// <inheritdoc/>
    public void Rename(string from, string to) => Guard(() => File.Move(PathOf(from), PathOf(to), overwrite: true));

    /// <inheritdoc/>
    public void SyncDirectory() => Libc.SyncDirectory(Directory);

    private StoreOpenException InUse(SafeFileHandle file)
    {
        var holder = new byte[16];
        int read = RandomAccess.Read(file, holder, 0);
        string process = Encoding.ASCII.GetString(holder, 0, read).Trim();
        return new StoreOpenException(
            $"A data directory belongs to one process at a time; {Directory} is in use by process {process}. " +
            "Stop that process, or give this node a directory of its own.");
    }

    private PosixFile OpenFile(string name, FileMode mode)
    {
        string path = PathOf(name);
        return new PosixFile(path, Guard(() => File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite)));
    }

    private string PathOf(string name) => Path.Combine(Directory, name);

    private static void Guard(Action call) => Guard(() =>
    {
        call();
        return true;
    });

    // EACCES, EPERM and EROFS come as an exception of another family; to the store they are a disk that fails.
    private static T Guard<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException(denied.Message, denied);
        }
    }
}

/// <summary>A real file, through pread and pwrite.</summary>
internal sealed class PosixFile(string path, SafeFileHandle handle) : IStoreFile
{
    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(handle);

    /// <inheritdoc/>
    public void WriteAt(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception refused) when (IsOfTheDisk(refused))
        {
            throw new IOException(refused.Message, refused);
        }
    }

    /// <inheritdoc/>
    public int ReadAt(long offset, Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = ReadOnce(offset + total, buffer[total..]);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    /// <inheritdoc/>
    public void Sync() => Libc.SyncData(handle, path);

    public void Dispose() => handle.Dispose();

    private int ReadOnce(long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(handle, buffer, offset);
        }
        catch (Exception refused) when (IsOfTheDisk(refused))
        {
            throw new IOException(refused.Message, refused);
        }
    }

    // As above for EACCES and EPERM; a file larger than the system allows (EFBIG) comes as an argument out of range.
    private static bool IsOfTheDisk(Exception cause) => cause is UnauthorizedAccessException or ArgumentOutOfRangeException;
}
