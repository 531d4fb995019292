using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.AntiEntropy;

public sealed class AntiEntropyActorTests
{
    [Fact]
    public void Whatever_differs_is_moved_to_whoever_lacks_it()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        SiblingSet old = ExchangeWorld.SetOf(1, 1);
        cluster.Set(0, old, 1, 2);
        cluster.Set(1, old, 1);
        cluster.Set(2, old, 2);
        cluster.Set(3, old, 1);
        cluster.Set(3, old.Put(old.Seen, new Dot(2, 1), new ValueContent("new"u8.ToArray(), null, 0)), 2);
        cluster.Set(4, ExchangeWorld.SetOf(1, 9), 1);
        cluster.Set(4, ExchangeWorld.SetOf(2, 9), 2);
        RepairProgress repair = cluster.Repaired(1);
        for (int key = 0; key < 5; key++)
            cluster.Content(1, key).ShouldBe(cluster.Content(2, key));
        cluster.Content(1, 4).ShouldContain("-9, 0000000000000002-9");
        repair.DifferingKeys.ShouldBe(4);
        repair.KeysMoved.ShouldBe(5); // The concurrent one goes both ways.
        repair.PartitionsDone.ShouldBe(4);
        repair.DamagedKeys.ShouldBe(0);
    }

    [Fact]
    public void Nothing_is_sent_that_the_other_has()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        for (int key = 0; key < 200; key++)
            cluster.Set(key, ExchangeWorld.SetOf(1, (ulong)key + 1), 1, 2);
        SiblingSet lost = ExchangeWorld.SetOf(1, 500);
        cluster.Set(200, lost, 2);
        cluster.Repaired(1);
        cluster.Sent<ReplicaReadDone>().Count(done => !done.Object.IsEmpty).ShouldBe(1);
        cluster.Sent<ReplicaMerge>().ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_moves_to_or_from_a_replica_whose_ring_is_newer()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        cluster.Set(1, ExchangeWorld.SetOf(1, 1), 1);
        cluster.Set(2, ExchangeWorld.SetOf(1, 2), 2);
        cluster.World.Adopt(cluster.World.TopologyOf(2, [1, 2]), cluster.Node(2));
        cluster.StartRepair(1);
        cluster.World.Advance(TimeSpan.FromSeconds(30));
        cluster.Store(1).Object(ExchangeWorld.Key(2)).IsEmpty.ShouldBeTrue();
        cluster.Store(2).Object(ExchangeWorld.Key(1)).IsEmpty.ShouldBeTrue();
        cluster.World.Adopt(cluster.World.TopologyOf(2, [1, 2]), cluster.Node(1));
        cluster.World.Advance(TimeSpan.FromMinutes(5));
        cluster.Content(1, 2).ShouldBe(cluster.Content(2, 2));
        cluster.Content(1, 1).ShouldBe(cluster.Content(2, 1));
    }

    [Fact]
    public void Identical_replicas_cost_one_root_for_each_pair()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        for (int key = 0; key < 100; key++)
            cluster.Set(key, ExchangeWorld.SetOf(1, (ulong)key + 1), 1, 2);
        cluster.Repaired(1);
        cluster.World.Trace.Clear();
        cluster.Repaired(1);
        cluster.Sent<TreeNodesAsk>().Count.ShouldBe(4);
        cluster.Sent<TreeNodesTold>().ShouldAllBe(told => told.Hashes.Count == 1);
        cluster.Sent<TreeKeysAsk>().ShouldBeEmpty();
        cluster.World.Trace.Count(entry => entry.From.Node != entry.To.Node && entry.From.Role != ActorRole.Membership).ShouldBe(8);
    }

    [Fact]
    public void On_schedule_every_pair_is_compared_about_once_in_an_interval()
    {
        var cluster = new ExchangeWorld(new AntiEntropyOptions { Interval = TimeSpan.FromMinutes(1) }, nodes: 3);
        cluster.World.Advance(TimeSpan.FromMinutes(2));
        cluster.World.Trace.Clear();
        cluster.World.Counted.Clear();
        cluster.World.Advance(TimeSpan.FromMinutes(10));
        cluster.World.Counted[Counter.ExchangesDone].ShouldBeInRange(9 * 24, 11 * 24);
        PeerComparison peer = cluster.State(1).Peers[0];
        peer.PartitionsShared.ShouldBe(4);
        peer.PartitionsNeverCompared.ShouldBe(0);
        peer.SinceFinished!.Value.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_peer_that_came_back_is_compared_first_and_one_that_is_away_not_at_all()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand, nodes: 3);
        cluster.World.Disconnect(cluster.Node(1), cluster.Node(2));
        cluster.StartRepair(1);
        cluster.World.Advance(TimeSpan.FromMinutes(1));
        RepairProgress waiting = cluster.Repair(1)!;
        waiting.FinishedAt.ShouldBeNull();
        waiting.PartitionsDone.ShouldBe(0);
        waiting.WaitingFor.ShouldBe("node-2 cannot be reached");
        cluster.Sent<TreeNodesAsk>().Count.ShouldBeGreaterThan(0);
        cluster.World.Trace.ShouldNotContain(entry => entry.Message is TreeNodesAsk && entry.To.Node == cluster.Node(2) && entry.From.Node == cluster.Node(1));
        cluster.Reconnect(1, 2);
        cluster.World.Advance(TimeSpan.FromSeconds(30));
        cluster.Repair(1)!.FinishedAt.ShouldNotBeNull();

        // The other side did not repair, but the peer came back to it too.
        cluster.State(2).Peers[0].PartitionsNeverCompared.ShouldBe(0);
    }

    [Fact]
    public void A_silent_peer_costs_one_exchange_and_what_was_moved_stays()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand, partitions: 1);
        for (int key = 0; key < 300; key++)
            cluster.Set(key, ExchangeWorld.SetOf(1, (ulong)key + 1), 2);
        int merges = 0;
        cluster.World.Loses = (_, _, message) => message is ReplicaReadDone && ++merges > 100;
        cluster.StartRepair(1);
        cluster.World.Advance(TimeSpan.FromSeconds(21));
        cluster.World.Counted[Counter.ExchangesFailed].ShouldBe(1);
        cluster.Store(1).Keys().ShouldBe(100);
        cluster.Repair(1)!.WaitingFor.ShouldContain("no answer from node-2");
        cluster.World.Loses = (_, _, _) => false;
        cluster.World.Advance(TimeSpan.FromMinutes(1));
        cluster.Store(1).Keys().ShouldBe(300);
        RepairProgress repair = cluster.Repair(1)!;
        repair.FinishedAt.ShouldNotBeNull();
        repair.KeysMoved.ShouldBe(300);
    }

    [Fact]
    public void Two_operators_start_one_repair()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        RepairProgress first = cluster.StartRepair(1)!;
        cluster.World.WallNow += TimeSpan.FromSeconds(1);
        cluster.StartRepair(1)!.StartedAt.ShouldBe(first.StartedAt);
        cluster.World.Advance(TimeSpan.FromMinutes(1));
        cluster.World.Counted[Counter.ExchangesDone].ShouldBe(4);
    }

    [Fact]
    public void Outside_of_the_window_nothing_is_compared_except_on_command()
    {
        var window = new DailyWindow(new TimeOnly(2, 0), new TimeOnly(5, 0));
        var cluster = new ExchangeWorld(new AntiEntropyOptions { Interval = TimeSpan.FromMinutes(1), Window = window });
        cluster.World.WallNow = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        cluster.World.Advance(TimeSpan.FromMinutes(5));
        cluster.Sent<TreeNodesAsk>().ShouldBeEmpty();
        cluster.State(1).WaitingFor.ShouldBe("the daily window, 02:00 to 05:00 UTC");
        cluster.Repaired(1);
        cluster.World.WallNow = new DateTimeOffset(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);
        cluster.World.Trace.Clear();
        cluster.World.Advance(TimeSpan.FromMinutes(2));
        cluster.Sent<TreeNodesAsk>().ShouldNotBeEmpty();
    }

    [Fact]
    public void Slow_clients_slow_it_down_and_fast_ones_let_it_go()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        var usual = TimeSpan.FromMilliseconds(1);
        for (int i = 0; i < 20; i++)
            cluster.Tell(1, new ForegroundLatency(usual * 3, usual));
        cluster.State(1).Pause.ShouldBe(new AntiEntropyOptions().PauseMax);
        cluster.Tell(1, new ForegroundLatency(usual, usual));
        cluster.State(1).Pause.ShouldBe(TimeSpan.FromSeconds(4.9));
        for (int i = 0; i < 50; i++)
            cluster.Tell(1, new ForegroundLatency(usual, usual));
        cluster.State(1).Pause.ShouldBe(new AntiEntropyOptions().PauseMin);
    }

    [Fact]
    public void Trees_of_another_shape_are_not_compared_and_the_reason_is_told()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        cluster.World.Loses = (_, to, message) =>
        {
            if (message is not TreeNodesAsk ask || to.Node != cluster.Node(2))
                return false;
            cluster.World.Post(ask.ReplyTo, new TreeNodesTold(ask.Ticket, TreeState.OtherShape, [], []));
            return true;
        };
        cluster.StartRepair(1);
        cluster.World.Advance(TimeSpan.FromSeconds(5));
        cluster.Repair(1)!.WaitingFor.ShouldContain("node-2 cuts its trees differently; give all nodes the same number of leaves");
    }

    [Fact]
    public void Nonsense_from_a_peer_fails_the_exchange_and_nothing_else()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand, partitions: 1);
        cluster.Set(1, ExchangeWorld.SetOf(1, 1), 1);
        Func<ulong, Message>[] nonsense =
        [
            ticket => new TreeNodesTold(ticket, TreeState.Ready, [], []),
            ticket => new TreeNodesTold(ticket, TreeState.Ready, [1, 2, 3], [1]),
            ticket => new TreeNodesTold(ticket, TreeState.Busy, [], []),
            ticket => new TreeKeysTold(ticket, TreeState.Ready, [], -1),
            ticket => new ReplicaReadDone(ticket, ReplicaOutcome.Done, new byte[] { 9 }),
            ticket => new ReplicaMergeDone(ticket, ReplicaOutcome.Done),
        ];
        foreach (Func<ulong, Message> make in nonsense)
        {
            cluster.World.Loses = (_, to, message) =>
            {
                if (message is not TreeNodesAsk ask || to.Node != cluster.Node(2))
                    return false;
                cluster.World.Post(ask.ReplyTo, make(ask.Ticket));
                cluster.World.Post(ask.ReplyTo, make(ask.Ticket));
                cluster.World.Post(ask.ReplyTo, make(12345));
                return true;
            };
            cluster.StartRepair(1);
            cluster.World.Advance(TimeSpan.FromSeconds(15));
        }

        cluster.Repair(1)!.FinishedAt.ShouldBeNull();
        cluster.World.Loses = (_, _, _) => false;
        cluster.World.Advance(TimeSpan.FromSeconds(30));
        cluster.Repair(1)!.FinishedAt.ShouldNotBeNull();
        cluster.Content(2, 1).ShouldBe(cluster.Content(1, 1));
    }

    [Fact]
    public void Keys_of_another_partition_are_not_fetched()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand, partitions: 4);
        int foreign = Enumerable.Range(0, 100).First(key => cluster.PartitionOf(key) != cluster.PartitionOf(0));
        cluster.Set(0, ExchangeWorld.SetOf(1, 1), 2);
        cluster.World.Loses = (_, to, message) =>
        {
            if (message is not TreeKeysTold told || to.Node != cluster.Node(1) || told.Keys.Count == 0 || told.Keys.Any(key => key.Version == 77))
                return false;
            cluster.World.Post(to, told with { Keys = [.. told.Keys, new KeyVersion(ExchangeWorld.Key(foreign), 77)] });
            return true;
        };
        cluster.Repaired(1).DifferingKeys.ShouldBe(1);
        cluster.Sent<ReplicaRead>().ShouldAllBe(read => read.Key.Equals(ExchangeWorld.Key(0)));
    }

    [Fact]
    public void A_damaged_record_is_told_and_left_alone()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand);
        cluster.Set(1, ExchangeWorld.SetOf(1, 1), 1, 2);
        cluster.Set(2, ExchangeWorld.SetOf(1, 2), 2);
        cluster.Store(1).Damage(ExchangeWorld.Key(1));
        RepairProgress repair = cluster.Repaired(1);
        repair.DamagedKeys.ShouldBe(1);
        cluster.Store(1).Keys().ShouldBe(2);
        cluster.State(1).Peers[0].DamagedKeys.ShouldBe(1);
        cluster.State(2).Peers[0].PartitionsNeverCompared.ShouldBe(4);
    }

    [Fact]
    public void Two_nodes_that_repair_a_third_do_not_bring_it_the_same_objects()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand, nodes: 3, partitions: 1);
        for (int key = 0; key < 500; key++)
            cluster.Set(key, ExchangeWorld.SetOf(1, (ulong)key + 1), 1, 2);
        cluster.StartRepair(1);
        cluster.StartRepair(2);
        cluster.StartRepair(3);
        cluster.World.Advance(TimeSpan.FromMinutes(2));
        cluster.Store(3).Keys().ShouldBe(500);
        cluster.World.Counted[Counter.ExchangeKeysMoved].ShouldBeInRange(500, 600);
        cluster.Repair(1)!.FinishedAt.ShouldNotBeNull();
        cluster.Repair(3)!.FinishedAt.ShouldNotBeNull();
    }

    [Fact]
    public void A_ring_that_takes_a_partition_away_ends_its_exchanges()
    {
        var cluster = new ExchangeWorld(ExchangeWorld.OnCommand, nodes: 3);
        cluster.World.Loses = (_, _, message) => message is TreeNodesTold;
        cluster.StartRepair(1);
        var smaller = cluster.World.Topology with { Epoch = 2, Members = [cluster.World.Topology.Members[0], cluster.World.Topology.Members[1]] };
        cluster.World.Post(new Address(cluster.Node(1), ActorRole.RingManager, 0), new Core.Ring.RingTopologyAdopted(smaller));
        cluster.World.Run();
        cluster.World.Loses = (_, _, _) => false;
        cluster.World.Advance(TimeSpan.FromMinutes(1));
        cluster.Repair(1)!.FinishedAt.ShouldNotBeNull();
        cluster.State(1).Peers.Select(peer => peer.Peer).ShouldBe([cluster.Node(2)]);
    }
}
