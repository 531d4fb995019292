using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.Running;

namespace AkkaKv.Simulation.World;

/// <summary>How the nodes of a seed make unique ids, and how many ask for them.</summary>
internal sealed record IdShape
{
    // Clocks are set back by a day at most, some times: most epochs lie before that.
    private const long EarlyEpochMillis = SnowflakeLayout.DefaultEpochUnixMillis - (40L * 24 * 3_600_000);

    public required SnowflakeLayout Layout { get; init; }

    /// <summary>People give each new directory a number that nobody had; else the members agree on who has which.</summary>
    public required bool IsByHand { get; init; }

    /// <summary>How long a number is leased, by its holder's clock.</summary>
    public required TimeSpan Lease { get; init; }

    public required int SequenceStart { get; init; }

    public required int RollbackWaitMillisMax { get; init; }

    /// <summary>How far the durable mark lies ahead.</summary>
    public required int MarkAheadMillis { get; init; }

    /// <summary>Clients that ask for ids.</summary>
    public required int Sessions { get; init; }

    /// <summary>A session's time between two questions, milliseconds, on average.</summary>
    public required int ThinkMillis { get; init; }

    /// <summary>Tickets and the multi-master increment, too. Not where a disk may be lost: their counter is on it.</summary>
    public required bool Counts { get; init; }

    /// <returns>Null where nobody asks for ids.</returns>
    public static IdShape? Draw(RandomSource random, WorldShape shape, Occurrence when)
    {
        bool some = random.Chance(0.4);
        if (when == Occurrence.Never || (when == Occurrence.Sometimes && !some))
            return null;
        int sequenceBits = random.Of(12, 12, 8, 4, 2);
        bool isByHand = random.Chance(0.2);

        // Few numbers: then they move, and at times there are not enough.
        int workerBits = isByHand ? 10 : random.Between(2, 4);
        int datacenterBits = workerBits / 3;
        return new IdShape
        {
            Layout = new SnowflakeLayout
            {
                TimeBits = SnowflakeLayout.Bits - workerBits - sequenceBits,
                DatacenterBits = datacenterBits,
                MachineBits = workerBits - datacenterBits,
                SequenceBits = sequenceBits,
                EpochUnixMillis = random.Chance(0.1) ? SnowflakeLayout.DefaultEpochUnixMillis : EarlyEpochMillis,
            },
            IsByHand = isByHand,
            Lease = TimeSpan.FromSeconds(random.Of(4, 4, 15, 60, 86_400)),
            SequenceStart = random.Of(0, 0, 1, 3),
            RollbackWaitMillisMax = random.Of(0, 50, 50, 1_000),
            MarkAheadMillis = random.Of(10, 100, 500, 3_000),
            Sessions = random.Between(1, 3),
            ThinkMillis = random.Of(2, 20, 200),
            Counts = !shape.Changes && shape.LostDisksMax == 0,
        };
    }

    /// <summary>The options of a node.</summary>
    public IdOptions OptionsOf(SimWorld world, SimNode node) => new()
    {
        Layout = Layout,
        SequenceStart = SequenceStart,
        RollbackWaitMillisMax = RollbackWaitMillisMax,
        MarkAheadMillis = MarkAheadMillis,
        WaitingMax = 4,
        Worker = IsByHand ? world.Ids.AssignByHand(node.StoreId) : null,
        Lease = Lease,
        GrantRenewMillis = (int)Math.Min(Lease.TotalMilliseconds / 2, 10_000),
        TicketNodes = Counts ? [.. world.Nodes.Take(2).Select(static ticket => ticket.Id)] : [],
        IncrementNodes = Counts ? world.Nodes.Length : 0,
        IncrementIndex = Counts ? node.Index : 0,
        CounterBlock = 20,
    };
}
