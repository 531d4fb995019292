namespace AkkaKv.AkkaNet.Benchmarks;

/// <summary>Three nodes in this process that write and read with a majority.</summary>
internal interface IContender : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Completes when all nodes serve.</summary>
    Task StartAsync();

    /// <summary>Through the node, from 0; throws when the majority did not acknowledge.</summary>
    Task WriteAsync(int node, int key, byte[] value);

    /// <summary>Through the node; throws when there is nothing.</summary>
    Task ReadAsync(int node, int key);
}
