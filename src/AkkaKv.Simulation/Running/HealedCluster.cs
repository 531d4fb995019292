using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Faults;
using AkkaKv.Simulation.Workload;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// After healing the cluster must be alive: connected, every key readable from all its replicas and writable to all of
/// them, within bounded virtual time. Where it repairs itself, the replicas come together before anyone reads; else it is
/// the reads that bring them together.
/// </summary>
internal sealed class HealedCluster(SimWorld world, WorkloadPlan plan, ClientPool clients, History history)
{
    /// <summary>The promise about what is kept for others, which is waited for here.</summary>
    public const string NothingStrays = "hints drain after healing, and nothing stays where it does not belong";

    private const string Promise = "a healed cluster is alive within bounded time";
    private const long Second = TimeSpan.TicksPerSecond;
    private const long RepairTicksMax = 120 * Second;
    private const int TriesMax = 5;

    private readonly RandomSource _random = world.Streams.Of("healed");
    private readonly TreeInspection _trees = new(world);

    /// <summary>What each owner holds of each key at the end: by key, then by rank.</summary>
    public List<SiblingSet[]> FinalObjects { get; } = [];

    /// <summary>The last successful read of all replicas, by key.</summary>
    public List<Operation> FinalReads { get; } = [];

    /// <summary>Objects on nodes that do not own them.</summary>
    public List<StrayObject> Strays { get; } = [];

    /// <returns>False when a promise was broken on the way.</returns>
    public bool Converge(FaultInjector faults)
    {
        faults.Heal();
        Settle();
        Require(world.RunUntil(() => AllUp() && world.Network.IsWhole, world.Now + (10 * Second)), "nodes and connections did not come back in 10 s");
        world.RunUntil(static () => false, world.Now + (Second / 100));
        Require(world.RunUntil(() => world.Reachability.AllBelieve(world.Members), world.Now + (10 * Second)), "10 s after healing somebody was still believed unreachable");
        Require(world.RunUntil(IsQuiet, world.Now + (30 * Second)), "requests were still under way 30 s after healing");
        if (world.Shape.RepairsItself)
            WaitUntil(ReplicasAgree, "after healing all replicas of every key agree", "replicas still differed, without any read,");
        if (world.Shape.RepairsItself)
            WaitUntil(() => _trees.Look() is null, "after healing all replicas of every key agree", "a Merkle tree was still wrong");
        if (world.Shape.StoresAreItsOwn)
            WaitUntil(HintsAreDrained, NothingStrays, "hints were still kept");
        if (world.Shape.Changes)
            WaitForClearing();
        if (world.Shape is { RepairsItself: true, WaitsForReaping: true })
            WaitUntil(NothingDeadIsLeft, "what is deleted is forgotten in the end", "tombstones were still held");
        for (int round = 0; round < 2; round++)
        {
            FinalReads.Clear();
            foreach (WorkloadKey key in plan.Keys)
            {
                FinalReads.Add(Ask(key, OperationKind.Get, null));
                Require(world.RunUntil(IsQuiet, world.Now + (10 * Second)), "repairs were still under way after 10 s");
            }
        }

        // A read that meets an expired value between its removals from two replicas puts it back on one: the next comparison sees it.
        if (world.Shape.RepairsItself)
            WaitUntil(ReplicasAgree, "after healing all replicas of every key agree", "replicas still differed after the last reads,");
        if (world.Violation is null)
            Inspect();
        foreach (WorkloadKey key in plan.Keys)
        {
            if (world.Violation is null)
                Ask(key, OperationKind.Put, FinalReads[key.Index].Context is null ? null : FinalReads[key.Index]);
        }

        return world.Violation is null;
    }

    private void Settle()
    {
        if (world.Shape.Changes)
            world.RunUntil(static () => false, world.Now + (3 * Second));
        new SettledCluster(world).Wait();
    }

    // Looked at now and then only: it looks into every store.
    private void WaitUntil(Func<bool> done, string promise, string story)
    {
        long deadline = world.Now + RepairTicksMax;
        while (world.Violation is null && !done())
        {
            if (world.Now >= deadline)
                world.Fail(promise, $"{story} {RepairTicksMax / Second} s after healing");
            world.RunUntil(static () => false, world.Now + (Second / 4));
        }
    }

    // Anti-entropy knows the cluster's own N; owners of a larger one, which a request named, are left to reads.
    private bool ReplicasAgree()
    {
        foreach (WorkloadKey key in plan.Keys)
        {
            ReadOnlyMemory<byte>? first = null;
            foreach (NodeId owner in OwnersOf(key, world.Shape.Replicas))
            {
                ReadOnlyMemory<byte> found = StoreOf(owner).Look(key.Store).Object;
                first ??= found;
                if (!found.Span.SequenceEqual(first.Value.Span))
                    return false;
            }
        }

        return true;
    }

    // Those that were declared dead have nobody to give theirs to.
    private bool HintsAreDrained() => world.Deployed.All(node => world.Line.WasDeclaredDead(node) || node.Life!.Store.KeysOf(StoreSpace.Hints).Count == 0);

    // Where requests named a larger N than the cluster's, only a read brings the tombstone to the other owners.
    private bool NothingDeadIsLeft()
    {
        foreach (WorkloadKey key in plan.Keys)
        {
            if (key.Replicas > world.Shape.Replicas)
                continue;
            foreach (SimNode node in world.Members)
            {
                if (SiblingSetCodec.TryDecode(StoreOf(node.Id).Look(key.Store).Object, out SiblingSet set) && IsWhollyDeleted(set))
                    return false;
            }
        }

        return true;
    }

    private static bool IsWhollyDeleted(SiblingSet set)
    {
        bool all = set.Count > 0;
        foreach (VersionedValue value in set.Values)
            all &= value.Content.IsTombstone;
        return all;
    }

    private NodeStore StoreOf(NodeId node) => world.Nodes[SimNode.IndexOf(node)].Life!.Store;

    private int ReplicasOf(WorkloadKey key) => Math.Min(key.Replicas, world.Ring.MembersInOrder.Count);

    private PreferenceList OwnersOf(WorkloadKey key, int n) => world.Ring.OwnersOf(world.Ring.PartitionOf(key.Store), n);

    private bool AllUp() => world.Deployed.All(static node => node.IsUp);

    private bool IsQuiet()
    {
        foreach (SimNode node in world.Deployed)
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
        Node = world.Members[_random.Next(world.Members.Count)].Index,
        N = ReplicasOf(key),
        R = ReplicasOf(key),
        W = ReplicasOf(key),
        Strict = true,
        Timeout = TimeSpan.FromSeconds(2),
        InvokedAt = world.Now,
        Source = source,
    };

    private void Inspect()
    {
        foreach (WorkloadKey key in plan.Keys)
        {
            var objects = new List<SiblingSet>();
            foreach (NodeId owner in OwnersOf(key, key.Replicas))
            {
                StoreReadDone found = StoreOf(owner).Look(key.Store);
                bool whole = SiblingSetCodec.TryDecode(found.Object, out SiblingSet set);
                Require(found.Outcome == StoreOutcome.Done && whole, $"{owner} answers {found.Outcome} for {key.Entry} after healing");
                objects.Add(set);
            }

            FinalObjects.Add([.. objects]);
        }

        Strays.AddRange(FindStrays());
    }

    // A member that came back from a backup, or was declared dead and lives, clears by and by: no change waits for it. What is left
    // then, the checker tells.
    private void WaitForClearing()
    {
        long deadline = world.Now + RepairTicksMax;
        while (world.Violation is null && world.Now < deadline && FindStrays().Count > 0)
            world.RunUntil(static () => false, world.Now + (Second / 4));
    }

    private List<StrayObject> FindStrays()
    {
        var strays = new List<StrayObject>();

        // Whoever was to join, and never did, starts empty when it is to join again.
        foreach (SimNode node in world.Deployed)
        {
            if (world.Line.WasMember(node) && !world.Line.WasDeclaredDead(node) && HasCleared(node))
                AddStrays(node, strays);
        }

        return strays;
    }

    // Who left and was then restored from a backup has what it had cleared, and nobody waits for it: an operator's to clear.
    private bool HasCleared(SimNode node) => world.Members.Contains(node) || !node.IsRestored;

    private void AddStrays(SimNode node, List<StrayObject> strays)
    {
        foreach (StoreKey held in node.Life!.Store.KeysOf(StoreSpace.Objects))
        {
            WorkloadKey? key = plan.Keys.FirstOrDefault(candidate => candidate.Store.Equals(held));

            // Anti-entropy brings a key to all that own it by default, also one that was written with a smaller N.
            if (key is null && !world.Shape.StoresAreItsOwn)
                continue;
            if (key is not null && OwnersOf(key, Math.Max(key.Replicas, world.Shape.Replicas)).Contains(node.Id))
                continue;
            SiblingSetCodec.TryDecode(node.Life.Store.Look(held).Object, out SiblingSet set);
            strays.Add(new StrayObject(node.Id, key?.Index ?? -1, set));
        }
    }

    private void Require(bool condition, string story)
    {
        if (!condition)
            world.Fail(Promise, story);
    }
}

/// <summary>An object on a node that does not own it.</summary>
/// <param name="Key">Of the workload; −1 for one that is none of its.</param>
internal sealed record StrayObject(NodeId Node, int Key, SiblingSet Object);
