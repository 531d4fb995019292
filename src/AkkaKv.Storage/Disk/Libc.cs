using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AkkaKv.Storage.Disk;

/// <summary>
/// The calls for which the framework has none, or has one that hides the error: FileStream.Flush(true) and
/// RandomAccess.FlushToDisk return normally when fsync fails (measured with injected EIO and ENOSPC on .NET 10), and a
/// store that acknowledges after such a sync has lied.
/// </summary>
internal static partial class Libc
{
    public const int LockExclusive = 2;
    public const int LockNoWait = 4;

    // The same numbers on x86-64 and arm64; O_DIRECTORY differs between them and is not needed to open a directory for reading.
    private const int OpenReadOnly = 0;
    private const int OpenReadWrite = 2;
    private const int OpenCreate = 0x40;
    private const int ModeOwnerWrites = 0x1A4; // rw-r--r--
    private const int OpenCloseOnExec = 0x80000;

    private const int Interrupted = 4;

    /// <exception cref="IOException">The sync failed; nothing written since the last good one may be counted on.</exception>
    public static void SyncData(SafeFileHandle file, string path)
    {
        while (fdatasync(file) != 0)
            ThrowUnlessInterrupted("fdatasync", path);
    }

    /// <exception cref="IOException">The directory could not be opened or synced.</exception>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Open(path, OpenReadOnly);
        while (fsync(directory) != 0)
            ThrowUnlessInterrupted("fsync", path);
    }

    /// <summary>
    /// Opens a file that will be locked. The framework's open takes a shared lock of its own, and so fails on a file that
    /// another process has locked before that process's id can be read from it.
    /// </summary>
    public static SafeFileHandle OpenOrCreate(string path) => Open(path, OpenReadWrite | OpenCreate);

    /// <summary>Takes the advisory lock without waiting; false when someone else has it.</summary>
    public static bool TryLock(SafeFileHandle file) => flock(file, LockExclusive | LockNoWait) == 0;

    private static SafeFileHandle Open(string path, int flags)
    {
        int descriptor = open(path, flags | OpenCloseOnExec, ModeOwnerWrites);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure("open", path, Marshal.GetLastPInvokeError());
    }

    private static void ThrowUnlessInterrupted(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
            throw Failure(call, path, error);
    }

    private static IOException Failure(string call, string path, int error) =>
        new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})", error);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int open(string path, int flags, int mode);
}
