namespace AkkaKv.Host.Native.Loops;

/// <summary>What one loop has done. Written by the loop alone, read by anyone.</summary>
internal sealed class LoopCounters
{
    public long Turns;
    public long Handled;
    public long TimersFired;
    public long DroppedUnknownAddress;
    public long DroppedInboxFull;
    public long Parked;
}
