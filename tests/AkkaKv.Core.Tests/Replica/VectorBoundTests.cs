using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Tests.Hints;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Replica;

/// <summary>A vector that nobody could read, or hand out, is never made: the key would be lost.</summary>
public sealed class VectorBoundTests
{
    private const int Most = VersionVector.ActorsOfWritesMax;

    private static readonly EntryKey Key = EntryKey.FromText("b", "k");
    private static readonly StoreKey Stored = StoreKey.Of("b", "k"u8);
    private static readonly ContextSeal Seal = new("test"u8);

    private readonly TestWorld _world = new();

    [Fact]
    public void A_write_that_would_add_an_actor_too_many_goes_to_an_owner_whose_actor_is_there()
    {
        // Stores of the test are the actors 1 to 3; only that of node-2 is known to the key.
        _world.Put(_world.Nodes[1], Key, "first").Tag.ShouldBe($"{2:x16}-1");
        Fill(SetOf(Most - 1, with: 2));
        foreach (NodeId node in _world.Nodes)
        {
            PutReply reply = _world.Put(node, Key, $"by {node}", _world.Get(node, Key).Context);
            reply.Error.ShouldBeNull();
            reply.Tag.ShouldStartWith($"{2:x16}-");
            reply.Quorum!.Coordinator.ShouldBe("node-2");
            _world.Get(node, Key).Siblings.Count.ShouldBe(1);
        }

        Seen().Newest.Length.ShouldBe(Most);
    }

    [Fact]
    public void Where_no_owner_can_the_write_is_refused_in_words_and_nothing_is_stored()
    {
        Fill(SetOf(Most));
        int writes = _world.Stores.Values.Sum(store => store.Writes);
        foreach (NodeId node in _world.Nodes)
        {
            KvError error = _world.Put(node, Key, "one more").Error!;
            error.Code.ShouldBe(KvErrorCode.TooManyActors);
            error.Outcome.ShouldBe(KvOutcome.NotAttempted);
            error.Detail.ShouldContain($"{Most} actors or more");
        }

        _world.Stores.Values.Sum(store => store.Writes).ShouldBe(writes);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_key_whose_vector_is_full_can_be_read_and_deleted()
    {
        Fill(SetOf(Most));
        GetReply read = _world.Get(_world.Nodes[0], Key);
        read.Siblings.Count.ShouldBe(1);
        ulong call = _world.Ask(_world.Nodes[0], caller => new Core.Gateway.GatewayDelete(Key, read.Context, RequestOptions.Default, caller));
        _world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
        _world.Get(_world.Nodes[1], Key).Siblings.ShouldBeEmpty();
        Seen().Newest.Length.ShouldBe(Most + 1);
    }

    [Fact]
    public void A_context_that_names_too_many_beside_those_that_are_there_is_refused()
    {
        Fill(SetOf(600));
        CausalContext context = Seal.Seal(Stored, SetOf(500, first: 5_000).Seen);
        _world.Put(_world.Nodes[0], Key, "v", context).Error!.Code.ShouldBe(KvErrorCode.TooManyActors);
        Seen().Newest.Length.ShouldBe(600);
    }

    [Fact]
    public void A_merge_that_nobody_could_read_is_refused_and_what_is_there_stays()
    {
        Fill(SetOf(600));
        byte[] before = _world.Stores[_world.Nodes[0]].Object(Stored).ToArray();
        Merge(SetOf(425, first: 5_000)).ShouldBe(ReplicaOutcome.TooManyActors);
        _world.Stores[_world.Nodes[0]].Object(Stored).ToArray().ShouldBe(before);
        Merge(SetOf(424, first: 5_000)).ShouldBe(ReplicaOutcome.Done);
        Seen(node: 0).Newest.Length.ShouldBe(VersionVector.ActorsMax);
    }

    [Fact]
    public void Hints_that_nobody_could_read_together_are_refused()
    {
        var hints = new HintWorld();
        hints.World.Disconnect(hints.Keeper, hints.Target);
        hints.OutcomeOf(hints.Keep("k", SetOf(600))).ShouldBe(ReplicaOutcome.Done);
        hints.OutcomeOf(hints.Keep("k", SetOf(425, first: 5_000))).ShouldBe(ReplicaOutcome.TooManyActors);
        hints.Kept("k").Set.Seen.Newest.Length.ShouldBe(600);
        hints.OutcomeOf(hints.Keep("k", SetOf(424, first: 5_000))).ShouldBe(ReplicaOutcome.Done);
        hints.Kept("k").Set.Seen.Newest.Length.ShouldBe(VersionVector.ActorsMax);
    }

    [Fact]
    public void Answers_that_nobody_could_be_told_together_do_not_count_together()
    {
        var tally = new ReadTally(2, 3);
        tally.Add(0, SiblingSetCodec.Encode(SetOf(600)));
        tally.Add(1, SiblingSetCodec.Encode(SetOf(425, first: 5_000)));
        tally.IsReached.ShouldBeFalse();
        tally.SawCorruption.ShouldBeTrue();
        tally.Add(2, SiblingSetCodec.Encode(SetOf(424, first: 5_000)));
        tally.IsReached.ShouldBeTrue();
        tally.Merged.Seen.IsReadable.ShouldBeTrue();
    }

    // Whatever a write is made of: what follows can be read, and its context be handed out, sent back and opened.
    [Fact]
    public void Whatever_is_not_refused_can_be_read_and_its_context_handed_out()
    {
        var random = new RandomSource(20_261_127);
        int taken = 0;
        for (int run = 0; run < 400; run++)
        {
            SiblingSet staged = SetOf(random.Next(VersionVector.ActorsMax + 1), (ulong)random.Next(3_000) + 10, counter: random.NextUInt64() | 1);
            VersionVector context = SetOf(random.Next(VersionVector.ActorsMax + 1), (ulong)random.Next(3_000) + 10, counter: random.NextUInt64() | 1).Seen;
            var content = new ValueContent(default, null, 0, IsTombstone: random.Next(2) == 0);
            var dot = new Dot((ulong)random.Next(6_000), ulong.MaxValue);
            var put = new ReplicaPut(Stored, context, content, false, 1, new Address(_world.Nodes[0], ActorRole.Caller, 1));
            if (PutRules.RefusalOf(staged, put, dot) is not null)
                continue;
            taken++;
            SiblingSet changed = staged.Put(context, dot, content);
            SiblingSetCodec.TryDecode(SiblingSetCodec.Encode(changed), out _).ShouldBeTrue();
            CausalContext.TryParse(Seal.Seal(Stored, changed.Seen).ToString(), out CausalContext? token).ShouldBeTrue();
            Seal.TryOpen(Stored, token, out VersionVector opened, out _).ShouldBeTrue();
            opened.ShouldBe(changed.Seen);
        }

        taken.ShouldBeInRange(100, 399);
    }

    private static SiblingSet SetOf(int actors, ulong first = 1_000, ulong counter = 1, ulong with = 0)
    {
        var dots = new List<Dot>();
        if (with > 0)
            dots.Add(new Dot(with, 1));
        for (int i = 0; i < actors; i++)
            dots.Add(new Dot(first + (ulong)i, counter));
        VersionVector seen = VersionVector.Of(dots.ToArray());
        return dots.Count == 0 ? SiblingSet.Empty : new SiblingSet(seen, [new VersionedValue(dots[^1], new ValueContent("v"u8.ToArray(), null, 0))]);
    }

    private void Fill(SiblingSet set)
    {
        foreach (TestStore store in _world.Stores.Values)
            store.Set(Stored, SiblingSetCodec.Encode(set));
    }

    private VersionVector Seen(int node = 1)
    {
        SiblingSetCodec.TryDecode(_world.Stores[_world.Nodes[node]].Object(Stored), out SiblingSet set).ShouldBeTrue();
        return set.Seen;
    }

    private ReplicaOutcome Merge(SiblingSet set)
    {
        var replica = new Address(_world.Nodes[0], ActorRole.Replica, (ulong)_world.Ring.PartitionOf(Stored));
        ulong call = _world.Ask(replica, caller => new ReplicaMerge(Stored, SiblingSetCodec.Encode(set), 0, caller));
        return _world.Reply<ReplicaMergeDone>(call)!.Outcome;
    }
}
