using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.AntiEntropy;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Transfer;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Transfer;

public sealed class FetchTests
{
    private const int Keys = 60;
    private readonly TransferWorld _world = new();

    private void Enter(bool allEntered = true) => _world.EnterAll(TopologyPhase.WriteBothReadOld, 5, allEntered);

    private int[] Fetched => [.. Enumerable.Range(0, TransferWorld.Partitions)
        .Where(partition => _world.New.Owns(_world.Node(4), partition))];

    [Fact]
    public void A_new_owner_gets_all_and_says_so()
    {
        _world.Fill(Keys);
        Enter();
        for (int node = 2; node <= 4; node++)
            _world.Finish(node);
        _world.ShouldHold(_world.New, Keys);
        _world.HasTold(4, 5).ShouldBeTrue();
        EpochWork work = _world.Work(4);
        work.PartitionsDone.ShouldBe(work.Partitions);
        work.Partitions.ShouldBe(Fetched.Length);
        work.KeysMoved.ShouldBe(_world.Store(4).Keys());
        work.Waiting.ShouldBeEmpty();
        _world.World.Counted[Counter.TransferKeys].ShouldBeGreaterThanOrEqualTo(work.KeysMoved);
        _world.World.Counted[Counter.TransferBytes].ShouldBeGreaterThanOrEqualTo(work.BytesMoved);
    }

    [Fact]
    public void A_node_that_has_nothing_to_fetch_is_done_at_once_and_says_it_again_when_the_epoch_is_told_again()
    {
        _world.Enter(1, TopologyPhase.WriteBothReadOld, 5, allEntered: false);
        _world.HasTold(1, 5).ShouldBeTrue();
        _world.Enter(1, TopologyPhase.WriteBothReadOld, 5);
        _world.Sent<EpochWorkTold>(1).Count.ShouldBe(2);
    }

    [Fact]
    public void A_lease_that_is_renewed_disturbs_no_transfer()
    {
        _world.Fill(Keys);
        Enter();
        _world.World.Advance(TimeSpan.FromMilliseconds(30));
        EpochWork before = _world.Work(4);
        before.IsDone.ShouldBeFalse();
        before.KeysMoved.ShouldBeGreaterThan(0);
        _world.EnterLease(4, TopologyPhase.WriteBothReadOld, 5, 6);

        // That everyone had entered the epoch whose work it is was known before, and still is.
        _world.Work(4).KeysMoved.ShouldBeGreaterThanOrEqualTo(before.KeysMoved, "it goes on where it was");
        _world.Finish(4);
        _world.Work(4).Epoch.ShouldBe(5);
        _world.HasTold(4, 5).ShouldBeTrue();
        _world.EnterLease(4, TopologyPhase.WriteBothReadOld, 5, 7);
        _world.Work(4).IsDone.ShouldBeTrue();
    }

    [Fact]
    public void Nothing_is_compared_and_so_nothing_is_done_before_everyone_has_entered()
    {
        _world.Fill(Keys);
        Enter(allEntered: false);
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.ShouldHold(_world.Old, Keys);
        _world.Store(4).Keys().ShouldBeGreaterThan(0);
        _world.Work(4).IsDone.ShouldBeFalse();
        _world.Work(4).Waiting.ShouldBe("everyone to enter this epoch");
        _world.Sent<CompareStart>(4).ShouldBeEmpty();
        Enter();
        _world.Finish(4);
    }

    [Fact]
    public void What_only_a_second_old_owner_had_is_found_by_the_comparison()
    {
        _world.Fill(Keys);
        NodeId[] sources = [.. _world.World.Nodes[..3]];
        int lone = Enumerable.Range(0, Keys).First(key => Fetched.Contains(_world.New.PartitionOf(TransferWorld.Key(key))));
        int partition = _world.Old.PartitionOf(TransferWorld.Key(lone));
        ReadOnlyMemory<byte> newer = SiblingSetCodec.Encode(ExchangeWorld.SetOf(9, 1, "newer"));
        Enter(allEntered: false);
        _world.World.Advance(TimeSpan.FromSeconds(30));
        NodeId source = Source(partition);
        NodeId second = _world.Old.OwnersOf(partition).ToArray().First(owner => owner != source);
        _world.World.Ask(new Address(second, ActorRole.Replica, (ulong)partition), caller => new ReplicaMerge(TransferWorld.Key(lone), newer, 1, caller));
        Enter();
        _world.Finish(4);
        _world.Store(4).Object(TransferWorld.Key(lone)).ToArray().ShouldBe(_world.World.Stores[second].Object(TransferWorld.Key(lone)).ToArray());
        sources.ShouldContain(source);
    }

    [Fact]
    public void A_restarted_node_goes_on_at_its_cursor()
    {
        _world.Fill(Keys);
        Enter(allEntered: false);
        for (int i = 0; i < 100 && _world.Sent<TransferPull>(4).Count < 4; i++)
            _world.World.Advance(TimeSpan.FromMilliseconds(1));
        TransferPull last = _world.Sent<TransferPull>(4).Last(pull => pull.Cursor > 0);
        _world.World.Restart(_world.Node(4));
        _world.World.Trace.Clear();
        Enter();
        _world.Finish(4);
        TransferPull first = _world.Sent<TransferPull>(4).First(pull => pull.Partition == last.Partition);
        first.Cursor.ShouldBeGreaterThanOrEqualTo(last.Cursor);
        _world.ShouldHold(_world.New, Keys);
    }

    [Fact]
    public void A_partition_that_was_copied_before_a_restart_is_not_pulled_again()
    {
        _world.Fill(Keys);
        Enter(allEntered: false);
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.World.Restart(_world.Node(4));
        _world.World.Trace.Clear();
        Enter();
        _world.Finish(4);
        _world.Sent<TransferPull>(4).ShouldBeEmpty();
        _world.HasTold(4, 5).ShouldBeTrue();
    }

    [Fact]
    public void A_source_may_restart_between_two_batches()
    {
        _world.Fill(Keys);
        Enter(allEntered: false);
        for (int i = 0; i < 100 && _world.Sent<TransferPull>(4).Count < 4; i++)
            _world.World.Advance(TimeSpan.FromMilliseconds(1));
        foreach (int source in new[] { 1, 2, 3 })
            _world.World.Restart(_world.Node(source));
        Enter();
        for (int node = 2; node <= 4; node++)
            _world.Finish(node);
        _world.ShouldHold(_world.New, Keys);
    }

    [Fact]
    public void Lost_and_doubled_batches_do_no_harm()
    {
        _world.Fill(Keys);
        int seen = 0;
        _world.World.Loses = (_, to, message) =>
        {
            if (message is not TransferBatch batch)
                return false;
            if (seen++ % 3 == 1)
                _world.World.Post(to, batch);
            return seen % 3 == 0;
        };
        Enter();
        for (int node = 2; node <= 4; node++)
            _world.Finish(node, seconds: 600);
        _world.ShouldHold(_world.New, Keys);
        seen.ShouldBeGreaterThan(6);
    }

    [Fact]
    public void While_the_last_batch_is_lost_nothing_is_reported_as_done()
    {
        _world.Fill(Keys);
        _world.World.Loses = (_, _, message) => message is TransferBatch { NextCursor: < 0 };
        Enter();
        _world.World.Advance(TimeSpan.FromMinutes(2));
        _world.Work(4).IsDone.ShouldBeFalse();
        _world.Work(4).Waiting.ShouldContain("does not answer");
        _world.HasTold(4, 5).ShouldBeFalse();
        _world.World.Loses = (_, _, _) => false;
        _world.Finish(4);
        _world.ShouldHold(_world.New, 0);
    }

    [Fact]
    public void A_source_that_stays_away_is_replaced_and_the_work_says_whom_it_waits_for()
    {
        _world.Fill(Keys);
        _world.World.Loses = (_, to, message) => message is TransferPull && to.Node == _world.Node(1);
        Enter();
        for (int i = 0; i < 100; i++)
            _world.World.Advance(TimeSpan.FromSeconds(1));
        _world.Finish(4);
        _world.Sent<TransferBatch>(1).ShouldBeEmpty();
        _world.Store(4).Keys().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_comparison_waits_for_a_peer_that_cannot_be_reached_and_names_it()
    {
        _world.Fill(Keys);
        Enter(allEntered: false);
        _world.World.Advance(TimeSpan.FromSeconds(30));
        _world.World.Disconnect(_world.Node(4), _world.Node(1));
        Enter();
        _world.World.Advance(TimeSpan.FromMinutes(1));
        _world.Work(4).IsDone.ShouldBeFalse();
        _world.Work(4).Waiting.ShouldContain("node-1 cannot be reached");
        _world.World.Connect(_world.Node(4), _world.Node(1));
        _world.Finish(4);
    }

    [Fact]
    public void Damaged_objects_are_named_and_brought_by_the_other_owner()
    {
        _world.Fill(Keys);
        Enter(allEntered: false);
        int partition = Fetched[0];
        StoreKey damaged = Enumerable.Range(0, Keys).Select(TransferWorld.Key).First(key => _world.Old.PartitionOf(key) == partition);
        NodeId source = Source(partition);
        _world.World.Restart(_world.Node(4));
        _world.Store(4).Wipe();
        _world.World.Stores[source].Damage(damaged);
        _world.EnterAll(TopologyPhase.WriteBothReadOld, 6);
        _world.Finish(4);
        _world.World.Trace.Select(entry => entry.Message).OfType<TransferBatch>().SelectMany(batch => batch.Damaged).ShouldContain(damaged);
        _world.Store(4).Object(damaged).IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void An_epoch_that_is_replaced_is_worked_on_no_longer()
    {
        _world.Fill(Keys);
        _world.World.Loses = (_, _, message) => message is TransferBatch;
        Enter();
        _world.World.Advance(TimeSpan.FromMilliseconds(10));
        _world.EnterAll(TopologyPhase.Settled, 6);
        _world.World.Loses = (_, _, _) => false;
        _world.World.Trace.Clear();
        _world.World.Advance(TimeSpan.FromMinutes(2));
        _world.Sent<TransferPull>(4).ShouldBeEmpty();
        _world.Work(4).Epoch.ShouldBe(6);
        _world.Work(4).IsDone.ShouldBeTrue();
        Enter();
        _world.Work(4).Epoch.ShouldBe(6);
    }

    [Fact]
    public void A_bound_of_bytes_per_second_is_kept()
    {
        var world = new TransferWorld(TransferWorld.Small with { BytesPerSecondMax = 500 });
        world.Fill(Keys);
        world.EnterAll(TopologyPhase.WriteBothReadOld, 5);
        world.World.Advance(TimeSpan.FromSeconds(4));
        world.Work(4).BytesMoved.ShouldBeInRange(1, 2000 + (2 * 1024));
        world.Finish(4, seconds: 600);
    }

    [Fact]
    public void A_store_that_takes_nothing_is_waited_for()
    {
        _world.Fill(Keys);
        _world.Store(4).WriteOutcome = StoreOutcome.Busy;
        Enter();
        _world.World.Advance(TimeSpan.FromSeconds(20));
        _world.Work(4).Waiting.ShouldContain("this node cannot take in objects (Busy)");
        _world.Store(4).WriteOutcome = StoreOutcome.Done;
        _world.Finish(4);
        _world.ShouldHold(_world.New, 0);
    }

    [Theory]
    [InlineData("keys of another partition")]
    [InlineData("a cursor that does not move")]
    [InlineData("a cursor behind the end")]
    public void A_source_that_gives_nonsense_is_named_and_nothing_of_it_is_taken(string nonsense)
    {
        _world.World.Loses = (from, to, message) =>
        {
            if (message is not TransferBatch batch || from.Role != ActorRole.TransferSource)
                return false;
            StoreKey stranger = Enumerable.Range(0, 100).Select(TransferWorld.Key).First(key => _world.Old.PartitionOf(key) != (int)from.Number);
            _world.World.Post(to, nonsense switch
            {
                "keys of another partition" => batch with { Objects = [new TransferredObject(stranger, TransferWorld.Object(0))] },
                "a cursor that does not move" => batch with { NextCursor = 0 },
                _ => batch with { NextCursor = long.MaxValue },
            });
            return true;
        };
        Enter();
        _world.World.Advance(TimeSpan.FromSeconds(30));
        _world.Work(4).IsDone.ShouldBeFalse();
        _world.Work(4).Waiting.ShouldContain("gave a batch that is none of this partition");
        _world.Store(4).Keys().ShouldBe(0);
    }

    private NodeId Source(int partition) => _world.World.Trace
        .First(entry => entry.Message is TransferPull pull && pull.Partition == partition && entry.From.Node == _world.Node(4)).To.Node;
}
