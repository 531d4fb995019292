namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>A directory that is gone when the test is over.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("akkakv-cluster-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that is just dying made another file; the system's own cleaning takes the rest.
        }
    }
}
