using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Workload;

/// <summary>How clients behave in one seed.</summary>
internal sealed record WorkloadPlan
{
    /// <summary>Operations of each session before anything fails: read, write, read, write on a key of its own.</summary>
    public const int QuietOperations = 6;

    public required int Sessions { get; init; }

    public required IReadOnlyList<WorkloadKey> Keys { get; init; }

    /// <summary>The chance that an operation goes to the first key.</summary>
    public required double Hot { get; init; }

    public required double Reads { get; init; }

    /// <summary>Of the writes, those that bring no context although there is one.</summary>
    public required double Blind { get; init; }

    public required double Deletes { get; init; }

    /// <summary>Of the writes of values, those that bring an expiry.</summary>
    public required double Expiring { get; init; }

    public required double Strict { get; init; }

    /// <summary>The chance that a request's quorums overlap; else R and W are anything.</summary>
    public required double Overlapping { get; init; }

    /// <summary>Ticks between two operations of a session, on average.</summary>
    public required long ThinkTicks { get; init; }

    /// <summary>How long faults go on.</summary>
    public required long FaultTicks { get; init; }

    public static WorkloadPlan Draw(RandomSource random, WorldShape shape, int operations)
    {
        int sessions = random.Between(2, 10);
        var keys = new List<WorkloadKey>();
        int shared = random.Of(1, 2, 4, 8, 16, 32);
        for (int i = 0; i < shared; i++)
        {
            // While the members change, owners beyond the cluster's N are left to themselves: nobody fetches for them.
            int largest = shape.Changes ? shape.Replicas : Math.Min(shape.Nodes, 5);
            bool varies = random.Chance(0.15);
            int replicas = random.Chance(0.7) ? shape.Replicas : random.Between(1, largest);
            keys.Add(WorkloadKey.Named(i, "key-" + i, varies ? largest : replicas, isLoose: random.Chance(0.25), varies: varies));
        }

        for (int session = 0; session < sessions; session++)
            keys.Add(WorkloadKey.Named(keys.Count, "quiet-" + session, shape.Replicas, owner: session));
        long length = (shape.Changes ? random.Between(6_000, 25_000) : shape.IsLong ? random.Between(20_000, 80_000) : random.Between(1_500, 8_000)) * TimeSpan.TicksPerMillisecond;
        return new WorkloadPlan
        {
            Sessions = sessions,
            Keys = keys,
            Hot = random.Of(0, 0.3, 0.8),
            Reads = random.Of(0.2, 0.5, 0.8),
            Blind = random.Of(0, 0.1, 0.5),
            Deletes = random.Of(0, 0.1, 0.4),
            Expiring = random.Of(0, 0.1, 0.5),
            Strict = random.Of(0, 0.5, 1.0, 1.0),
            Overlapping = random.Of(0.5, 0.9, 1.0),
            ThinkTicks = length * sessions / Math.Max(operations, 1),
            FaultTicks = length,
        };
    }
}
