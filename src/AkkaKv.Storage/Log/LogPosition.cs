namespace AkkaKv.Storage.Log;

/// <summary>A place in the log: a segment, and a byte offset in its file. Ordered as the log is written.</summary>
internal readonly record struct LogPosition(uint Segment, uint Offset) : IComparable<LogPosition>
{
    /// <summary>Both in one number that keeps the order.</summary>
    public ulong Packed => ((ulong)Segment << 32) | Offset;

    public static LogPosition Unpack(ulong packed) => new((uint)(packed >> 32), (uint)packed);

    public int CompareTo(LogPosition other) => Packed.CompareTo(other.Packed);

    public static bool operator <(LogPosition left, LogPosition right) => left.Packed < right.Packed;

    public static bool operator >(LogPosition left, LogPosition right) => left.Packed > right.Packed;

    public static bool operator <=(LogPosition left, LogPosition right) => left.Packed <= right.Packed;

    public static bool operator >=(LogPosition left, LogPosition right) => left.Packed >= right.Packed;

    public override string ToString() => $"segment {Segment}, offset {Offset}";
}
