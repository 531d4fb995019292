using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.AntiEntropy;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Transfer;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Transfer;

public sealed class ClearTests
{
    private const int Keys = 60;
    private readonly TransferWorld _world = new();

    // Every old owner has the partitions it had, every new one what it is to own.
    private void Fill()
    {
        _world.Fill(Keys);
        for (int key = 0; key < Keys; key++)
        {
            foreach (NodeId owner in _world.New.OwnersOf(_world.New.PartitionOf(TransferWorld.Key(key))))
                _world.World.Stores[owner].Set(TransferWorld.Key(key), TransferWorld.Object(key));
        }
    }

    private void Enter(bool allEntered = true) => _world.EnterAll(TopologyPhase.WriteNew, 7, allEntered);

    [Fact]
    public void Exactly_what_is_not_owned_is_removed()
    {
        Fill();
        Enter();
        for (int node = 1; node <= 4; node++)
            _world.Finish(node);
        _world.ShouldHold(_world.New, Keys);
        for (int node = 1; node <= 4; node++)
        {
            foreach (StoreKey key in _world.Store(node).KeysIn(StoreSpace.Objects))
                _world.New.Owns(_world.Node(node), _world.New.PartitionOf(key)).ShouldBeTrue($"{key} at node-{node}");
        }

        _world.HasTold(1, 7).ShouldBeTrue();
        EpochWork work = _world.Work(1);
        work.PartitionsDone.ShouldBe(work.Partitions);
        work.KeysMoved.ShouldBe(_world.Store(1).Removals);
        _world.World.Counted[Counter.KeysCleared].ShouldBe(_world.World.Stores.Values.Sum(store => store.Removals));
    }

    [Fact]
    public void It_is_done_when_what_is_cleared_is_on_the_disk()
    {
        Fill();
        Enter(allEntered: false);
        _world.World.Loses = (_, to, message) => message is FactWriteDone && to.Role == ActorRole.Transfer;
        Enter();
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.Store(1).Keys().ShouldBe(0);
        _world.Work(1).IsDone.ShouldBeFalse("a power cut may still bring it back");
        _world.HasTold(1, 7).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_is_removed_before_everyone_has_entered()
    {
        Fill();
        Enter(allEntered: false);
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.World.Stores.Values.Sum(store => store.Removals).ShouldBe(0);
        _world.Work(1).Waiting.ShouldBe("everyone to enter this epoch");
        Enter();
        _world.Finish(1);
        _world.Store(1).Keys().ShouldBe(0);
    }

    [Fact]
    public void What_nobody_else_has_is_brought_to_the_owners_first()
    {
        Fill();
        _world.Store(1).Set(TransferWorld.Key(1000), TransferWorld.Object(1000));
        Enter();
        _world.Finish(1);
        _world.Store(1).Keys().ShouldBe(0);
        foreach (NodeId owner in _world.New.OwnersOf(_world.New.PartitionOf(TransferWorld.Key(1000))))
            _world.World.Stores[owner].Object(TransferWorld.Key(1000)).IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void Nothing_is_removed_while_an_owner_cannot_be_reached()
    {
        Fill();
        foreach (int owner in new[] { 2, 3, 4 })
            _world.World.Disconnect(_world.Node(1), _world.Node(owner));
        Enter();
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.Store(1).Removals.ShouldBe(0);
        _world.Work(1).Waiting.ShouldContain("cannot be reached");
        foreach (int owner in new[] { 2, 3, 4 })
            _world.World.Connect(_world.Node(1), _world.Node(owner));
        _world.Finish(1);
        _world.Store(1).Keys().ShouldBe(0);
    }

    [Fact]
    public void What_arrives_after_the_comparison_is_compared_again_before_it_goes()
    {
        Fill();
        StoreKey late = TransferWorld.Key(2000);
        int partition = _world.New.PartitionOf(late);
        ReadOnlyMemory<byte> value = SiblingSetCodec.Encode(ExchangeWorld.SetOf(9, 1, "late"));
        bool hasCome = false;
        _world.World.Loses = (_, to, message) =>
        {
            // Just before the first removal at node-1, a hint comes in.
            if (message is not ReplicaForget || to.Node != _world.Node(1) || hasCome)
                return false;
            hasCome = true;
            var replica = new Address(_world.Node(1), ActorRole.Replica, (ulong)partition);
            _world.World.Post(replica, new ReplicaMerge(late, value, 1, new Address(_world.Node(1), ActorRole.Caller, 77_777)));
            return false;
        };
        Enter();
        _world.Finish(1);
        hasCome.ShouldBeTrue();
        _world.Store(1).Keys().ShouldBe(0);
        foreach (NodeId owner in _world.New.OwnersOf(partition))
            _world.World.Stores[owner].Object(late).ToArray().ShouldBe(value.ToArray());
    }

    // Before: such a change never ended, and each round gave the keys an actor more.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Clearing_ends_although_requests_with_a_larger_N_write_all_the_time(bool comparesSlowly)
    {
        Fill();
        var members = new RingTopology(7, TransferWorld.Partitions, 2, [.. _world.World.Nodes[1..].Select(node => new RingMember(node))]);
        _world.World.Adopt(members, _world.World.Nodes[1..]);
        StoreKey[] written = WriteSteadily(comparesSlowly);
        for (int key = 0; key < Keys; key++)
            _world.Store(2).Set(TransferWorld.Key(key), TransferWorld.Object(key));
        Enter();
        _world.Finish(2);
        _world.World.Loses = (_, _, _) => false;
        foreach (StoreKey key in written)
        {
            SiblingSetCodec.TryDecode(_world.Store(2).Object(key), out SiblingSet set).ShouldBeTrue();
            set.Seen.Newest.Length.ShouldBe(2, $"{key}: whoever wrote it before, and one actor of node-2");
        }

        StoreKey[] left = [.. _world.Store(2).KeysIn(StoreSpace.Objects).Where(key => !_world.New.Owns(_world.Node(2), _world.New.PartitionOf(key)))];
        left.ShouldBe(written, ignoreOrder: true, "and nothing else stays");
    }

    // A key of each partition that node-2 does not own, before and after each step of its clearing; node-2 makes the dots.
    private StoreKey[] WriteSteadily(bool comparesSlowly)
    {
        NodeId self = _world.Node(2);
        StoreKey[] keys = [.. Enumerable.Range(0, Keys).Select(TransferWorld.Key)
            .Where(key => !_world.New.Owns(self, _world.New.PartitionOf(key))).DistinctBy(_world.New.PartitionOf)];
        keys.ShouldNotBeEmpty();
        ulong caller = 1UL << 40;
        _world.World.Loses = (_, to, message) =>
        {
            bool isStep = message is ReplicaClearBegun or ClearStep or ReplicaForget || (comparesSlowly && message is TreeNodesTold or TreeKeysTold);
            if (!isStep || to.Node != self)
                return false;
            foreach (StoreKey key in keys)
            {
                var replica = new Address(self, ActorRole.Replica, (ulong)_world.New.PartitionOf(key));
                var content = new ValueContent("steady"u8.ToArray(), null, 0);
                _world.World.Post(replica, new ReplicaPut(
                    key, VersionVector.Empty, content, LastWriteWins: true, 1, new Address(self, ActorRole.Caller, caller++), 7));
            }

            return false;
        };
        return keys;
    }

    [Fact]
    public void Nothing_is_fetched_by_one_that_only_clears()
    {
        Fill();
        int key = Enumerable.Range(0, Keys).First(number => !_world.Store(1).Object(TransferWorld.Key(number)).IsEmpty);
        ReadOnlyMemory<byte> newer = SiblingSetCodec.Encode(
            ExchangeWorld.SetOf(1, (ulong)key + 1).Put(ExchangeWorld.SetOf(1, (ulong)key + 1).Seen, new Dot(9, 1), new ValueContent("newer"u8.ToArray(), null, 0)));
        foreach (NodeId owner in _world.New.OwnersOf(_world.New.PartitionOf(TransferWorld.Key(key))))
            _world.World.Stores[owner].Set(TransferWorld.Key(key), newer);
        Enter();
        _world.Finish(1);
        _world.Store(1).Writes.ShouldBe(0);
        _world.Store(1).Keys().ShouldBe(0);
    }

    [Fact]
    public void Damaged_keys_stay_and_nobody_waits_for_them()
    {
        Fill();
        StoreKey damaged = _world.Store(1).KeysIn(StoreSpace.Objects)[0];
        _world.Store(1).Damage(damaged);
        Enter();
        _world.Finish(1);
        _world.Store(1).KeysIn(StoreSpace.Objects).ShouldBe([damaged]);
    }

    [Fact]
    public void A_store_that_is_busy_is_tried_again()
    {
        Fill();
        _world.Store(1).WriteOutcome = StoreOutcome.Busy;
        Enter();
        _world.World.Advance(TimeSpan.FromSeconds(30));
        _world.Work(1).IsDone.ShouldBeFalse();
        _world.Work(1).Waiting.ShouldNotBeEmpty();
        _world.Store(1).WriteOutcome = StoreOutcome.Done;
        _world.Finish(1);
        _world.Store(1).Keys().ShouldBe(0);
    }

    [Fact]
    public void One_that_leaves_waits_until_its_hints_are_delivered()
    {
        Fill();
        _world.World.Disconnect(_world.Node(1), _world.Node(3));
        StoreKey key = TransferWorld.Key(3000);
        var hints = new Address(_world.Node(1), ActorRole.Hints, (ulong)_world.New.PartitionOf(key));
        _world.World.Ask(hints, caller => new HintStore(_world.Node(3), key, TransferWorld.Object(3000), 1, caller));
        _world.Store(1).Wipe();
        Enter();
        _world.World.Advance(TimeSpan.FromSeconds(30));
        _world.Work(1).IsDone.ShouldBeFalse();
        _world.Work(1).Waiting.ShouldStartWith("waits for hints of node-3 (1) to be delivered, for ");
        _world.World.Connect(_world.Node(1), _world.Node(3));
        _world.Finish(1);
        _world.Store(1).Keys(StoreSpace.Hints).ShouldBe(0);
    }

    // It was declared dead in the middle of a change that was taken back, lived, and is a member again.
    [Fact]
    public void A_member_that_was_not_waited_for_clears_once_the_members_are_settled()
    {
        Fill();
        _world.EnterAll(TopologyPhase.Settled, 8, allEntered: false);
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.World.Stores.Values.Sum(store => store.Removals).ShouldBe(0, "somebody may still read there");
        _world.EnterAll(TopologyPhase.Settled, 8);
        for (int node = 1; node <= 3; node++)
        {
            _world.Finish(node);
            foreach (StoreKey key in _world.Store(node).KeysIn(StoreSpace.Objects))
                _world.Old.Owns(_world.Node(node), _world.Old.PartitionOf(key)).ShouldBeTrue($"{key} at node-{node}");
        }

        _world.ShouldHold(_world.Old, Keys);
        _world.World.Stores.Values.Sum(store => store.Removals).ShouldBeGreaterThan(0);
        _world.Store(4).Removals.ShouldBe(0, "who is no member is not compared with");
    }

    [Fact]
    public void Whoever_has_cleared_for_a_ring_does_not_look_again_once_it_is_settled()
    {
        Fill();
        Enter();
        _world.Finish(2);
        int asked = _world.Sent<CompareStart>(2).Count;
        _world.World.Restart(_world.Node(2));
        ClusterConfiguration settled = _world.Configuration(TopologyPhase.Settled, 9) with { Members = [.. _world.Configuration(TopologyPhase.WriteNew, 7).Next!], RingEpoch = 7 };
        _world.World.Post(new Address(_world.Node(2), ActorRole.Transfer, 0), new EpochEntered(settled, RingSnapshot.Of(settled.Ring), AllEntered: true));
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.Work(2).IsDone.ShouldBeTrue();
        _world.Work(2).Epoch.ShouldBe(9);
        _world.Sent<CompareStart>(2).Count.ShouldBe(asked);
    }

    [Fact]
    public void A_restart_in_the_middle_begins_again_and_comes_to_the_same_end()
    {
        Fill();
        Enter();
        for (int i = 0; i < 1000 && _world.Store(1).Removals == 0; i++)
            _world.World.Advance(TimeSpan.FromMilliseconds(1));
        _world.World.Restart(_world.Node(1));
        _world.Enter(1, TopologyPhase.WriteNew, 7);
        _world.Finish(1);
        _world.Store(1).Keys().ShouldBe(0);
        _world.ShouldHold(_world.New, Keys);
        _world.Sent<CompareStart>(1).ShouldAllBe(start => start.IsPushOnly || start.Pairs.Count == 0);
    }

    [Fact]
    public void A_member_that_came_back_from_a_backup_with_what_it_had_cleared_clears_it_once_more()
    {
        Fill();
        Enter();
        for (int node = 1; node <= 4; node++)
            _world.Finish(node);

        // The backup is of before the clearing, and so without the note of it.
        StoreKey cleared = KeyNotOwnedBy(2);
        _world.Store(2).Wipe();
        _world.Store(2).Set(cleared, TransferWorld.Object(1));
        _world.World.Restart(_world.Node(2));
        Settle(2);
        _world.Finish(2);
        _world.Store(2).Object(cleared).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_member_that_came_back_from_a_backup_brings_the_owners_what_they_lack_before_it_clears()
    {
        Fill();
        StoreKey only = KeyNotOwnedBy(2);
        _world.Store(2).Wipe();
        _world.Store(2).Set(only, TransferWorld.Object(1));
        foreach (NodeId owner in _world.New.OwnersOf(_world.New.PartitionOf(only)))
            _world.World.Stores[owner].Wipe();
        Settle(2, allEntered: false);
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.Store(2).Removals.ShouldBe(0);
        Settle(2);
        _world.Finish(2);
        _world.Store(2).Object(only).IsEmpty.ShouldBeTrue();
        foreach (NodeId owner in _world.New.OwnersOf(_world.New.PartitionOf(only)))
            _world.World.Stores[owner].Object(only).ToArray().ShouldBe(TransferWorld.Object(1).ToArray());
    }

    [Fact]
    public void Settled_members_that_have_cleared_keep_what_requests_with_a_larger_N_bring()
    {
        Fill();
        Enter();
        _world.Finish(2);
        StoreKey extra = KeyNotOwnedBy(2);
        _world.Store(2).Set(extra, TransferWorld.Object(1));
        _world.World.Restart(_world.Node(2));
        Settle(2);
        _world.Finish(2);
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.Store(2).Object(extra).IsEmpty.ShouldBeFalse();
    }

    // What follows the clearing of epoch 7: the same ring.
    private void Settle(int node, bool allEntered = true)
    {
        ClusterConfiguration clearing = _world.Configuration(TopologyPhase.WriteNew, 7);
        ClusterConfiguration settled = ConfigurationSteps.Advance(clearing);
        var ring = RingSnapshot.Of(settled.Ring);
        _world.World.Post(new Address(_world.Node(node), ActorRole.Transfer, 0), new EpochEntered(settled, ring, allEntered));
        _world.World.Run();
    }

    private StoreKey KeyNotOwnedBy(int node) =>
        Enumerable.Range(0, Keys).Select(TransferWorld.Key).First(key => !_world.New.Owns(_world.Node(node), _world.New.PartitionOf(key)));
}
