using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using static AkkaKv.Core.Tests.Topology.TopologyWorld;

namespace AkkaKv.Core.Tests.Topology;

/// <summary>Worker numbers are leased by the members of a cluster. A lease is a minute here.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_cluster_without_ids_leases_nothing()
    {
        var world = new TopologyWorld(1);
        world.Advance(TimeSpan.FromMinutes(5));
        world.Line.Keys.ShouldBe([1, 2]);
        world.Line[2].Workers.ShouldBeNull();
        ReasonOf(world, 1).ShouldContain("without ids");
    }

    [Fact]
    public void Each_member_gets_a_number_of_its_own_and_keeps_it()
    {
        TopologyWorld world = Leased(3);
        world.Line.Count.ShouldBe(3, "one decision for all");
        for (int minutes = 0; minutes < 10; minutes++)
        {
            for (int number = 1; number <= 3; number++)
            {
                WorkerLease lease = LeaseOf(world, number)!;
                lease.Worker.ShouldBe(number - 1);
                lease.FromMillis.ShouldBe(0);
                lease.UntilMillis.ShouldBeGreaterThan(MillisOf(world, number) + 25_000);
            }

            world.Advance(Length);
        }

        // Two renewals a length.
        world.Line.Count.ShouldBeInRange(3 + 18, 3 + 22);
        world.Leases.Moves.ShouldBe(0);
    }

    [Fact]
    public void Before_the_cluster_is_founded_the_reason_is_told()
    {
        var world = new TopologyWorld(2, workers: 8);
        world.Crash(Named(3));
        world.Advance(TimeSpan.FromSeconds(20));
        LeaseOf(world, 1).ShouldBeNull();
        ReasonOf(world, 1).ShouldContain("once the cluster is founded");
        ReasonOf(world, 1).ShouldContain("node-3 can't be reached");
    }

    [Fact]
    public void The_clock_of_the_driver_plays_no_part()
    {
        TopologyWorld world = Leased(3);
        world.Clocks[Named(1)] = TimeSpan.FromDays(-400);
        world.Clocks[Named(3)] = TimeSpan.FromHours(5);
        world.Advance(Length);
        foreach (int number in (int[])[1, 2, 3])
            LeaseOf(world, number)!.UntilMillis.ShouldBeInRange(MillisOf(world, number) + 25_000, number == 1 ? long.MaxValue - 1 : MillisOf(world, number) + 60_000);
        LeaseOf(world, 3)!.UntilMillis.ShouldBeGreaterThan(LeaseOf(world, 2)!.UntilMillis + 4 * 3_600_000);
    }

    [Fact]
    public void A_node_that_lost_its_disk_is_another_holder()
    {
        TopologyWorld world = Leased(3, workers: 4);
        WorkerLease lost = LeaseOf(world, 2)!;
        Wipe(world, 2);
        LeaseOf(world, 2)!.Worker.ShouldBe(3);

        // Of those that somebody had, the one that ended first, and from beyond its end.
        Wipe(world, 2);
        world.Until(() => LeaseOf(world, 2) is not null, "leased");
        WorkerLease next = LeaseOf(world, 2)!;
        next.Worker.ShouldBe(1);
        next.FromMillis.ShouldBeGreaterThanOrEqualTo(lost.UntilMillis);
        world.Leases.Moves.ShouldBe(1);
    }

    [Fact]
    public void More_members_than_numbers_are_refused_in_words()
    {
        TopologyWorld world = Leased(3, workers: 2);
        LeaseOf(world, 2)!.Worker.ShouldBe(1);
        LeaseOf(world, 3).ShouldBeNull();
        ReasonOf(world, 3).ShouldContain("all 2 worker numbers");
        world.Told(Named(1)).Waiting.ShouldContain("a cluster of 3 needs a layout with more");
    }

    [Fact]
    public void Members_with_different_layouts_are_leased_nothing_until_they_agree()
    {
        var world = new TopologyWorld(3);
        foreach (int number in (int[])[1, 2, 3])
            Restart(world, number, new WorkerSettings(8, number == 2 ? "other bits" : "bits", null));
        world.Until(() => world.IsSettled(), "founded");
        world.Advance(TimeSpan.FromSeconds(20));
        world.Line.Count.ShouldBe(2);
        world.Told(Named(3)).Waiting.ShouldContain("other bits on node-2");
        ReasonOf(world, 1).ShouldContain("have not agreed on a layout");

        Restart(world, 2, new WorkerSettings(8, "bits", null));
        world.Until(() => LeaseOf(world, 2) is not null, "leased");
        Restart(world, 2, new WorkerSettings(8, "other bits", null));
        world.Advance(TimeSpan.FromSeconds(20));
        LeaseOf(world, 2).ShouldBeNull();
        ReasonOf(world, 2).ShouldContain("set its Ids:* to what they are on the others");
        world.Told(Named(1)).Waiting.ShouldContain("node-2 makes no Snowflake ids");
    }

    [Fact]
    public void A_number_by_hand_is_reserved_and_nobody_elses()
    {
        var world = new TopologyWorld(4);
        world.Crash(Named(1));
        Restart(world, 2, new WorkerSettings(8, "bits", 0));
        Restart(world, 3, new WorkerSettings(8, "bits", 0));
        LeaseOf(world, 3)!.IsByHand.ShouldBeTrue("before the cluster is founded it is in the hands of people");
        world.Settled[Named(1)] = new WorkerSettings(8, "bits", null);
        world.Start(Named(1));
        world.Until(() => world.Line.Values.Last().ClusterId != 0, "founded");
        LeaseOf(world, 3).ShouldBeNull("from now on it counts once it is reserved");
        world.Until(() => world.Line.Values.Last().Workers is not null, "leased");
        world.Advance(TimeSpan.FromSeconds(5));
        LeaseOf(world, 1)!.Worker.ShouldBe(1);
        LeaseOf(world, 2).ShouldBe(new WorkerLease(0, Named(2), world.DiskOf(Named(2)).StoreId, 0, long.MaxValue));
        LeaseOf(world, 3).ShouldBeNull();
        ReasonOf(world, 3).ShouldContain("worker number 0 was assigned by hand to node-2, for ever");
        world.Told(Named(2)).Waiting.ShouldContain("node-3 makes no Snowflake ids");

        // One that is leased to another is refused as well; without one by hand, what it had it keeps.
        Restart(world, 3, new WorkerSettings(8, "bits", 1));
        world.Advance(TimeSpan.FromSeconds(5));
        ReasonOf(world, 3).ShouldContain("is leased to node-1");
        Restart(world, 3, new WorkerSettings(8, "bits", null));
        Restart(world, 2, new WorkerSettings(8, "bits", null));
        world.Until(() => LeaseOf(world, 3) is not null, "leased");
        LeaseOf(world, 3)!.Worker.ShouldBe(2);
        LeaseOf(world, 2)!.IsByHand.ShouldBeTrue();

        // People say so: the successor of a lost disk has the number again.
        Restart(world, 2, new WorkerSettings(8, "bits", 0));
        Wipe(world, 2);
        world.Until(() => LeaseOf(world, 2) is not null, "reserved");
        LeaseOf(world, 2)!.StoreId.ShouldBe(world.DiskOf(Named(2)).StoreId);
    }

    [Fact]
    public void Leases_are_renewed_while_a_change_waits_and_do_not_disturb_it()
    {
        TopologyWorld world = Leased(4);
        world.Idle.Add(Named(4));
        world.Stage(Named(1), new StagedChange(ChangeKind.Weight, Named(2), new RingMember(Named(2), 2))).IsDone.ShouldBeTrue();
        world.Commit(Named(1)).IsDone.ShouldBeTrue();
        world.Until(() => world.Done.Contains((Named(2), world.Line.Values.Last().WorkEpoch)), "the others have done their work");
        world.Crash(Named(4));
        world.Advance(4 * Length);
        ClusterConfiguration waiting = world.Line.Values.Last();
        waiting.Phase.ShouldBe(TopologyPhase.WriteBothReadOld);
        waiting.LeaseEpochs.ShouldBeInRange(6, 9);
        waiting.WorkEpoch.ShouldBe(waiting.RingEpoch);
        LeaseOf(world, 2)!.UntilMillis.ShouldBeGreaterThan(MillisOf(world, 2));
        world.Done.ShouldContain((Named(2), waiting.WorkEpoch), "what was done stays done");
        waiting.Workers!.Of(Named(4), world.DiskOf(Named(4)).StoreId)!.UntilMillis.ShouldBeLessThan(MillisOf(world, 4), "who is silent is not renewed");

        world.Idle.Clear();
        world.Start(Named(4));
        world.Until(() => world.IsSettled(waiting.Epoch), "the change goes on");
        world.Until(() => LeaseOf(world, 4)!.UntilMillis > MillisOf(world, 4), "renewed");
        LeaseOf(world, 4)!.Worker.ShouldBe(3);
    }

    [Fact]
    public void A_plan_that_was_seen_before_a_renewal_is_still_the_plan()
    {
        TopologyWorld world = Leased(3);
        world.Stage(Named(1), new StagedChange(ChangeKind.Weight, Named(2), new RingMember(Named(2), 2))).IsDone.ShouldBeTrue();
        ChangePlan plan = world.AskNow<TopologyPlanTold>(Named(2), to => new TopologyPlanAsk(to)).Plan!;
        long seen = world.Line.Keys.Last();
        world.Until(() => world.Line.Keys.Last() > seen, "renewed");
        world.Advance(TimeSpan.FromSeconds(2));
        world.AskNow<TopologyAnswer>(Named(1), to => new TopologyCommit(plan.Epoch - 1, to)).Detail.ShouldContain("The plan has changed");
        world.AskNow<TopologyAnswer>(Named(1), to => new TopologyCommit(plan.Epoch, to)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public void Whoever_joins_gets_a_number_and_who_has_left_keeps_it_to_its_end()
    {
        TopologyWorld world = Leased(3, workers: 4);
        world.Stage(Named(1), new StagedChange(ChangeKind.Join, Named(4), Joiner(4))).IsDone.ShouldBeTrue();
        world.Start(Named(4), world.Told(Named(1)).Configuration);
        world.Advance(TimeSpan.FromSeconds(5));
        LeaseOf(world, 4).ShouldBeNull();
        ReasonOf(world, 4).ShouldContain("node-4 is none");
        world.Commit(Named(1)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(5), "joined");
        world.Until(() => LeaseOf(world, 4) is not null, "leased");
        LeaseOf(world, 4)!.Worker.ShouldBe(3);

        world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(2), null)).IsDone.ShouldBeTrue();
        world.Commit(Named(1)).IsDone.ShouldBeTrue();
        world.Until(() => world.Line.Values.Last() is { Phase: TopologyPhase.Settled, Members.Count: 3 }, "left");
        WorkerLease left = world.Line.Values.Last().Workers!.Of(1)!;
        left.Node.ShouldBe(Named(2));
        world.Advance(10 * Length);
        world.Line.Values.Last().Workers!.Of(1).ShouldBe(left);
    }

    private static TopologyWorld Leased(int nodes, int workers = 1_024)
    {
        var world = new TopologyWorld(9, nodes, workers: workers);
        world.Until(() => world.Line.Values.Last().Workers is not null, "leased");
        world.Advance(TimeSpan.FromSeconds(3));
        return world;
    }

    private static void Restart(TopologyWorld world, int number, WorkerSettings settings)
    {
        world.Crash(Named(number));
        world.Settled[Named(number)] = settings;
        world.Start(Named(number));
        world.Advance(TimeSpan.FromSeconds(1));
    }

    private static void Wipe(TopologyWorld world, int number)
    {
        world.Crash(Named(number));
        world.Wipe(Named(number));
        world.Start(Named(number));
        world.Until(() => world.Line.Values.Last().Members.Any(member => member.StoreId == world.DiskOf(Named(number)).StoreId), "known");
        world.Advance(TimeSpan.FromSeconds(5));
    }

    private static WorkerLease? LeaseOf(TopologyWorld world, int number) => world.AskNow<WorkerLeaseTold>(Named(number), to => new WorkerLeaseAsk(1, to)).Lease;

    private static string ReasonOf(TopologyWorld world, int number) => world.AskNow<WorkerLeaseTold>(Named(number), to => new WorkerLeaseAsk(1, to)).Reason;

    private static long MillisOf(TopologyWorld world, int number) => world.WallOf(Named(number)).ToUnixTimeMilliseconds();
}
