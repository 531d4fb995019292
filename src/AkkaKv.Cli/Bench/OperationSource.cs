using AkkaKv.Cli.Bench.Targets;

namespace AkkaKv.Cli.Bench;

/// <summary>Says what a connection does next.</summary>
internal abstract class OperationSource
{
    /// <returns>False when there is nothing left to do.</returns>
    public abstract bool TryNext(SeededRandom random, out OperationKind kind, out int key);
}

/// <summary>Writes every key once; all workers share one.</summary>
internal sealed class PreloadSource(int keys) : OperationSource
{
    private int _next = -1;

    public override bool TryNext(SeededRandom random, out OperationKind kind, out int key)
    {
        kind = OperationKind.Write;
        key = Interlocked.Increment(ref _next);
        return key < keys;
    }
}

/// <summary>The mix of reads and writes, without end.</summary>
internal sealed class MixSource(KeyChooser keys, double readShare) : OperationSource
{
    public override bool TryNext(SeededRandom random, out OperationKind kind, out int key)
    {
        kind = random.NextDouble() < readShare ? OperationKind.Read : OperationKind.Write;
        key = keys.Next(random);
        return true;
    }
}
