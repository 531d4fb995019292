using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Hints;

/// <summary>What is kept, refused and told.</summary>
public sealed class HintActorTests
{
    private readonly HintWorld _hints = new();

    [Fact]
    public void A_hint_is_acknowledged_only_when_it_is_durable()
    {
        _hints.Cut();
        _hints.Store.Holds = true;
        ulong call = _hints.Keep("k", HintWorld.Set(1));
        _hints.OutcomeOf(call).ShouldBeNull();
        _hints.Read("k").Object.IsEmpty.ShouldBeTrue("it is not durable yet");
        Release();
        _hints.OutcomeOf(call).ShouldBe(ReplicaOutcome.Done);
        _hints.Read("k").Object.ToArray().ShouldBe(SiblingSetCodec.Encode(HintWorld.Set(1)).ToArray());
        _hints.Counted(Counter.HintsStored).ShouldBe(1);
    }

    [Fact]
    public void One_merged_object_is_kept_for_all_targets_of_a_key()
    {
        _hints.Cut();
        _hints.World.Disconnect(_hints.Keeper, _hints.Other);
        _hints.Keep("k", HintWorld.Set(1));
        _hints.Keep("k", HintWorld.Set(2), _hints.Other);
        HintRecord kept = _hints.Kept("k");
        kept.Targets.ToArray().Select(target => target.Node).ShouldBe([_hints.Target, _hints.Other]);
        kept.Set.Count.ShouldBe(2);
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
    }

    [Fact]
    public void What_is_kept_already_is_not_written_again()
    {
        _hints.Cut();
        _hints.Keep("k", HintWorld.Set(1, 2));
        int writes = _hints.Store.Writes;
        _hints.OutcomeOf(_hints.Keep("k", HintWorld.Set(1))).ShouldBe(ReplicaOutcome.Done);
        _hints.Store.Writes.ShouldBe(writes);
        _hints.Counted(Counter.HintsStored).ShouldBe(1);
    }

    [Fact]
    public void What_a_staged_write_includes_waits_for_that_write()
    {
        _hints.Cut();
        _hints.Store.Holds = true;
        _hints.Keep("k", HintWorld.Set(1));
        ulong again = _hints.Keep("k", HintWorld.Set(1));
        _hints.OutcomeOf(again).ShouldBeNull();
        Release();
        _hints.OutcomeOf(again).ShouldBe(ReplicaOutcome.Done);
    }

    [Fact]
    public void Beside_a_refused_write_a_hint_is_acknowledged_only_when_it_is_durable()
    {
        _hints.Cut();
        _hints.Store.Holds = true;
        _hints.Keep("k", HintWorld.Set(1));
        _hints.Store.WriteOutcome = StoreOutcome.Busy;
        ulong refused = _hints.Keep("k", HintWorld.Set(2));
        _hints.OutcomeOf(refused).ShouldBe(ReplicaOutcome.BusyUnsure);
        _hints.Store.WriteOutcome = StoreOutcome.Done;
        ulong again = _hints.Keep("k", HintWorld.Set(2));
        _hints.OutcomeOf(again).ShouldBeNull();
        Release();
        _hints.OutcomeOf(again).ShouldBe(ReplicaOutcome.Done);
        _hints.Kept("k").Set.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(StoreOutcome.Busy, ReplicaOutcome.Busy)]
    [InlineData(StoreOutcome.ReadOnly, ReplicaOutcome.ReadOnly)]
    [InlineData(StoreOutcome.Failed, ReplicaOutcome.StoreFailed)]
    public void A_store_that_does_not_write_is_told_and_nothing_is_sent(StoreOutcome store, ReplicaOutcome told)
    {
        _hints.Store.WriteOutcome = store;
        _hints.OutcomeOf(_hints.Keep("k", HintWorld.Set(1))).ShouldBe(told);
        _hints.Backlogs().ShouldBeEmpty();
        _hints.World.Advance(TimeSpan.FromMinutes(1));
        _hints.Merges(_hints.Target).ShouldBe(0);
    }

    [Fact]
    public void What_is_no_hint_is_refused()
    {
        StoreKey key = HintWorld.Key("k");
        ReadOnlyMemory<byte> good = SiblingSetCodec.Encode(HintWorld.Set(1));
        Outcome(key, new byte[] { 1, 2, 3 }, _hints.Target).ShouldBe(ReplicaOutcome.Corrupt, "an object that does not check out");
        Outcome(key, default, _hints.Target).ShouldBe(ReplicaOutcome.Corrupt, "an object that holds nothing");
        Outcome(key, good, _hints.Keeper).ShouldBe(ReplicaOutcome.Corrupt, "a hint for the keeper itself");
        Outcome(key, good, new NodeId("")).ShouldBe(ReplicaOutcome.Corrupt, "a target without a name");
        var elsewhere = new Address(_hints.Keeper, ActorRole.Hints, ((ulong)_hints.World.Ring.PartitionOf(key) + 1) % 8);
        _hints.World.Post(elsewhere, new HintStore(_hints.Target, key, good, 1, new Address(_hints.Keeper, ActorRole.Caller, 77)));
        _hints.World.Run();
        _hints.OutcomeOf(77).ShouldBe(ReplicaOutcome.Corrupt, "a key of another partition");
        _hints.World.Post(elsewhere, new HintRead(key, 1, new Address(_hints.Keeper, ActorRole.Caller, 78)));
        _hints.World.Run();
        _hints.World.Reply<ReplicaReadDone>(78)!.Outcome.ShouldBe(ReplicaOutcome.Corrupt, "a key of another partition");
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();

        ReplicaOutcome? Outcome(StoreKey of, ReadOnlyMemory<byte> bytes, NodeId target) =>
            _hints.OutcomeOf(_hints.Keep(of, bytes, target, _hints.Keeper));
    }

    [Fact]
    public void Messages_that_mean_nothing_here_do_nothing()
    {
        Address hints = _hints.HintsOf(_hints.Keeper, HintWorld.Key("k"));
        var nobody = new Address(_hints.Other, ActorRole.Request, 5);
        _hints.World.Post(hints, new ReplicaMergeDone(99, ReplicaOutcome.Done));
        _hints.World.Post(hints, new ReplicaReadDone(99, ReplicaOutcome.Done, default));
        _hints.World.Post(hints, new ReplicaMerge(HintWorld.Key("k"), default, 1, nobody));
        _hints.World.Run();
        _hints.Backlogs().ShouldBeEmpty();
    }

    [Fact]
    public void A_record_that_does_not_check_out_is_told_as_such()
    {
        _hints.Store.Damage(HintWorld.Key("k"), StoreSpace.Hints);
        _hints.OutcomeOf(_hints.Keep("k", HintWorld.Set(1))).ShouldBe(ReplicaOutcome.Corrupt);
        _hints.Read("k").Outcome.ShouldBe(ReplicaOutcome.Corrupt);
    }

    [Fact]
    public void Past_the_bound_nothing_more_is_kept_and_it_is_counted()
    {
        var hints = new HintWorld(new HintOptions { BytesMax = 4_000 }, partitions: 1);
        hints.Cut();
        ReplicaOutcome?[] outcomes = [.. Enumerable.Range(0, 20).Select(i => hints.OutcomeOf(hints.Keep($"k{i}", HintWorld.Set(1))))];
        int kept = outcomes.Count(outcome => outcome == ReplicaOutcome.Done);
        kept.ShouldBeInRange(5, 15);
        outcomes[kept..].ShouldAllBe(outcome => outcome == ReplicaOutcome.Busy);
        hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(kept);
        hints.Counted(Counter.HintsDropped).ShouldBe(20 - kept);

        // What replaces an object without growing is no burden.
        hints.OutcomeOf(hints.Keep("k0", HintWorld.Over(HintWorld.Set(1), 2))).ShouldBe(ReplicaOutcome.Done);

        // Delivered, there is room again.
        hints.Mend();
        hints.World.Advance(TimeSpan.FromMinutes(2));
        hints.Cut();
        hints.OutcomeOf(hints.Keep("k19", HintWorld.Set(1))).ShouldBe(ReplicaOutcome.Done);
    }

    [Fact]
    public void What_is_staged_counts_against_the_bound()
    {
        var hints = new HintWorld(new HintOptions { BytesMax = 4_000 }, partitions: 1);
        hints.Cut();
        hints.Store.Holds = true;
        ulong[] calls = [.. Enumerable.Range(0, 20).Select(i => hints.Keep($"k{i}", HintWorld.Set(1)))];
        int refused = calls.Count(call => hints.OutcomeOf(call) == ReplicaOutcome.Busy);
        refused.ShouldBeInRange(5, 15);
        hints.Store.Holds = false;
        hints.Store.Release();
        hints.World.Run();
        calls.Count(call => hints.OutcomeOf(call) == ReplicaOutcome.Done).ShouldBe(20 - refused);
    }

    [Fact]
    public void One_object_is_kept_however_small_the_share()
    {
        var hints = new HintWorld(new HintOptions { BytesMax = 1, ObjectBytesMax = 1_000 }, partitions: 1);
        hints.Cut();
        hints.OutcomeOf(hints.Keep("large", HintWorld.Over(SiblingSet.Empty, 1, bytes: 1_000))).ShouldBe(ReplicaOutcome.Busy);
        hints.OutcomeOf(hints.Keep("k1", HintWorld.Over(SiblingSet.Empty, 1, bytes: 900))).ShouldBe(ReplicaOutcome.Done);
        hints.OutcomeOf(hints.Keep("k2", HintWorld.Set(1))).ShouldBe(ReplicaOutcome.Busy);
    }

    [Fact]
    public void Requests_under_way_are_bounded()
    {
        var hints = new HintWorld(new HintOptions { UnderWayMax = 2 }, partitions: 1);
        hints.Cut();
        hints.Store.Holds = true;
        ulong[] calls = [.. Enumerable.Range(0, 3).Select(i => hints.Keep($"k{i}", HintWorld.Set(1)))];
        hints.OutcomeOf(calls[2]).ShouldBe(ReplicaOutcome.Busy);
        hints.Read("k0").Outcome.ShouldBe(ReplicaOutcome.Busy);
        hints.Store.Holds = false;
        hints.Store.Release();
        hints.World.Run();
        hints.OutcomeOf(hints.Keep("k3", HintWorld.Set(1))).ShouldBe(ReplicaOutcome.Done);
    }

    [Fact]
    public void What_waits_for_whom_is_told()
    {
        _hints.Cut();
        _hints.Keep("k", HintWorld.Set(1));
        _hints.World.Advance(TimeSpan.FromSeconds(90));
        HintBacklog backlog = _hints.Backlogs().ShouldHaveSingleItem();
        backlog.Target.ShouldBe(_hints.Target);
        backlog.Keys.ShouldBe(1);
        backlog.Bytes.ShouldBe(SiblingSetCodec.Encode(HintWorld.Set(1)).Length);
        backlog.OldestAge.ShouldBe(TimeSpan.FromSeconds(90));
    }

    private void Release()
    {
        _hints.Store.Holds = false;
        _hints.Store.Release();
        _hints.World.Run();
    }
}
