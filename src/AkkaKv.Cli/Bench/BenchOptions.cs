namespace AkkaKv.Cli.Bench;

/// <summary>What a measurement does.</summary>
internal sealed record BenchOptions
{
    public required string Target { get; init; }

    public required IReadOnlyList<Uri> Endpoints { get; init; }

    public string Bucket { get; init; } = "bench";

    /// <summary>Closed loops: each connection has one operation under way.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>Threads that drive the connections. One is enough for some ten thousand operations a second.</summary>
    public int Threads { get; init; } = 1;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(2);

    public int ValueBytes { get; init; } = 1024;

    /// <summary>From 0 (writes only) to 1 (reads only).</summary>
    public double ReadShare { get; init; } = 0.5;

    public int Keys { get; init; } = 10_000;

    public string Distribution { get; init; } = "uniform";

    public double Theta { get; init; } = 0.99;

    public int? R { get; init; }

    public int? W { get; init; }

    public ulong Seed { get; init; } = 1;

    public bool Preload { get; init; } = true;

    /// <summary>etcd only: reads that may be stale, from the node's own state.</summary>
    public bool Serializable { get; init; }

    /// <summary>redis only: how long WAIT waits for replicas.</summary>
    public int WaitMillis { get; init; } = 1000;

    /// <summary>An operation without an answer for this long is an error, and its connection is replaced.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
