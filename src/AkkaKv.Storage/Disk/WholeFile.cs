using AkkaKv.Storage.Log;

namespace AkkaKv.Storage.Disk;

/// <summary>A small file that is replaced as a whole.</summary>
public static class WholeFile
{
    /// <summary>At every moment the old or the new one is there, whole; durable when it returns.</summary>
    public static void Replace(IStoreDisk disk, string name, ReadOnlySpan<byte> bytes)
    {
        string unfinished = name + SegmentHeader.UnfinishedExtension;
        if (disk.List().Contains(unfinished, StringComparer.Ordinal))
            disk.Delete(unfinished);
        using (IStoreFile file = disk.Create(unfinished))
        {
            file.WriteAt(0, bytes);
            file.Sync();
        }

        disk.Rename(unfinished, name);
        disk.SyncDirectory();
    }
}
