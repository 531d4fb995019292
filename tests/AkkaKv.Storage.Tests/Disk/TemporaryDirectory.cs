namespace AkkaKv.Storage.Tests.Disk;

/// <summary>A directory of its own for one test, removed at the end.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("akkakv-storage-").FullName;

    /// <summary>What a process that is killed now would leave, as a new directory inside this one.</summary>
    public string CopyOf(string directory)
    {
        string copy = System.IO.Path.Combine(Path, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(directory).Where(file => !file.EndsWith("/lock", StringComparison.Ordinal)))
            File.Copy(file, System.IO.Path.Combine(copy, System.IO.Path.GetFileName(file)));
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
