using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Faults;
using AkkaKv.Simulation.Workload;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// After healing the cluster must be alive: connected, every key readable from all its replicas and writable to all of
/// them, within bounded virtual time. Without anti-entropy it is the reads that bring the replicas together.
/// </summary>
internal sealed class HealedCluster(SimWorld world, WorkloadPlan plan, ClientPool clients, History history)
{
    private const string Promise = "a healed cluster is alive within bounded time";
    private const long Second = TimeSpan.TicksPerSecond;
    private const int TriesMax = 5;

    private readonly RandomSource _random = world.Streams.Of("healed");

    /// <summary>What each owner holds of each key at the end: by key, then by rank.</summary>
    public List<SiblingSet[]> FinalObjects { get; } = [];

    /// <summary>The last successful read of all replicas, by key.</summary>
    public List<Operation> FinalReads { get; } = [];

    /// <returns>False when a promise was broken on the way.</returns>
    public bool Converge(FaultInjector faults)
    {
        faults.Heal();
        Require(world.RunUntil(() => AllUp() && world.Network.IsWhole, world.Now + (10 * Second)), "nodes and connections did not come back in 10 s");
        world.RunUntil(static () => false, world.Now + (Second / 100));
        Require(world.RunUntil(() => world.Reachability.AllBelieve(world.Nodes), world.Now + (10 * Second)), "10 s after healing somebody was still believed unreachable");
        Require(world.RunUntil(IsQuiet, world.Now + (30 * Second)), "requests were still under way 30 s after healing");
        for (int round = 0; round < 2; round++)
        {
            FinalReads.Clear();
            foreach (WorkloadKey key in plan.Keys)
            {
                FinalReads.Add(Ask(key, OperationKind.Get, null));
                Require(world.RunUntil(IsQuiet, world.Now + (10 * Second)), "repairs were still under way after 10 s");
            }
        }

        if (world.Violation is null)
            Inspect();
        foreach (WorkloadKey key in plan.Keys)
        {
            if (world.Violation is null)
                Ask(key, OperationKind.Put, FinalReads[key.Index].Context is null ? null : FinalReads[key.Index]);
        }

        return world.Violation is null;
    }

    private bool AllUp() => Array.TrueForAll(world.Nodes, node => node.IsUp);

    private bool IsQuiet()
    {
        foreach (SimNode node in world.Nodes)
        {
            if (node.Life is not { Requests: 0, Store.IsIdle: true })
                return false;
        }

        return world.Network.UnderWay == 0;
    }

    private Operation Ask(WorkloadKey key, OperationKind kind, Operation? source)
    {
        Operation? asked = null;
        for (int tries = 0; tries < TriesMax && world.Violation is null; tries++)
        {
            Operation? done = null;
            asked = Make(key, kind, source);
            clients.Invoke(asked, 8, operation => done = operation);
            world.RunUntil(() => done is not null, world.Now + (10 * Second));
            if (done is { Outcome: OperationOutcome.Ok })
                return done;
            world.RunUntil(static () => false, world.Now + (Second / 10));
        }

        Require(false, $"{asked} did not succeed in {TriesMax} tries: {asked?.Error?.Detail}");
        return asked!;
    }

    private Operation Make(WorkloadKey key, OperationKind kind, Operation? source) => new()
    {
        Number = history.NextNumber,
        Session = -1,
        Kind = kind,
        Key = key,
        Node = _random.Next(world.Nodes.Length),
        R = key.Replicas,
        W = key.Replicas,
        Strict = true,
        Timeout = TimeSpan.FromSeconds(2),
        InvokedAt = world.Now,
        Source = source,
    };

    private void Inspect()
    {
        foreach (WorkloadKey key in plan.Keys)
        {
            int partition = world.Ring.PartitionOf(key.Store);
            var objects = new List<SiblingSet>();
            foreach (NodeId owner in world.Ring.OwnersOf(partition, key.Replicas))
            {
                StoreReadDone found = world.Nodes[SimNode.IndexOf(owner)].Life!.Store.Look(key.Store);
                bool whole = SiblingSetCodec.TryDecode(found.Object, out SiblingSet set);
                Require(found.Outcome == StoreOutcome.Done && whole, $"{owner} answers {found.Outcome} for {key.Entry} after healing");
                objects.Add(set);
            }

            FinalObjects.Add([.. objects]);
        }
    }

    private void Require(bool condition, string story)
    {
        if (!condition)
            world.Fail(Promise, story);
    }
}
