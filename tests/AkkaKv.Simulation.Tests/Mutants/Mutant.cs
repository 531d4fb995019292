using AkkaKv.Api;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Ring;
using AkkaKv.Simulation.Checkers;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.World;
using System.Text;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>A protocol with one mistake, and the promise whose checker must see it.</summary>
public sealed record Mutant(string Name, string Promise, WorldSeams Seams)
{
    private const string Acknowledged = "no acknowledged write is lost";
    private const string Overlap = "with overlapping strict quorums a read returns what was acknowledged before it, or what covers it";
    private const string Agreement = "after healing all replicas of every key agree";
    private const string Store = "a store holds what it acknowledged, through any crash, and serves nothing else";
    private const string Session = "with the context token writes follow reads";
    private const string Expiry = "a value is shown until it expires and not after, and all replicas hold the same expiry";

    private const string OwnWrites = "with overlapping strict quorums a session reads its own writes";
    private const string Deleted = "a deleted key stays deleted";
    private const string QuietClient = "one client doing read-modify-write without faults never sees two siblings";
    private const string OneLine = "no two nodes ever hold different configurations of one epoch, and each follows the one before";
    private const string Barrier = "a change goes on only when everyone has entered its phase and done its work";
    private const string Silence = "whoever falls silent is seen unreachable in bounded time, and nobody else";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        OfActor("acknowledges before it is durable", Acknowledged, ActorRole.Replica, () => new AcknowledgesEarly()),
        OfActor("merges by overwriting", Acknowledged, ActorRole.Replica, () => new MergesByOverwriting()),
        OfActor("lets every write replace its siblings", Acknowledged, ActorRole.Replica, () => new TreatsEveryWriteAsLast()),
        OfWrite("hands out a context over unseen siblings", Acknowledged, () => new ContextOverSiblings()),
        OfRead("hides a sibling that its context covers", Acknowledged, () => new HidesSibling()),
        OfActor("waits for one acknowledgement too few", Overlap, ActorRole.Gateway, () => new CountsOneTooFew()),
        OfActor("reads one replica", Overlap, ActorRole.Gateway, () => new ReadsOneReplica()),
        OfWrite("denies what it sent", "no value is read that was never written, nor one whose write was not attempted", () => new DeniesWhatItSent()),
        OfActor("forgets the context", QuietClient, ActorRole.Gateway, () => new ForgetsContext()),
        OfActor("forgets the context later", Session, ActorRole.Gateway, () => new ForgetsContextLater()),
        OfWrite("hands out a context without the write itself", "with the context token a session's later write replaces its earlier one", () => new ContextWithoutOwnWrite()),
        OfActor("waits for no replica but its own", OwnWrites, ActorRole.Gateway, () => new WaitsForItselfAlone()),
        OfActor("reads one replica at times", "with overlapping strict quorums a session's reads do not go back", ActorRole.Gateway, () => new ReadsOneReplicaAtTimes()),
        OfRead("judges expiry by a late clock", Expiry, () => new ReadsLateClock()),
        OfRead("judges expiry by an early clock", Expiry, () => new ReadsEarlyClock()),
        OfActor("counts expiry from the arrival", Expiry, ActorRole.Replica, () => new ExpiresFromArrival()),
        OfRead("seals with another secret", Session, () => new SealsWithAnotherSecret()),
        new("shows old values too", "no read returns a value together with one that it covers", new WorldSeams { Recipe = WithMemory }),
        OfActor("reaps tombstones at once", Deleted, ActorRole.Replica, () => new ReapsTombstonesAtOnce()),
        new("reaps too early", Deleted, Reaping(options => options with { Grace = TimeSpan.Zero }, _ => new AgreesToEverything())),
        new("reaps what an absent node still holds", Deleted, Reaping(options => options with { Grace = TimeSpan.Zero }, members => new AsksNobodyElse(members))),
        OfActor("overwrites with hints", Overlap, ActorRole.Replica, () => new OverwritesWithHints()),
        OfActor("forgets hints", "what a node says that it keeps for another, it keeps", ActorRole.Hints, () => new ForgetsHints()),
        OfActor("counts a fallback as an owner", Overlap, ActorRole.Gateway, () => new CountsFallbacksAsOwners()),
        new("passes a write on without asking, and again when nobody answers", QuietClient, new WorldSeams { Recipe = PassingOnUnasked }),
        OfRead("repairs nobody", Agreement, () => new SkipsRepair()),
        OfActor("does not update its Merkle tree", Agreement, ActorRole.Replica, () => new LeavesTreeAsItWas()),
        OfActor("compares no replicas", Agreement, ActorRole.AntiEntropy, () => new ComparesNothing()),
        OfActor("compares replicas and moves nothing", Agreement, ActorRole.AntiEntropy, () => new MovesNothing()),
        OfActor("passes on to whoever does not own", "hints drain after healing, and nothing stays where it does not belong", ActorRole.Replica, () => new PassesOnToFirstNode()),
        OfRead("swallows failed reads", "every request is answered by its deadline", () => new ForgetsToAnswer()),
        OfActor("never believes that a peer came back", "a healed cluster is alive within bounded time", ActorRole.Membership, () => new NeverForgives()),
        OfActor("takes old heartbeats for new ones", Silence, ActorRole.Membership, () => new TakesOldHeartbeatsForNew()),
        new("holds its own sleep against others", Silence, new WorldSeams
        {
            Recipe = options => NodeRecipe.Of(options with { Membership = new MembershipOptions { LateTickMin = TimeSpan.FromDays(1) } }),
        }),
        OfActor("never raises its heartbeat", Silence, ActorRole.Membership, () => new StandsStill()),
        new("keeps its identity after a wipe", "a dot names one value for ever", new WorldSeams
        {
            Store = options => options with { DrawId = () => StableHash.Of(Encoding.ASCII.GetBytes(options.Node)) },
        }),
        new("has a disk that lies about syncs", Store, new WorldSeams { Disk = disk => new LyingDisk(disk) }),
        new("has a disk that forges", Store, new WorldSeams { Disk = disk => new ForgingDisk(disk) }),
        OfChange("skips the epoch in which both rings are written to", Overlap, ActorRole.RingManager, () => new SkipsWritingBoth()),
        new("proposes over what was accepted", OneLine, Changing(ActorRole.Topology, () => new Unchanged(), actor => actor is ProposalActor ? new IgnoresAcceptedValues() : null)) { Changes = Occurrence.Always },
        OfChange("drops the last batch, and does not compare", Overlap, ActorRole.Transfer, () => new DropsTheLastBatch()),
        OfChange("compares before everyone has entered", Barrier, ActorRole.Transfer, () => new DoesNotWaitForAllToEnter()),
        InWorldsOfTheLivingDead(OfChange("does not fence", OwnWrites, ActorRole.Replica, () => new DoesNotFence())),
        OfChange("takes every key for one that a larger N has written", HealedCluster.NothingStrays, ActorRole.TransferSource, () => new LeavesWhatIsToBeCleared()),
        OfChange("goes on without a member", Barrier, ActorRole.Topology, () => new TakesEveryAnswerForDone()),
        new("touches the sequence before it looks for a rollback", IdChecker.Unique, IdMutations.Changing(layout => new TouchesTheSequenceFirst(layout))),
        new("writes the mark after the issue", IdChecker.Durable, IdMutations.Changing(_ => new MarksAfterTheIssue())),
        new("uses a worker number beyond its lease", IdChecker.Granted, IdMutations.Changing(_ => new OutlivesItsLease())),
        new("uses a worker number before its lease", IdChecker.Granted, IdMutations.Changing(_ => new AnticipatesItsLease())) { Changes = Occurrence.Always },
        new("never trusts the clock again", IdRevival.Promise, IdMutations.Changing(_ => new NeverTrustsTheClockAgain())),
        new("gives fewer ids than it was asked for", IdChecker.Delivered, IdMutations.Changing(_ => new GivesTooFew())),
        new("has a disk that forgets removals", Store, new WorldSeams { Disk = disk => new ForgetsRemovals(disk), Recipe = StoreExerciser.Recipe }),
    ];

    /// <summary>Whether the members change in the seeds that hunt for it.</summary>
    public Occurrence Changes { get; init; }

    public override string ToString() => Name;

    internal static WorldSeams Changing(ActorRole role, Func<Mutation> make, Func<Actor, Mutation?>? ofSpawned = null) => new()
    {
        Recipe = options => [.. NodeRecipe.Of(options).Select(plan => plan.Role == role
            ? plan with { Make = () => new MutantActor(plan.Make(), make(), ofSpawned) }
            : plan)],
    };

    // What the gateway's reads remember, they remember together.
    private static IReadOnlyList<ActorPlan> WithMemory(NodeOptions options) => [.. NodeRecipe.Of(options).Select(plan =>
    {
        if (plan.Role != ActorRole.Gateway)
            return plan;
        var shown = new Dictionary<StoreKey, Queue<Sibling>>();
        return plan with { Make = () => new MutantActor(plan.Make(), new Unchanged(), actor => actor is ReadCoordinator ? new ShowsOldValues(shown) : null) };
    })];

    private static WorldSeams Reaping(Func<ReapOptions, ReapOptions> change, Func<NodeId[], Mutation> make) => new()
    {
        Recipe = options => [.. NodeRecipe.Of(options with { Reaping = change(options.Reaping) }).Select(plan => plan.Role == ActorRole.Reaper
            ? plan with { Make = () => new MutantActor(plan.Make(), make([.. options.Topology.Members.Select(member => member.Node)])) }
            : plan)],
    };

    private static IReadOnlyList<ActorPlan> PassingOnUnasked(NodeOptions options)
    {
        var ring = RingSnapshot.Of(options.Topology);
        return Changing(ActorRole.Gateway, () => new Unchanged(), actor => actor is ForwardCoordinator ? new PassesOnUnasked(ring) : null).Recipe(options);
    }

    private static Mutant OfActor(string name, string promise, ActorRole role, Func<Mutation> make) => new(name, promise, Changing(role, make));

    private static Mutant OfChange(string name, string promise, ActorRole role, Func<Mutation> make) => OfActor(name, promise, role, make) with { Changes = Occurrence.Always };

    // In every one of its seeds, and with long farewells: else it takes thousands.
    private static Mutant InWorldsOfTheLivingDead(Mutant mutant) => mutant with
    {
        Seams = mutant.Seams with { Shape = shape => shape with { DeclaresLiving = true, FarewellTime = 20 * TimeSpan.TicksPerSecond } },
    };

    private static Mutant OfRead(string name, string promise, Func<Mutation> make) =>
        new(name, promise, Changing(ActorRole.Gateway, () => new Unchanged(), actor => actor is ReadCoordinator ? make() : null));

    private static Mutant OfWrite(string name, string promise, Func<Mutation> make) =>
        new(name, promise, Changing(ActorRole.Gateway, () => new Unchanged(), actor => actor is WriteCoordinator ? make() : null));
}

/// <summary>Changes nothing itself.</summary>
internal sealed class Unchanged : Mutation;
