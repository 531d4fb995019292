using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Native.Loops;

/// <summary>What one loop has done. Written by the loop alone, read by anyone.</summary>
internal sealed class LoopCounters
{
    private static readonly int Kinds = Enum.GetValues<Counter>().Length;

    /// <summary>What the loop's actors counted, by <see cref="Counter"/>.</summary>
    public readonly long[] OfActors = new long[Kinds];

    public long Turns;
    public long Handled;
    public long TimersFired;
    public long DroppedUnknownAddress;
    public long DroppedInboxFull;
    public long Parked;
}
