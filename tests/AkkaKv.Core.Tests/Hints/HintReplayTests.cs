using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Hints;

/// <summary>How what is kept reaches its target.</summary>
public sealed class HintReplayTests
{
    private static readonly HintOptions Quick = new()
    {
        SpreadMax = TimeSpan.FromSeconds(1),
        Pause = TimeSpan.FromMilliseconds(100),
        BatchKeysMax = 4,
        BatchTimeout = TimeSpan.FromSeconds(2),
    };

    private readonly HintWorld _hints = new(Quick, partitions: 1);

    [Fact]
    public void What_is_kept_for_a_former_member_goes_to_all_owners_once_all_can_be_reached()
    {
        var hints = new HintWorld(Quick);
        hints.World.Adopt(hints.World.TopologyOf(2, [1, 3]));
        hints.World.Disconnect(hints.Keeper, hints.Other);
        hints.Keep("k", HintWorld.Set(1));
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().Length.ShouldBe(1, "an owner is down");
        hints.World.Connect(hints.Keeper, hints.Other);
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().ShouldBeEmpty();
        hints.Held(hints.Keeper, "k").Count.ShouldBe(1, "the keeper is an owner, too");
        hints.Held(hints.Other, "k").Count.ShouldBe(1);
        hints.Held(hints.Target, "k").Count.ShouldBe(0);
        hints.Counted(Counter.HintsDelivered).ShouldBe(1);
    }

    [Fact]
    public void A_member_that_owns_the_partition_no_longer_gets_what_is_newer_than_its_copy_and_no_copy()
    {
        var hints = new HintWorld(Quick);
        hints.World.Adopt(hints.World.TopologyOf(2, [1, 2, 3]) with { ReplicaCount = 1 });
        string[] keys = [.. Enumerable.Range(0, 40).Select(i => $"k{i}").Where(key => IsOwnedBy(hints, key, hints.Other))];
        keys.Length.ShouldBeGreaterThan(1);
        hints.World.Ask(new Address(hints.Target, ActorRole.Replica, (ulong)hints.World.Ring.PartitionOf(HintWorld.Key(keys[0]))), caller =>
            new ReplicaMerge(HintWorld.Key(keys[0]), SiblingSetCodec.Encode(HintWorld.Set(1)), 1, caller));
        hints.Keep(keys[0], HintWorld.Set(1, 2));
        hints.Keep(keys[1], HintWorld.Set(1, 2));
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().ShouldBeEmpty();
        hints.Held(hints.Target, keys[0]).Includes(HintWorld.Set(1, 2)).ShouldBeTrue("an old copy would keep a deleted key from being forgotten");
        hints.Held(hints.Target, keys[1]).Count.ShouldBe(0);
        hints.Held(hints.Other, keys[1]).Includes(HintWorld.Set(1, 2)).ShouldBeTrue();
    }

    private static bool IsOwnedBy(HintWorld hints, string key, NodeId node)
    {
        RingSnapshot ring = RingSnapshot.Of(hints.World.TopologyOf(2, [1, 2, 3]) with { ReplicaCount = 1 });
        return ring.Owns(node, ring.PartitionOf(HintWorld.Key(key)));
    }

    // The keeper was declared dead, lives, and has heard of nothing since: by its ring the target is an owner.
    [Fact]
    public void A_home_with_a_newer_ring_refuses_what_is_brought_by_an_older_one()
    {
        var hints = new HintWorld(Quick);
        hints.Cut();
        hints.Keep("k", HintWorld.Set(1));
        RingTopology newer = hints.World.TopologyOf(2, [1, 2, 3]);
        hints.World.Adopt(newer, hints.Target);
        hints.Mend();
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Held(hints.Target, "k").Count.ShouldBe(0);
        hints.Backlogs().Length.ShouldBe(1, "it is kept until the keeper knows where it belongs");
        hints.World.Adopt(newer);
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().ShouldBeEmpty();
        hints.Held(hints.Target, "k").Count.ShouldBe(1);
    }

    [Fact]
    public void What_is_kept_for_an_owner_by_the_other_ring_goes_to_that_one_alone()
    {
        var hints = new HintWorld(Quick);
        hints.World.Adopt(hints.World.TopologyOf(2, [1, 3], also: [1, 2, 3]));
        hints.Keep("k", HintWorld.Set(1));
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().ShouldBeEmpty();
        hints.Held(hints.Target, "k").Count.ShouldBe(1);
        hints.Held(hints.Other, "k").Count.ShouldBe(0);
    }

    [Fact]
    public void A_node_that_leaves_hands_what_it_cannot_deliver_to_a_member_that_stays()
    {
        var hints = new HintWorld(Quick);
        hints.Cut();
        hints.Keep("k", HintWorld.Set(1));
        hints.World.Adopt(hints.World.TopologyOf(2, [2, 3], also: [1, 2, 3]));
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().Length.ShouldBe(1, "it still belongs");
        hints.World.Adopt(hints.World.TopologyOf(3, [2, 3]));
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().ShouldBeEmpty();
        hints.Counted(Counter.HintsStored).ShouldBe(2, "here, and then there");
        hints.Held(hints.Target, "k").Includes(HintWorld.Set(1)).ShouldBeTrue("the other one reaches the target");
    }

    [Fact]
    public void A_member_takes_what_is_handed_over_past_its_bound()
    {
        var hints = new HintWorld(Quick with { BytesMax = 1 }, partitions: 1);
        hints.Cut();
        hints.World.Disconnect(hints.Other, hints.Target);
        hints.Keep("k", HintWorld.Set(1));
        hints.Keep("o", HintWorld.Set(1), keeper: hints.Other);
        hints.World.Adopt(hints.World.TopologyOf(2, [2, 3]));
        hints.World.Advance(TimeSpan.FromMinutes(1));
        hints.Backlogs().ShouldBeEmpty();
        hints.Backlogs(hints.Other).ShouldHaveSingleItem().Keys.ShouldBe(2);
    }

    [Fact]
    public void What_the_one_refuses_another_one_is_asked_to_keep()
    {
        var hints = new HintWorld(Quick, nodes: 4);
        hints.Cut();
        hints.Keep("k", HintWorld.Set(1));
        hints.World.Loses = (_, to, message) => message is HintStore && to.Node == hints.Other;
        hints.World.Adopt(hints.World.TopologyOf(2, [2, 3, 4]));
        hints.World.Advance(TimeSpan.FromMinutes(2));
        hints.Backlogs().ShouldBeEmpty();
        hints.Held(hints.Target, "k").Count.ShouldBe(1);
    }

    [Fact]
    public void A_target_that_is_back_gets_everything_and_nothing_is_left()
    {
        _hints.Cut();
        for (int i = 0; i < 10; i++)
            _hints.Keep($"k{i}", HintWorld.Set(i));
        _hints.World.Advance(TimeSpan.FromMinutes(1));
        _hints.Merges(_hints.Target).ShouldBe(0, "it is not reachable");
        _hints.Mend();
        _hints.World.Advance(TimeSpan.FromSeconds(5));
        for (int i = 0; i < 10; i++)
            _hints.Held(_hints.Target, $"k{i}").Includes(HintWorld.Set(i)).ShouldBeTrue();
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
        _hints.Backlogs().ShouldBeEmpty();
        _hints.Counted(Counter.HintsDelivered).ShouldBe(10);
        _hints.World.Advance(TimeSpan.FromSeconds(20));
        _hints.World.TimersUnderWay.ShouldBe(0, "nothing runs where nothing is kept");
    }

    [Fact]
    public void No_more_is_under_way_than_a_batch()
    {
        _hints.Cut();
        for (int i = 0; i < 10; i++)
            _hints.Keep($"k{i}", HintWorld.Set(i));
        _hints.World.Loses = (_, _, message) => message is ReplicaMergeDone;
        _hints.Mend();
        _hints.World.Advance(TimeSpan.FromSeconds(1.5));
        _hints.Merges(_hints.Target).ShouldBe(4);
    }

    [Fact]
    public void The_bytes_under_way_are_bounded_and_a_large_object_travels_alone()
    {
        var hints = new HintWorld(Quick with { BatchBytesMax = 100 }, partitions: 1);
        hints.Cut();
        for (int i = 0; i < 3; i++)
            hints.Keep($"k{i}", HintWorld.Over(SiblingSet.Empty, 1, bytes: 500));
        hints.World.Loses = (_, _, message) => message is ReplicaMergeDone;
        hints.Mend();
        hints.World.Advance(TimeSpan.FromSeconds(1.5));
        hints.Merges(hints.Target).ShouldBe(1);
        hints.World.Loses = (_, _, _) => false;
        hints.World.Advance(TimeSpan.FromSeconds(20));
        hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void The_target_that_can_be_reached_does_not_wait_for_the_one_that_is_silent()
    {
        _hints.Cut();
        _hints.World.Disconnect(_hints.Keeper, _hints.Other);
        for (int i = 0; i < 3; i++)
            _hints.Keep($"k{i}", HintWorld.Set(i));
        _hints.Keep("k9", HintWorld.Set(9), _hints.Other);
        _hints.World.Loses = (_, to, message) => message is ReplicaMerge && to.Node == _hints.Target;
        _hints.Mend();
        _hints.World.Connect(_hints.Keeper, _hints.Other);
        _hints.World.Advance(TimeSpan.FromSeconds(1.5));
        _hints.Backlogs().ShouldHaveSingleItem().Target.ShouldBe(_hints.Target);
        _hints.Held(_hints.Other, "k9").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(StoreOutcome.Busy)]
    [InlineData(StoreOutcome.ReadOnly)]
    [InlineData(StoreOutcome.Failed)]
    public void A_target_that_refuses_is_asked_ever_less_often(StoreOutcome outcome)
    {
        _hints.World.Stores[_hints.Target].WriteOutcome = outcome;
        _hints.Keep("k", HintWorld.Set(1));
        _hints.World.Advance(TimeSpan.FromSeconds(60));
        int minute = _hints.Merges(_hints.Target);
        minute.ShouldBeInRange(4, 9);
        _hints.World.Advance(TimeSpan.FromMinutes(10));
        (_hints.Merges(_hints.Target) - minute).ShouldBeInRange(9, 21);
        _hints.World.Stores[_hints.Target].WriteOutcome = StoreOutcome.Done;
        _hints.World.Advance(TimeSpan.FromMinutes(1.1));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void An_acknowledgement_that_comes_after_the_batch_was_given_up_changes_nothing()
    {
        _hints.Keep("k", HintWorld.Set(1));
        _hints.World.Stores[_hints.Target].Holds = true;
        _hints.World.Advance(TimeSpan.FromSeconds(3.1));
        _hints.Merges(_hints.Target).ShouldBe(1);
        _hints.World.Stores[_hints.Target].Release();
        _hints.World.Run();
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1, "nobody knows any more what it stands for");
        _hints.World.Stores[_hints.Target].Holds = false;
        _hints.World.Advance(TimeSpan.FromSeconds(5));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void A_target_that_is_gone_again_is_sent_nothing_more_until_it_is_back()
    {
        _hints.Keep("k", HintWorld.Set(1));
        _hints.World.Loses = (_, _, message) => message is ReplicaMergeDone;
        _hints.World.Advance(TimeSpan.FromSeconds(1.5));
        _hints.Merges(_hints.Target).ShouldBe(1);
        _hints.Cut();
        _hints.World.Loses = (_, _, _) => false;
        _hints.World.Advance(TimeSpan.FromMinutes(5));
        _hints.Merges(_hints.Target).ShouldBe(1);
        _hints.Mend();
        _hints.World.Advance(TimeSpan.FromSeconds(1.5));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void What_changes_while_it_is_delivered_is_delivered_again()
    {
        _hints.Keep("k", HintWorld.Set(1));
        TestHolds(true);
        _hints.World.Advance(TimeSpan.FromSeconds(1.1));
        _hints.Keep("k", HintWorld.Set(2));
        TestHolds(false);
        _hints.Kept("k").IsFor(_hints.Target).ShouldBeTrue();
        _hints.World.Advance(TimeSpan.FromSeconds(2));
        _hints.Held(_hints.Target, "k").Includes(HintWorld.Set(1, 2)).ShouldBeTrue();
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void A_hint_is_still_there_after_a_crash_between_its_delivery_and_its_removal()
    {
        _hints.Cut();
        _hints.Keep("k", HintWorld.Set(1));
        _hints.Store.Holds = true;
        _hints.Mend();
        _hints.World.Advance(TimeSpan.FromSeconds(1.5));
        _hints.Held(_hints.Target, "k").Count.ShouldBe(1);
        _hints.World.Restart(_hints.Keeper);
        _hints.Store.Holds = false;
        _hints.Backlogs().ShouldHaveSingleItem().Keys.ShouldBe(1);
        _hints.World.Advance(TimeSpan.FromSeconds(1.5));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
        _hints.Merges(_hints.Target).ShouldBe(2);
    }

    [Fact]
    public void A_store_that_does_not_remove_is_not_asked_without_end()
    {
        _hints.Cut();
        _hints.Keep("k", HintWorld.Set(1));
        _hints.Store.WriteOutcome = StoreOutcome.ReadOnly;
        _hints.Mend();
        _hints.World.Advance(TimeSpan.FromSeconds(60));
        _hints.Merges(_hints.Target).ShouldBeInRange(2, 60);
        _hints.Store.WriteOutcome = StoreOutcome.Done;
        _hints.World.Advance(TimeSpan.FromSeconds(60));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void What_earlier_processes_kept_is_found_again()
    {
        var hints = new HintWorld(Quick);
        hints.Cut();
        for (int i = 0; i < 50; i++)
            hints.Keep($"k{i}", HintWorld.Set(1));
        hints.World.Restart(hints.Keeper);
        hints.Backlogs().Sum(backlog => backlog.Keys).ShouldBe(50);
        hints.Mend();
        hints.World.Advance(TimeSpan.FromSeconds(30));
        hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
        hints.Counted(Counter.HintsDelivered).ShouldBe(50);
    }

    [Fact]
    public void A_record_that_cannot_be_read_keeps_none_of_the_others()
    {
        _hints.Cut();
        for (int i = 0; i < 5; i++)
            _hints.Keep($"k{i}", HintWorld.Set(1));
        _hints.World.Restart(_hints.Keeper);
        _hints.Store.Damage(HintWorld.Key("k2"), StoreSpace.Hints);
        _hints.Mend();
        _hints.World.Advance(TimeSpan.FromSeconds(30));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBe([HintWorld.Key("k2")]);
    }

    [Fact]
    public void A_returning_node_is_not_met_by_all_partitions_at_once()
    {
        var hints = new HintWorld(new HintOptions { SpreadMax = TimeSpan.FromSeconds(10) }, partitions: 64);
        hints.Cut();
        for (int i = 0; i < 400; i++)
            hints.Keep($"k{i}", HintWorld.Set(1));
        hints.Mend();
        for (int second = 1; second <= 9; second++)
        {
            hints.World.Trace.Clear();
            hints.World.Advance(TimeSpan.FromSeconds(1));
            hints.Merges(hints.Target).ShouldBeInRange(1, 150, $"second {second}");
        }
    }

    private void TestHolds(bool holds)
    {
        _hints.World.Stores[_hints.Target].Holds = holds;
        if (holds)
            return;
        _hints.World.Stores[_hints.Target].Release();
        _hints.World.Run();
    }
}
