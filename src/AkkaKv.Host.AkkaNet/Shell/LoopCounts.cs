using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>What one loop has done. Written by the loop alone, read by anyone.</summary>
internal sealed class LoopCounts
{
    /// <summary>What the loop's actors counted, by <see cref="Counter"/>.</summary>
    public readonly long[] OfActors = new long[Enum.GetValues<Counter>().Length];

    public long Handled;
    public long Turns;
    public long DroppedUnknownAddress;
}
