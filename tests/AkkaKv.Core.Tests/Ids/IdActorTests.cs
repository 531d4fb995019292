using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Ids;

public sealed class IdActorTests
{
    private static readonly IdOptions ByHand = new() { Worker = 33 };

    [Fact]
    public void Ids_are_of_the_moment_and_of_the_worker()
    {
        IdWorld world = World(ByHand, out IdNode node);

        IdsTold told = Ask(world, node, 3);

        SnowflakeId id = SnowflakeId.Decode(told.Ranges[0].First, ByHand.Layout);
        (id.Datacenter, id.Machine, id.Sequence).ShouldBe((1, 1, 0));
        id.UnixMillis.ShouldBeLessThanOrEqualTo(node.WallMillis);
        id.UnixMillis.ShouldBeGreaterThan(node.WallMillis - 100);
        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void A_large_block_takes_as_many_milliseconds_as_it_needs()
    {
        IdWorld world = World(ByHand, out IdNode node);

        IdsTold told = Ask(world, node, IdOptions.CountMax);

        told.Ranges.Select(range => range.Count).ShouldBe([4_096, 4_096, 1_808]);
        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void The_mark_is_durable_before_the_first_id()
    {
        IdWorld world = World(ByHand, out IdNode node);
        node.DiskHolds = true;
        IdsTold? told = null;

        node.Ask(1, answer => told = answer);
        world.Advance(100);
        told.ShouldBeNull();
        node.Held.ShouldBe(1);
        node.Release();
        world.Advance(10);

        told!.Refusal.ShouldBeNull();
        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void The_mark_is_raised_before_it_is_needed()
    {
        IdWorld world = World(ByHand, out IdNode node);
        Ask(world, node, 1);
        world.Advance(2_000);
        node.DiskHolds = true;

        IdsTold told = Ask(world, node, 1);

        told.Refusal.ShouldBeNull("there is still room below the mark");
        node.Held.ShouldBe(1, "and the next one is under way");
    }

    [Fact]
    public void Nobody_waits_for_a_slow_disk_for_ever()
    {
        IdWorld world = World(ByHand, out IdNode node);
        node.DiskHolds = true;

        node.Ask(1);
        world.Advance(999);
        node.Refusals.ShouldBeEmpty();
        world.Advance(2);

        node.Refusals.ShouldHaveSingleItem().Kind.ShouldBe(IdRefusalKind.Store);
    }

    [Fact]
    public void A_disk_that_fails_is_said_at_once()
    {
        IdWorld world = World(ByHand, out IdNode node);
        node.DiskFails = true;

        IdRefusal refusal = Ask(world, node, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Store);
        refusal.IsRetryable.ShouldBeTrue();
        node.DiskFails = false;
        Ask(world, node, 1).Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(3_600_000)]
    public void A_restart_under_a_clock_set_back_goes_on_beyond_what_was_made(long backMillis)
    {
        IdWorld world = World(ByHand, out IdNode node);
        for (int i = 0; i < 50; i++)
        {
            node.Ask(100);
            world.Advance(40);
        }

        node.Crash();
        node.ClockAheadMillis -= backMillis;
        node.Start();
        world.Advance(5);
        IdRefusal refusal = Ask(world, node, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Clock);
        refusal.IsRetryable.ShouldBeTrue();
        long behind = node.DurableMark - node.WallMillis;
        behind.ShouldBeGreaterThan(backMillis);
        refusal.Detail.ShouldContain("ms behind");
        refusal.Detail.ShouldContain(IdWords.Moment(node.DurableMark));
        world.Advance(behind + 1);
        Ask(world, node, 1_000).Refusal.ShouldBeNull();
        world.CheckUnique();
        world.Broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public void A_clock_set_back_a_little_is_waited_for(long backMillis)
    {
        IdWorld world = World(ByHand, out IdNode node);
        long reached = Reach(Ask(world, node, 1));
        node.ClockAheadMillis = reached - backMillis - (node.WallMillis - node.ClockAheadMillis);
        IdsTold? told = null;

        node.Ask(1, answer => told = answer);
        world.Advance(backMillis - 1);
        told.ShouldBeNull();
        world.Advance(2);

        told!.Refusal.ShouldBeNull();
        world.Broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1_000, "1,0")]
    [InlineData(3_600_000, "3,600,0")]
    public void A_clock_set_back_far_is_an_error_that_says_by_how_much(long backMillis, string shown)
    {
        IdWorld world = World(ByHand, out IdNode node);
        Ask(world, node, 1);
        node.ClockAheadMillis -= backMillis + 50;

        IdRefusal refusal = Ask(world, node, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Clock);
        refusal.Detail.ShouldContain(shown);
        world.Advance(backMillis + 100);
        Ask(world, node, 1).Refusal.ShouldBeNull();
        world.Broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    [InlineData(int.MaxValue)]
    public void A_count_out_of_bounds_is_refused(int count)
    {
        IdWorld world = World(ByHand, out IdNode node);

        IdRefusal refusal = Ask(world, node, count).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Count);
        refusal.Detail.ShouldContain(count.ToString());
    }

    [Fact]
    public void Past_the_bound_of_those_who_wait_the_answer_is_busy()
    {
        IdWorld world = World(ByHand with { WaitingMax = 2 }, out IdNode node);
        node.DiskHolds = true;

        node.Ask(1);
        node.Ask(1);
        node.Ask(1);
        world.Advance(1);

        node.Refusals.ShouldHaveSingleItem().Kind.ShouldBe(IdRefusalKind.Busy);
    }

    [Fact]
    public void Without_a_worker_number_there_are_no_ids()
    {
        IdWorld world = World(new IdOptions(), out IdNode node, static world => world.Grants.IsSilent = true);

        IdRefusal refusal = Ask(world, node, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Grant);
        refusal.IsRetryable.ShouldBeTrue();
        refusal.Detail.ShouldContain("holds none");
    }

    [Fact]
    public void Why_there_is_no_number_is_told()
    {
        IdWorld world = World(new IdOptions(), out IdNode node, static world => world.Grants.IsSilent = true);
        node.Deliver(new WorkerGrantTold(1, null, "the cluster is not founded"));

        Ask(world, node, 1).Refusal!.Detail.ShouldContain("holds none (the cluster is not founded)");
    }

    [Fact]
    public void A_number_by_hand_that_turns_out_to_be_anothers_is_given_up()
    {
        IdWorld world = World(ByHand with { GrantSource = new Address(new NodeId("node-1"), ActorRole.Topology, 0) }, out IdNode node, static world => world.Grants.IsSilent = true);
        node.Deliver(new WorkerGrantTold(1, WorkerGrant.AssignedByHand(33, 1)));
        Ask(world, node, 1).Refusal.ShouldBeNull();

        node.Deliver(new WorkerGrantTold(2, null, "it was assigned by hand to node-2"));

        Ask(world, node, 1).Refusal!.Detail.ShouldContain("holds none (it was assigned by hand to node-2)");
        node.Deliver(new WorkerGrantTold(3, WorkerGrant.AssignedByHand(33, 1)));
        Ask(world, node, 1).Refusal.ShouldBeNull();
        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void A_question_that_comes_before_the_number_waits_for_it()
    {
        IdWorld world = World(new IdOptions(), out IdNode node, static world => world.Grants.IsSilent = true);
        IdsTold? told = null;
        node.Ask(1, answer => told = answer);
        world.Advance(100);
        told.ShouldBeNull();
        world.Grants.Note(node.Id, WorkerGrant.AssignedByHand(9, 1));

        node.Deliver(new WorkerGrantTold(1, WorkerGrant.AssignedByHand(9, 1)));
        world.Advance(100);

        told!.Refusal.ShouldBeNull();
        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void A_grant_that_ends_unrenewed_ends_the_ids()
    {
        IdWorld world = World(new IdOptions { GrantRenewMillis = 500, GrantPatience = TimeSpan.FromMilliseconds(100) }, out IdNode node);
        Ask(world, node, 1).Refusal.ShouldBeNull();
        world.Grants.IsSilent = true;
        world.Advance(2_000);

        IdRefusal refusal = Ask(world, node, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Grant);
        refusal.Detail.ShouldContain("must cover the present moment");
        world.Grants.IsSilent = false;
        world.Advance(3_000);
        Ask(world, node, 1).Refusal.ShouldBeNull();
        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void A_grant_is_renewed_before_it_ends()
    {
        IdWorld world = World(new IdOptions { GrantRenewMillis = 500, GrantPatience = TimeSpan.FromMilliseconds(100) }, out IdNode node);
        world.Grants.Workers = 1;
        for (int i = 0; i < 100; i++)
        {
            Ask(world, node, 1).Refusal.ShouldBeNull();
            world.Advance(50);
        }

        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void A_renewed_grant_that_begins_where_the_old_one_ends_leaves_no_gap()
    {
        IdWorld world = World(new IdOptions(), out IdNode node, static world => world.Grants.IsSilent = true);
        var old = new WorkerGrant(9, -1, node.WallMillis + 1_000, 1);
        world.Grants.Note(node.Id, old with { UntilMillis = long.MaxValue });
        node.Deliver(new WorkerGrantTold(1, old));
        node.Deliver(new WorkerGrantTold(2, new WorkerGrant(9, old.UntilMillis, old.UntilMillis + 1_000, 1)));

        Ask(world, node, 1).Refusal.ShouldBeNull();
        world.Advance(1_500);
        Ask(world, node, 1).Refusal.ShouldBeNull();
        world.Advance(1_000);
        Ask(world, node, 1).Refusal.ShouldNotBeNull();

        world.Broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(2_000, 1UL, "0 to 1023")]
    [InlineData(3, 77UL, "for data directory 0000000000000001")]
    public void A_grant_that_does_not_fit_is_not_used(int worker, ulong storeId, string words)
    {
        IdWorld world = World(new IdOptions(), out IdNode node, static world => world.Grants.IsSilent = true);
        node.Deliver(new WorkerGrantTold(1, new WorkerGrant(worker, 0, long.MaxValue, storeId)));

        Ask(world, node, 1).Refusal!.Detail.ShouldContain(words);
    }

    [Fact]
    public void Another_worker_in_the_same_millisecond_does_not_go_back()
    {
        IdWorld world = World(new IdOptions(), out IdNode node, static world => world.Grants.IsSilent = true);
        node.Deliver(new WorkerGrantTold(1, new WorkerGrant(9, -1, long.MaxValue, 1)));
        world.Grants.Note(node.Id, new WorkerGrant(9, -1, long.MaxValue, 1));
        world.Grants.Note(node.Id, new WorkerGrant(2, -1, long.MaxValue, 1));
        Ask(world, node, 1);
        node.Ask(1);
        world.Advance(0);
        node.Deliver(new WorkerGrantTold(2, new WorkerGrant(2, -1, long.MaxValue, 1)));

        Ask(world, node, 1).Refusal.ShouldBeNull();

        world.Broken.ShouldBeEmpty();
    }

    [Fact]
    public void Another_layout_is_refused_as_long_as_the_old_mark_is_there()
    {
        IdWorld world = World(ByHand, out IdNode node);
        node.Crash();
        node.SetFact(IdActor.FactName, new SnowflakeMark(SnowflakeLayout.Default with { EpochUnixMillis = 0 }, 5).Encode());
        node.Start();
        world.Advance(5);

        IdRefusal refusal = Ask(world, node, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.NotSetUp);
        refusal.Detail.ShouldContain("must stay what it was (41+5+5+12 bits since 0)");
    }

    [Fact]
    public void A_mark_of_a_newer_version_is_refused()
    {
        IdWorld world = World(ByHand, out IdNode node);
        node.Crash();
        node.SetFact(IdActor.FactName, new byte[] { 2, 1 });
        node.Start();

        Ask(world, node, 1).Refusal!.Kind.ShouldBe(IdRefusalKind.NotSetUp);
    }

    [Fact]
    public void After_the_horizon_it_says_so()
    {
        IdWorld world = World(ByHand, out IdNode node);
        node.ClockAheadMillis = ByHand.Layout.MillisMax;

        IdRefusal refusal = Ask(world, node, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Spent);
        refusal.IsRetryable.ShouldBeFalse();
    }

    private static long Reach(IdsTold told) => SnowflakeId.Decode(told.Ranges[^1].Last, ByHand.Layout).UnixMillis;

    private static IdWorld World(IdOptions options, out IdNode node, Action<IdWorld>? prepare = null)
    {
        var world = new IdWorld(1, options);
        node = world.Nodes[0];
        if (prepare is not null)
        {
            node.Crash();
            prepare(world);
            world.Advance(50);
            node.Start();
        }

        world.Advance(50);
        return world;
    }

    private static IdsTold Ask(IdWorld world, IdNode node, int count)
    {
        IdsTold? told = null;
        node.Ask(count, answer => told = answer);
        for (int i = 0; told is null && i < 1_100; i++)
            world.Advance(1);
        return told.ShouldNotBeNull();
    }
}
