using AkkaKv.Core.Kernel;

namespace AkkaKv.Storage;

/// <summary>When a write is acknowledged. The numbers are on disks: never reuse one.</summary>
public enum Durability : byte
{
    /// <summary>When it is synced: it survives a power cut. The default.</summary>
    Always = 0,

    /// <summary>When it is written: it survives the death of the process; a power cut takes up to one sync interval.</summary>
    Interval = 1,

    /// <summary>When it is written; the system decides when it is synced.</summary>
    None = 2,
}

/// <summary>How a store is opened. Every bound has a name, a default and a reason.</summary>
public sealed record StoreOptions
{
    /// <summary>The member's name. A directory belongs to one member for ever.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>Measures the sync interval and dates the directory.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Draws identities: 64 unpredictable bits in production, seeded ones in simulation.</summary>
    public required Func<ulong> DrawId { get; init; }

    public Durability Durability { get; init; } = Durability.Always;

    /// <summary>With <see cref="Durability.Interval"/>: how old an unsynced write may get.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the store is idle before it marks the last batch as synced (see <c>docs/storage-format.md</c>).</summary>
    public TimeSpan MarkDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The length of a segment file: large enough that a roll is rare, small enough to read at once at recovery.
    /// 4 KiB to 1 GiB, a multiple of 8.
    /// </summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>How many bytes may wait for the disk before writes are answered <c>Busy</c>.</summary>
    public long PendingBytesMax { get; init; } = 64L << 20;

    /// <summary>How many counters one request for dots gets.</summary>
    public int DotsPerBlock { get; init; } = 1024;

    /// <summary>
    /// How many counters one durable record reserves: one sync per so many writes, and at most so many skipped by a crash.
    /// </summary>
    public long DotsPerReservation { get; init; } = 1L << 20;

    /// <summary>
    /// Takes a new actor id at this open. Required once after the directory was restored from a backup or copied: the
    /// dots made since are unknown to it, and would otherwise be made a second time.
    /// </summary>
    public bool RenewActor { get; init; }

    /// <summary>Called at most once, on the writer's thread, with the reason, when the store stops taking writes.</summary>
    public Action<string>? BecameReadOnly { get; init; }

    /// <exception cref="StoreOpenException">An option is out of its range.</exception>
    internal void Validate()
    {
        Require(Node.Length > 0 && Cluster.Length > 0, "a store has the names of its node and its cluster", $"'{Node}' and '{Cluster}'");
        Require(SegmentBytes is >= 4096 and <= 1 << 30 && SegmentBytes % 8 == 0, "a segment has 4 KiB to 1 GiB, a multiple of 8", SegmentBytes);
        Require(PendingBytesMax > 0, "the bound of pending bytes is positive", PendingBytesMax);
        Require(DotsPerBlock > 0, "a block of dots has at least one", DotsPerBlock);
        Require(DotsPerReservation >= DotsPerBlock, "a reservation holds at least one block of dots", DotsPerReservation);
        Require(SyncInterval > TimeSpan.Zero, "the sync interval is positive", SyncInterval);
        Require(MarkDelay > TimeSpan.Zero, "the mark delay is positive", MarkDelay);
    }

    private static void Require<T>(bool condition, string rule, T found)
    {
        if (!condition)
            throw new StoreOpenException($"Store options: {rule}; found {found}. Change the setting.");
    }
}
