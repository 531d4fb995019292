namespace AkkaKv.Storage.Disk;

/// <summary>
/// One directory as the store sees it. Two implementations matter: real files, and a simulated disk that loses what was
/// not synced. Every call either does all it says or throws <see cref="IOException"/>.
/// </summary>
public interface IStoreDisk
{
    /// <summary>The directory, as people know it: for status and error texts.</summary>
    string Directory { get; }

    /// <summary>Holds the directory for this process until disposed.</summary>
    /// <exception cref="StoreOpenException">Another process, or another store of this one, holds it.</exception>
    IDisposable Lock();

    /// <summary>The names of all files, in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Makes an empty file. The name is durable only after <see cref="SyncDirectory"/>.</summary>
    IStoreFile Create(string name);

    /// <summary>Opens an existing file for reading and writing.</summary>
    IStoreFile Open(string name);

    /// <summary>Removes a file.</summary>
    void Delete(string name);

    /// <summary>Gives a file a new name, replacing a file that has it; atomic, durable after <see cref="SyncDirectory"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Makes creations, renames and deletions durable.</summary>
    void SyncDirectory();
}

/// <summary>One file. Reads may come from any thread; writes and syncs come from one.</summary>
public interface IStoreFile : IDisposable
{
    /// <summary>The present length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all the bytes at the offset, growing the file where needed.</summary>
    void WriteAt(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads until the buffer is full or the file ends, and returns how many bytes it read.</summary>
    int ReadAt(long offset, Span<byte> buffer);

    /// <summary>Returns only when everything written before, and the length, will survive a power cut.</summary>
    void Sync();
}
