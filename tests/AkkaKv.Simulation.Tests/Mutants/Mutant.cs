using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Node;
using AkkaKv.Simulation.World;
using System.Text;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>A protocol with one mistake, and the promise whose checker must see it.</summary>
public sealed record Mutant(string Name, string Promise, WorldSeams Seams)
{
    private const string Acknowledged = "no acknowledged write is lost";
    private const string Overlap = "with overlapping strict quorums a read returns what was acknowledged before it, or what covers it";
    private const string Store = "a store holds what it acknowledged, through any crash, and serves nothing else";
    private const string Session = "with the context token writes follow reads and a client's writes are in order";

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
        OfActor("forgets the context", "one client doing read-modify-write without faults never sees two siblings", ActorRole.Gateway, () => new ForgetsContext()),
        OfActor("forgets the context later", Session, ActorRole.Gateway, () => new ForgetsContextLater()),
        OfRead("seals with another secret", Session, () => new SealsWithAnotherSecret()),
        OfRead("shows what any replica holds", "no read returns a value together with one that it covers", () => new UnionsSiblings()),
        OfActor("reaps tombstones at once", "a deleted key stays deleted", ActorRole.Replica, () => new ReapsTombstonesAtOnce()),
        OfRead("repairs nobody", "after healing all replicas of every key agree", () => new SkipsRepair()),
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
    ];

    public override string ToString() => Name;

    internal static WorldSeams Changing(ActorRole role, Func<Mutation> make, Func<Actor, Mutation?>? ofSpawned = null) => new()
    {
        Recipe = options => [.. NodeRecipe.Of(options).Select(plan => plan.Role == role
            ? plan with { Make = () => new MutantActor(plan.Make(), make(), ofSpawned) }
            : plan)],
    };

    private static Mutant OfActor(string name, string promise, ActorRole role, Func<Mutation> make) => new(name, promise, Changing(role, make));

    private static Mutant OfRead(string name, string promise, Func<Mutation> make) =>
        new(name, promise, Changing(ActorRole.Gateway, () => new Unchanged(), actor => actor is ReadCoordinator ? make() : null));

    private static Mutant OfWrite(string name, string promise, Func<Mutation> make) =>
        new(name, promise, Changing(ActorRole.Gateway, () => new Unchanged(), actor => actor is WriteCoordinator ? make() : null));
}

/// <summary>Changes nothing itself.</summary>
internal sealed class Unchanged : Mutation;
