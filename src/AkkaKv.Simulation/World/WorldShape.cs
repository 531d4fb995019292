using AkkaKv.Core.Kernel;
using AkkaKv.Storage;

namespace AkkaKv.Simulation.World;

/// <summary>What a seed makes of the cluster before anything happens: sizes, speeds and bounds.</summary>
internal sealed record WorldShape
{
    /// <summary>The members that the cluster begins with.</summary>
    public required int Nodes { get; init; }

    /// <summary>All machines there may ever be, those of the first members before the others.</summary>
    public int Machines { get => field == 0 ? Nodes : field; init; }

    /// <summary>The members change while the run goes on.</summary>
    public bool Changes { get; init; }

    /// <summary>Operators take nodes for lost that are only silent for a while, and declare them dead.</summary>
    public bool DeclaresLiving { get; init; }

    /// <summary>For how long those who have left are still spoken to, ticks.</summary>
    public long FarewellTime { get; init; } = 3 * TimeSpan.TicksPerSecond;

    /// <summary>How many zones the machines are spread over; 1 for none.</summary>
    public int Zones { get; init; } = 1;

    public required int Partitions { get; init; }

    /// <summary>The cluster's N.</summary>
    public required int Replicas { get; init; }

    /// <summary>Messages within a node are events of their own, as between the event loops of a real one.</summary>
    public required bool LocalHops { get; init; }

    /// <summary>Event loops of a node at most; each process draws its own number.</summary>
    public required int LoopsMax { get; init; }

    public required Durability Durability { get; init; }

    public required long SegmentBytes { get; init; }

    /// <summary>Small enough at times that stores answer Busy.</summary>
    public required long PendingBytesMax { get; init; }

    /// <summary>Requests that one partition holds at a time; small enough at times that replicas answer Busy.</summary>
    public required int UnderWayMax { get; init; }

    /// <summary>Concurrent values past which a client's write is refused.</summary>
    public required int SiblingsMax { get; init; }

    public required int DotsPerBlock { get; init; }

    /// <summary>A message's usual time on the way, ticks; each one takes from this to three times as long.</summary>
    public required long Latency { get; init; }

    /// <summary>A sync's usual time, ticks.</summary>
    public required long SyncDelay { get; init; }

    /// <summary>How many disks may be lost in the run: the promise to keep writes ends at W of them.</summary>
    public required int LostDisksMax { get; init; }

    /// <summary>In what time replicas are compared, ticks.</summary>
    public required long CompareInterval { get; init; }

    /// <summary>Leaves of all Merkle trees together; few at times, so that a leaf has several keys.</summary>
    public required int TreeLeaves { get; init; }

    /// <summary>The run goes on for a minute or so, and something is away for much of it.</summary>
    public required bool IsLong { get; init; }

    /// <summary>
    /// After how long what is deleted is forgotten, ticks. Also how old a backup may be when the node that was restored from
    /// it comes up: an older state would bring back what was deleted.
    /// </summary>
    public required long Grace { get; init; }

    /// <summary>Bytes of all hints of a node; few at times, so that some are dropped.</summary>
    public required long HintBytesMax { get; init; }

    /// <summary>Off where somebody other than the product writes into the stores: what that leaves belongs to nobody.</summary>
    public bool StoresAreItsOwn { get; init; } = true;

    /// <summary>At the end the run waits until everything deleted is forgotten.</summary>
    public required bool WaitsForReaping { get; init; }

    /// <summary>How unique ids are made; null where nobody makes any.</summary>
    public IdShape? Ids { get; init; }

    /// <summary>Replicas come together without reads: there is anti-entropy.</summary>
    public required bool RepairsItself { get; init; }

    /// <summary>Something says Busy without any fault.</summary>
    public bool IsCrowded => PendingBytesMax < 64 << 10 || UnderWayMax < 1000;

    public static WorldShape Draw(RandomSource random, int nodes) => new()
    {
        Nodes = nodes,
        Partitions = random.Of(1, 4, 8, 16),
        Replicas = Math.Min(nodes, random.Of(1, 2, 3, 3, 3, 3, 3, 3, 4, 5)),
        LocalHops = random.Chance(0.4),
        Durability = random.Of(Durability.Always, Durability.Always, Durability.Always, Durability.Always, Durability.Always, Durability.Always, Durability.Interval, Durability.None),
        SegmentBytes = random.Of(8L << 10, 16L << 10, 32L << 10, 64L << 10),
        PendingBytesMax = random.Of(700, 4L << 10, 1L << 20, 1L << 20),
        UnderWayMax = random.Of(2, 5, 16_384, 16_384, 16_384, 16_384),
        SiblingsMax = random.Of(3, 20, 100, 100),
        DotsPerBlock = random.Of(1, 3, 20, 1024),
        Latency = random.Micros(20, 5_000),
        SyncDelay = random.Micros(20, 3_000),
        LostDisksMax = random.Of(0, 1, 1, 2),
        CompareInterval = random.Micros(500_000, 4_000_000),
        TreeLeaves = random.Of(32, 2048, 262_144),
        RepairsItself = random.Chance(0.8),
        LoopsMax = random.Of(1, 1, 1, 2, 3),
        IsLong = random.Chance(0.08),
        Grace = random.Of(12, 20) * TimeSpan.TicksPerSecond,
        HintBytesMax = random.Of(2L << 10, 100L << 10, 1L << 30, 1L << 30),
        WaitsForReaping = random.Chance(0.25),
    };

    /// <summary>
    /// The same with members that change. The new owners of a partition fetch and compare what the default list says, so
    /// there is always somebody who compares.
    /// </summary>
    public WorldShape WithChanges(RandomSource random)
    {
        int founders = random.Between(1, Math.Min(Nodes, 5));
        return this with
        {
            Changes = true,
            Nodes = founders,
            Machines = Math.Max(Nodes, Math.Min(Nodes + 4, 9)),
            Replicas = random.Of(1, 2, 3, 3, 3, 3, 4),
            Zones = random.Of(1, 1, 2, 3),
            RepairsItself = true,
        };
    }

    /// <summary>The same with operators who declare dead what lives. The longer the farewells, the longer those may ask for something.</summary>
    public WorldShape WithLivingDead(RandomSource random) => this with
    {
        DeclaresLiving = true,
        FarewellTime = random.Of(10, 20) * TimeSpan.TicksPerSecond,
    };
}
