using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Host.AkkaNet.Shell;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>Finds out, for each shard of the present ring, whether it lies where the ring says, and keeps the <see cref="ShardTable"/>.</summary>
internal sealed class ShardScout(ShellWorld world, IActorRef region) : UntypedActor, IWithTimers
{
    public const string Name = "shards";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // A shard that does not answer is asked again after so many pauses: what is asked meanwhile waits in the region.
    private const int PausesBetween = 10;

    private readonly Dictionary<string, int> _askedAt = new(StringComparer.Ordinal);
    private int _pauses;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(ScoutTick.Instance, ScoutTick.Instance, TimeSpan.Zero, Pause);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ScoutTick: Look(); break;
            case ShardFound found: OnFound(found); break;
            default: Unhandled(message); break;
        }
    }

    private void Look()
    {
        _pauses++;
        if (world.Ring is not { } ring)
            return;
        ShardTable table = world.Shards is { } known && ReferenceEquals(known.Ring, ring) ? known : Renew(ring);
        for (int partition = 0; partition < ring.Partitions; partition++)
        {
            PreferenceList owners = ring.OwnersOf(partition);
            for (int ordinal = 0; ordinal < owners.Count; ordinal++)
            {
                if (owners[ordinal] != world.Self)
                    Look(table, partition, ordinal, owners[ordinal]);
            }
        }
    }

    private void Look(ShardTable table, int partition, int ordinal, NodeId node)
    {
        bool isReached = world.Peers.RouteOf(node) is not null;
        if (table.IsFound(partition, ordinal))
        {
            // Its node is gone: when it is back the shard may lie elsewhere.
            if (!isReached)
                table.Mark(partition, ordinal, isFound: false);
            return;
        }

        string shard = ReplicaShards.IdOf(partition, ordinal);
        if (!isReached || (_askedAt.TryGetValue(shard, out int at) && _pauses - at < PausesBetween))
            return;
        _askedAt[shard] = _pauses;
        region.Tell(new ShardProbe(shard), Self);
    }

    private void OnFound(ShardFound found)
    {
        _askedAt.Remove(found.Shard);
        if (world.Shards is { } table && ReplicaShards.TryParse(found.Shard, out int partition, out int ordinal) && ReplicaShards.NodeOf(table.Ring, found.Shard) == found.At)
            table.Mark(partition, ordinal, isFound: true);
    }

    // What was found stays so where the new ring names the same node for it.
    private ShardTable Renew(RingSnapshot ring)
    {
        var table = new ShardTable(ring, region);
        if (world.Shards is { } before && before.Ring.OwnersPerPartition == ring.OwnersPerPartition)
        {
            for (int partition = 0; partition < ring.Partitions; partition++)
            {
                for (int ordinal = 0; ordinal < ring.OwnersPerPartition; ordinal++)
                    table.Mark(partition, ordinal, before.IsFound(partition, ordinal) && before.Ring.OwnersOf(partition)[ordinal] == ring.OwnersOf(partition)[ordinal]);
            }
        }

        world.Shards = table;
        return table;
    }

    private sealed class ScoutTick
    {
        public static ScoutTick Instance { get; } = new();
    }
}
