using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using static AkkaKv.Core.Tests.Topology.TopologyWorld;

namespace AkkaKv.Core.Tests.Topology;

public sealed class TopologyActorTests
{
    [Fact]
    public void A_cluster_is_founded_once_all_members_have_met()
    {
        var world = new TopologyWorld(1);
        world.Crash(Named(3));
        world.Advance(TimeSpan.FromSeconds(30));
        world.Line.Keys.ShouldBe([1]);
        world.Told(Named(1)).Waiting.ShouldContain("node-3 can't be reached");
        TopologyAnswer refused = world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(2), null));
        refused.IsDone.ShouldBeFalse();
        refused.Detail.ShouldContain("node-3");

        world.Start(Named(3));
        world.Until(() => world.IsSettled(), "founded");
        ClusterConfiguration founded = world.Line[2];
        founded.Members.Select(member => member.StoreId).ShouldBe(founded.Members.Select(member => world.DiskOf(member.Node).StoreId));
        world.Wanted[Named(2)].ClusterId.ShouldBe(founded.ClusterId);
        world.Told(Named(2)).Waiting.ShouldBeEmpty();
    }

    [Fact]
    public void A_founder_that_lost_its_directory_meanwhile_is_not_known_by_the_old_one()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var world = new TopologyWorld(seed);
            world.Crash(Named(3));
            world.Advance(TimeSpan.FromSeconds(5));
            world.Crash(Named(2));
            world.Wipe(Named(2));
            world.Start(Named(2));
            world.Start(Named(3));
            world.Until(() => world.IsSettled(), $"founded, seed {seed}");
            world.Line[2].Members.Select(member => member.StoreId).ShouldBe(world.Line[2].Members.Select(member => world.DiskOf(member.Node).StoreId));
        }
    }

    [Fact]
    public void A_single_node_founds_itself()
    {
        var world = new TopologyWorld(2, nodes: 1);
        world.Until(() => world.IsSettled(), "founded");
    }

    [Fact]
    public void A_join_goes_through_all_phases_in_order()
    {
        TopologyWorld world = Founded(3);
        Join(world, 4);
        TopologyPlanTold plan = world.AskNow<TopologyPlanTold>(Named(2), to => new TopologyPlanAsk(to));
        plan.Plan!.Moves.ShouldAllBe(move => move.To == Named(4));
        world.Commit(Named(2)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(4), "joined");
        world.Line.Values.Select(configuration => configuration.Phase).Distinct().ShouldBe(
            [TopologyPhase.Settled, TopologyPhase.WriteBothReadOld, TopologyPhase.WriteBothReadNew, TopologyPhase.WriteNew]);
        ClusterConfiguration last = world.Line.Values.Last();
        last.Members.Select(member => member.Node).ShouldBe([Named(1), Named(2), Named(3), Named(4)]);
        last.Members[3].StoreId.ShouldBe(world.DiskOf(Named(4)).StoreId);
        world.Wanted[Named(1)].Others.Count.ShouldBe(3);
    }

    [Fact]
    public void One_who_left_hears_of_it_and_says_so()
    {
        TopologyWorld world = Founded(4);
        world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(1), null)).IsDone.ShouldBeTrue();
        world.Commit(Named(1)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(3), "left");
        world.Advance(TimeSpan.FromSeconds(20));
        world.Told(Named(1)).Waiting.ShouldContain($"node-1 has left the cluster at epoch {world.Line.Keys.Last()}");
        world.Wanted[Named(1)].Others.Count.ShouldBe(3);
        world.Wanted[Named(2)].Others.Select(member => member.Node).ShouldBe([Named(3), Named(4)]);
        world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(2), null)).Detail.ShouldContain("is not a member");
    }

    [Fact]
    public void Two_operators_at_once_see_one_list()
    {
        TopologyWorld world = Founded(5);
        ulong first = world.Ask(Named(1), to => new TopologyStage(new StagedChange(ChangeKind.Leave, Named(4), null), false, to));
        ulong second = world.Ask(Named(2), to => new TopologyStage(new StagedChange(ChangeKind.Weight, Named(5), new RingMember(Named(5), 2)), false, to));
        world.Advance(TimeSpan.FromSeconds(6));
        world.Answer<TopologyAnswer>(first)!.IsDone.ShouldBeTrue();
        world.Answer<TopologyAnswer>(second)!.IsDone.ShouldBeTrue();
        world.Line.Values.Last().Staged.Count.ShouldBe(2);
    }

    [Fact]
    public void A_commit_of_a_plan_that_has_changed_is_refused()
    {
        TopologyWorld world = Founded(5);
        world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(4), null)).IsDone.ShouldBeTrue();
        long seen = world.AskNow<TopologyPlanTold>(Named(1), to => new TopologyPlanAsk(to)).Plan!.Epoch;
        world.Stage(Named(2), new StagedChange(ChangeKind.Leave, Named(5), null)).IsDone.ShouldBeTrue();
        TopologyAnswer refused = world.AskNow<TopologyAnswer>(Named(1), to => new TopologyCommit(seen, to));
        refused.IsDone.ShouldBeFalse();
        refused.Detail.ShouldContain("look at it again");
        world.AskNow<TopologyAnswer>(Named(3), to => new TopologyStage(new StagedChange(ChangeKind.Leave, Named(5), null), true, to)).IsDone.ShouldBeTrue();
        world.Line.Values.Last().Staged.Count.ShouldBe(1);
        world.Abort(Named(3)).IsDone.ShouldBeTrue();
        world.Line.Values.Last().Staged.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(TopologyPhase.WriteBothReadOld)]
    [InlineData(TopologyPhase.WriteBothReadNew)]
    [InlineData(TopologyPhase.WriteNew)]
    public void No_phase_is_left_before_everyone_is_through(TopologyPhase phase)
    {
        TopologyWorld world = Founded(3);
        Join(world, 4);
        StopIn(world, phase);
        world.Advance(TimeSpan.FromMinutes(1));
        world.Line.Values.Last().Phase.ShouldBe(phase);
        world.Told(Named(2)).Waiting.ShouldContain("node-3 has not entered epoch");

        world.Idle.Add(Named(3));
        world.Busy.Clear();
        world.Advance(TimeSpan.FromMinutes(1));
        if (phase != TopologyPhase.WriteBothReadNew)
        {
            world.Line.Values.Last().Phase.ShouldBe(phase);
            world.Told(Named(1)).Waiting.ShouldContain("node-3 is at work");
        }

        world.Idle.Clear();
        world.Until(() => world.IsSettled(4), "joined");
    }

    [Theory]
    [InlineData(TopologyPhase.WriteBothReadOld)]
    [InlineData(TopologyPhase.WriteBothReadNew)]
    [InlineData(TopologyPhase.WriteNew)]
    public void A_crash_of_any_member_in_any_phase_delays_the_change_only(TopologyPhase phase)
    {
        for (int crashed = 1; crashed <= 4; crashed++)
        {
            TopologyWorld world = Founded(3, (ulong)crashed);
            Join(world, 4);
            StopIn(world, phase);
            world.Crash(Named(crashed));
            world.Busy.Clear();
            world.Advance(TimeSpan.FromSeconds(30));
            world.Start(Named(crashed));
            world.Until(() => world.IsSettled(4), "joined");
            world.Line.Values.Last().Members.Count.ShouldBe(4);
        }
    }

    [Theory]
    [InlineData(TopologyPhase.WriteBothReadOld)]
    [InlineData(TopologyPhase.WriteBothReadNew)]
    [InlineData(TopologyPhase.WriteNew)]
    public void A_change_is_taken_back_until_its_last_phase(TopologyPhase phase)
    {
        TopologyWorld world = Founded(3);
        Join(world, 4);
        StopIn(world, phase);
        TopologyAnswer answer = world.Abort(Named(2));
        answer.IsDone.ShouldBe(phase != TopologyPhase.WriteNew, answer.Detail);
        world.Busy.Clear();
        world.Until(() => world.IsSettled(4), "taken back");
        world.Line.Values.Last().Members.Count.ShouldBe(phase == TopologyPhase.WriteNew ? 4 : 3);
        world.Line.Values.Count(configuration => configuration.IsTakenBack).ShouldBe(phase switch
        {
            TopologyPhase.WriteBothReadOld => 1,
            TopologyPhase.WriteBothReadNew => 2,
            _ => 0,
        });
    }

    [Fact]
    public void A_change_is_taken_back_when_the_joining_node_has_died()
    {
        TopologyWorld world = Founded(3);
        Join(world, 4);
        StopIn(world, TopologyPhase.WriteBothReadNew);
        world.Crash(Named(4));
        world.Busy.Clear();
        world.Abort(Named(1), Named(4)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(5), "taken back");
        world.Line.Values.Last().Members.Count.ShouldBe(3);
    }

    [Fact]
    public void A_dead_member_leaves_when_it_is_declared_dead()
    {
        TopologyWorld world = Founded(4);
        world.Crash(Named(1));
        world.Stage(Named(2), new StagedChange(ChangeKind.Leave, Named(1), null, IsDead: true)).IsDone.ShouldBeTrue();
        world.Commit(Named(2)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(3), "left");
        world.Line.Values.Last().Members.Select(member => member.Node).ShouldBe([Named(2), Named(3), Named(4)]);
    }

    [Fact]
    public void A_leaver_that_dies_on_its_way_out_can_be_declared_dead()
    {
        TopologyWorld world = Founded(4);
        world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(4), null)).IsDone.ShouldBeTrue();
        StopIn(world, TopologyPhase.WriteNew);
        world.Crash(Named(4));
        world.Busy.Clear();
        world.Advance(TimeSpan.FromMinutes(1));
        world.Line.Values.Last().Phase.ShouldBe(TopologyPhase.WriteNew);
        world.Stage(Named(2), new StagedChange(ChangeKind.Leave, Named(4), null, IsDead: true)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(6), "left");
    }

    [Fact]
    public void One_who_stays_can_be_declared_dead_only_with_the_change_taken_back()
    {
        TopologyWorld world = Founded(3);
        Join(world, 4);
        world.Crash(Named(3));
        world.Commit(Named(2)).IsDone.ShouldBeTrue();
        TopologyAnswer refused = world.Stage(Named(2), new StagedChange(ChangeKind.Leave, Named(3), null, IsDead: true));
        refused.IsDone.ShouldBeFalse();
        refused.Detail.ShouldContain("abort the change with node-3 declared dead");
        world.Abort(Named(2), Named(3)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(4), "taken back");
        world.Members[Named(1)].ShouldBe([Named(1), Named(2), Named(3)], "farewells are connected, and are no members");
    }

    [Fact]
    public void A_member_with_another_directory_is_known_by_it_from_then_on()
    {
        TopologyWorld world = Founded(3);
        world.Crash(Named(1));
        world.Wipe(Named(1));
        world.Start(Named(1));
        world.Until(() => world.IsSettled(2), "identified");
        world.Line[3].Members[0].StoreId.ShouldBe(world.DiskOf(Named(1)).StoreId);
        world.Told(Named(1)).Configuration.ClusterId.ShouldBe(world.Line[2].ClusterId);
    }

    [Fact]
    public void A_member_with_an_old_memory_serves_nobody_before_the_others_know_its_directory()
    {
        TopologyWorld world = Founded(3);
        ClusterConfiguration old = world.Line[2];
        Join(world, 4);
        world.Commit(Named(2)).IsDone.ShouldBeTrue();
        world.Until(() => world.IsSettled(4), "joined");
        world.Crash(Named(1));
        world.Wipe(Named(1));
        foreach (int other in (int[])[2, 3, 4])
            world.Cut(Named(1), Named(other));
        world.Entered.Remove(Named(1));
        world.Start(Named(1), old);
        world.Advance(TimeSpan.FromMinutes(1));
        world.Entered.ShouldNotContainKey(Named(1));
        world.Told(Named(1)).Waiting.ShouldContain("node-1 has another data directory");

        world.Heal();
        long before = world.Line.Keys.Last();
        world.Until(() => world.IsSettled(before), "identified");
        world.Entered[Named(1)].ShouldBe(before + 1);
    }

    [Fact]
    public void Where_most_members_lost_their_directories_they_serve_when_all_have_said_so()
    {
        TopologyWorld world = Founded(3);
        ClusterConfiguration known = world.Line[2];
        foreach (int lost in (int[])[1, 2])
        {
            world.Crash(Named(lost));
            world.Wipe(Named(lost));
            world.Entered.Remove(Named(lost));
            world.Start(Named(lost), known);
        }

        world.Until(() => world.Entered.ContainsKey(Named(1)) && world.Entered.ContainsKey(Named(2)), "they serve");
        world.Line.Keys.Last().ShouldBe(2);
    }

    [Fact]
    public void One_who_joins_and_loses_its_directory_on_the_way_is_known_by_the_new_one()
    {
        TopologyWorld world = Founded(3);
        Join(world, 4);
        world.Idle.Add(Named(4));
        world.Commit(Named(2)).IsDone.ShouldBeTrue();
        world.Until(() => world.Entered.GetValueOrDefault(Named(4)) >= 4, "on the way");
        world.Idle.Clear();
        ClusterConfiguration onTheWay = world.Line.Values.Last();
        world.Crash(Named(4));
        world.Wipe(Named(4));
        world.Start(Named(4), onTheWay);
        world.Until(() => world.IsSettled(4), "joined");
        world.Line.Values.Last().Members[3].StoreId.ShouldBe(world.DiskOf(Named(4)).StoreId);
    }

    [Fact]
    public void Without_a_majority_the_operator_hears_why_in_time()
    {
        TopologyWorld world = Founded(3);
        world.Crash(Named(2));
        world.Crash(Named(3));
        TopologyAnswer answer = world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(3), null, IsDead: true));
        answer.IsDone.ShouldBeFalse();
        answer.Detail.ShouldContain("2 of 3 members must vote, and 1 can");
        answer.Detail.ShouldContain("node-2 can't be reached since");
    }

    [Fact]
    public void A_disk_that_fails_keeps_the_old_configuration_until_it_works()
    {
        TopologyWorld world = Founded(3);
        world.DiskOf(Named(3)).Fails = true;
        world.Stage(Named(1), new StagedChange(ChangeKind.Leave, Named(2), null)).IsDone.ShouldBeTrue();
        world.Advance(TimeSpan.FromSeconds(10));
        TopologyTold told = world.Told(Named(3));
        told.Configuration.Epoch.ShouldBe(2);
        told.Waiting.ShouldContain("could not keep the configuration of epoch 3");
        world.DiskOf(Named(3)).Fails = false;
        world.Until(() => world.IsSettled(2), "kept");
        world.Told(Named(3)).Waiting.ShouldBeEmpty();
    }

    [Fact]
    public void What_other_clusters_tell_is_refused()
    {
        TopologyWorld world = Founded(3);
        ClusterConfiguration own = world.Line[2];
        RingMember[] more = [.. own.Members, new RingMember(Named(9))];
        foreach (ClusterConfiguration news in (ClusterConfiguration[])[
            own with { Epoch = 50, ClusterId = own.ClusterId + 1 },
            own with { Epoch = 50, Partitions = 32 },
            own with { Epoch = 50, Members = more },
            own with { Epoch = 1 }])
        {
            world.Ask(Named(1), _ => new TopologyNews(news));
            world.Ask(Named(1), to => new TopologyDigest(long.MaxValue, to with { Role = ActorRole.Topology }));
            world.Ask(Named(1), to => new TopologyPoll(long.MaxValue, true, to with { Role = ActorRole.Topology }));
            world.Ask(Named(1), _ => new TopologyStatus(new NodeId("stranger"), long.MaxValue, 9, 9, new EpochWork(9, true, 0, 0, 0, 0, 0, "")));
        }

        world.Advance(TimeSpan.FromSeconds(5));
        world.Line.Keys.ShouldBe([1, 2]);
        world.Told(Named(1)).Configuration.Epoch.ShouldBe(2);
    }

    private static TopologyWorld Founded(int nodes, ulong seed = 7)
    {
        var world = new TopologyWorld(seed, nodes);
        world.Until(() => world.IsSettled(), "founded");
        return world;
    }

    private static void Join(TopologyWorld world, int number)
    {
        TopologyAnswer staged = world.Stage(Named(1), new StagedChange(ChangeKind.Join, Named(number), Joiner(number)));
        staged.IsDone.ShouldBeTrue(staged.Detail);
        world.Start(Named(number), world.Told(Named(1)).Configuration);
        world.Advance(TimeSpan.FromSeconds(5));
    }

    // node-3 does not confirm the ring of that phase.
    private static void StopIn(TopologyWorld world, TopologyPhase phase)
    {
        if (phase == TopologyPhase.WriteBothReadOld)
            world.Busy.Add(Named(3));
        world.Commit(Named(1)).IsDone.ShouldBeTrue();
        while (world.Line.Values.Last().Phase != phase)
        {
            world.Busy.Clear();
            ClusterConfiguration last = world.Line.Values.Last();
            while (world.Line.Values.Last() == last)
                world.Advance(TimeSpan.FromTicks(1_000));
            world.Busy.Add(Named(3));
        }
    }
}
