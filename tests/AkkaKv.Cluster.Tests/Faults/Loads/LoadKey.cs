using AkkaKv.Cluster.Tests.Abuse;

namespace AkkaKv.Cluster.Tests.Faults.Loads;

/// <summary>A key of the load; one request at a time works on it.</summary>
internal sealed class LoadKey(int number, string name, string path)
{
    private int _steps;
    private int _busy;

    public string Name => name;

    public string Path => path;

    /// <summary>What the next write replaces.</summary>
    public SeenContext Seen { get; set; } = SeenContext.Nothing;

    /// <summary>The newest value that was acknowledged.</summary>
    public string? Acknowledged { get; set; }

    /// <summary>Nobody knows whether the last write happened, or others stand beside it: the next request reads.</summary>
    public bool MustRead { get; set; }

    public bool TryTake() => Interlocked.Exchange(ref _busy, 1) == 0;

    public void Give() => Volatile.Write(ref _busy, 0);

    /// <summary>Whether the next request writes: by turns, after a first write; while one half of the keys is written, the other is read.</summary>
    public bool NextWrites()
    {
        bool isFirst = _steps++ == 0;
        return isFirst || ((_steps + number) % 2 == 0 && !MustRead);
    }

    public string NextValue() => $"{name} step {_steps}";
}
