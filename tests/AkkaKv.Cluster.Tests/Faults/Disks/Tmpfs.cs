using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Faults.Disks;

/// <summary>A file system of so many bytes, in memory, until it is disposed.</summary>
internal sealed class Tmpfs : IDisposable
{
    private const int ChunkBytes = 4096;

    private readonly TempDirectory _parent = new();

    public Tmpfs(long bytes)
    {
        Path = Directory.CreateDirectory(_parent.Of("disk")).FullName;
        try
        {
            Commands.Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "akkakv-test", Path);
        }
        catch
        {
            _parent.Dispose();
            throw;
        }
    }

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Takes all room that is left.</summary>
    public void Fill()
    {
        byte[] chunk = new byte[ChunkBytes];
        try
        {
            using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
                file.Write(chunk);
        }
        catch (IOException)
        {
            // Full, as it was to become.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        // Lazily: a process that is just dying may hold it for a moment longer.
        Commands.Run("umount", "--lazy", Path);
        _parent.Dispose();
    }
}
