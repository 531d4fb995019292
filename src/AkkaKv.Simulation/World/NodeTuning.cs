using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Node;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Transfer;

namespace AkkaKv.Simulation.World;

/// <summary>
/// The options of a node's actors: hours become seconds, and batches so small that a few keys take several.
/// </summary>
internal static class NodeTuning
{
    public static NodeOptions Of(SimWorld world, SimNode node, int loops, ClusterConfiguration? configuration)
    {
        WorldShape shape = world.Shape;
        return new NodeOptions(
            node.Id,
            configuration?.Ring ?? world.Founding,
            new GatewayOptions
            {
                ContextSecret = SimWorld.Secret,
                Places = [],
                Quorum = new QuorumDefaults(shape.Replicas, Math.Min(2, shape.Replicas), Math.Min(2, shape.Replicas)),
                Gateways = loops,
            },
            new ReplicaOptions(shape.SiblingsMax, shape.UnderWayMax)
            {
                Tree = new TreeOptions { Leaves = shape.TreeLeaves, SliceKeys = 4, PageKeys = 4, SeatTime = TimeSpan.FromSeconds(1) },
            })
        {
            Configuration = configuration,
            StoreId = node.StoreId,
            TopologyOptions = Speaking(shape),
            Ids = shape.Ids?.OptionsOf(world, node),
            Transfer = Moving,
            AntiEntropy = Comparisons(shape),
            Hints = HintsOf(shape),
            Reaping = new ReapOptions(new TimeSpan(shape.Grace), TimeSpan.FromSeconds(1), BatchKeysMax: 3) { AnswerTimeout = TimeSpan.FromSeconds(1) },
        };
    }

    private static TransferOptions Moving { get; } = new()
    {
        PartitionsMax = 2,
        BatchBytes = 1024,
        MergesMax = 2,
        PullersMax = 2,
        PullTimeout = TimeSpan.FromSeconds(1),
        RetryDelay = TimeSpan.FromMilliseconds(50),
        RetryDelayMax = TimeSpan.FromSeconds(1),
        TriesMax = 2,
        ClearKeys = 3,
        HintsPoll = TimeSpan.FromMilliseconds(200),
        PauseMax = TimeSpan.FromMilliseconds(100),
    };

    private static TopologyOptions Speaking(WorldShape shape) => shape.Changes || shape.Ids is not null
        ? new TopologyOptions
        {
            PollInterval = TimeSpan.FromMilliseconds(200),
            // Who was declared dead and lives hears of it by this alone: as late as in a real cluster.
            DigestInterval = shape.DeclaresLiving ? new TopologyOptions().DigestInterval : TimeSpan.FromMilliseconds(500),
            ProposalTimeout = TimeSpan.FromSeconds(1),
            AnswerTimeout = TimeSpan.FromSeconds(2),
            GatherTimeout = TimeSpan.FromMilliseconds(300),
            FarewellTime = new TimeSpan(shape.FarewellTime),
        }
        : new TopologyOptions();

    // A cluster that does not repair itself never compares.
    private static AntiEntropyOptions Comparisons(WorldShape shape) => new()
    {
        Interval = shape.RepairsItself ? new TimeSpan(shape.CompareInterval) : TimeSpan.FromDays(365),
        ExchangesMax = shape.RepairsItself ? 1 : 0,
        StepTimeout = TimeSpan.FromSeconds(1),
        RebuildPoll = TimeSpan.FromMilliseconds(50),
        RetryDelay = TimeSpan.FromMilliseconds(200),
        PauseMax = TimeSpan.FromMilliseconds(100),
        StepKeys = 8,
        StepMoves = 4,
        MovesMax = 2,
    };

    private static HintOptions HintsOf(WorldShape shape) => new()
    {
        BytesMax = shape.HintBytesMax,

        // Where hints expire, the disks that are left are all that keeps a write.
        Lifetime = shape.LostDisksMax == 0 ? new TimeSpan(shape.Grace * 3 / 4) : null,
        SpreadMax = TimeSpan.FromMilliseconds(300),
        BatchKeysMax = 3,
        BatchTimeout = TimeSpan.FromSeconds(1),
        Pause = TimeSpan.FromMilliseconds(20),
        BackoffMin = TimeSpan.FromMilliseconds(50),
        BackoffMax = TimeSpan.FromSeconds(1),
        SweepPause = TimeSpan.FromSeconds(1),
    };
}
