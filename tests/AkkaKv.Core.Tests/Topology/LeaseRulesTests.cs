using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Tests.Topology;

public sealed class LeaseRulesTests
{
    private static readonly NodeId A = new("node-0");
    private static readonly NodeId B = new("node-1");
    private static readonly ClusterConfiguration Founded = Identified(TopologyActor.FirstOf(Rings.Even(3, 64)) with { Epoch = 2, ClusterId = 77 });
    private static readonly WorkerLease OfA = new(1, A, 100, 50, 900);
    private static readonly WorkerLeases Before = new(8, "bits", 0, [OfA, new WorkerLease(2, B, 101, 0, long.MaxValue)]);

    [Fact]
    public void A_lease_only_grows_and_the_number_goes_on_from_beyond_it()
    {
        ShouldFollow(Before with { Leases = [OfA with { UntilMillis = 1_000 }, Before.Leases[1]] });
        ShouldFollow(Before with { Leases = [new WorkerLease(1, B, 101, 900, 1_000), Before.Leases[1]] });
        ShouldFollow(Before with { Leases = [.. Before.Leases, new WorkerLease(3, B, 101, 0, 1_000)] });
        ShouldFollow(Before with { FloorMillis = 900, Leases = [Before.Leases[1]] });
        ShouldFollow(Before with { Leases = [OfA, new WorkerLease(2, B, 999, 0, long.MaxValue)] });

        ShouldNotFollow(Before with { Leases = [OfA with { UntilMillis = 899 }, Before.Leases[1]] }, "only grow");
        ShouldNotFollow(Before with { Leases = [OfA with { FromMillis = 49 }, Before.Leases[1]] }, "only grow");
        ShouldNotFollow(Before with { Leases = [new WorkerLease(1, B, 101, 899, 1_000), Before.Leases[1]] }, "from beyond its lease");
        ShouldNotFollow(Before with { Leases = [new WorkerLease(1, A, 101, 899, 1_000), Before.Leases[1]] }, "from beyond its lease");
        ShouldNotFollow(Before with { Leases = [OfA, new WorkerLease(2, A, 100, 0, long.MaxValue)] }, "from beyond its lease");
        ShouldNotFollow(Before with { Leases = [Before.Leases[1]] }, "may be forgotten only");
        ShouldNotFollow(Before with { FloorMillis = 2_000, Leases = [OfA] }, "may be forgotten only");
        ShouldNotFollow(Before with { Layout = "other" }, "The layout");
        ShouldNotFollow(Before with { Count = 9 }, "The layout");
        ShouldNotFollow(null, "never be forgotten");
    }

    [Fact]
    public void A_forgotten_number_is_given_from_beyond_the_floor()
    {
        WorkerLeases forgetful = Before with { FloorMillis = 900, Leases = [Before.Leases[1]] };
        ShouldNotFollow(forgetful with { FloorMillis = 899 }, "never fall", forgetful);
        ShouldNotFollow(forgetful with { Leases = [new WorkerLease(1, B, 101, 899, 1_000), Before.Leases[1]] }, "from beyond 900", forgetful);
        ShouldFollow(forgetful with { Leases = [new WorkerLease(1, B, 101, 900, 1_000), Before.Leases[1]] }, forgetful);
    }

    [Fact]
    public void What_is_out_of_its_bounds_is_not_sound()
    {
        ShouldBeUnsound(Before with { Count = 2 }, "0 to 1");
        ShouldBeUnsound(Before with { Leases = [Before.Leases[1], OfA] }, "in the order of their numbers");
        ShouldBeUnsound(Before with { Leases = [OfA with { UntilMillis = 50 }] }, "must end after it begins");
        ShouldBeUnsound(Before with { Leases = [OfA with { StoreId = 0 }] }, "its data directory");
        ShouldBeUnsound(Before with { Layout = "" }, "The layout of ids");
        ConfigurationRules.Problems(Founded with { LeaseEpochs = 1, RingEpoch = 1 }).ShouldHaveSingleItem().ShouldContain("There must be leases");
        ConfigurationRules.Problems(Founded with { LeaseEpochs = 2, RingEpoch = 1, Workers = Before }).ShouldHaveSingleItem().ShouldContain("at most 1 epochs");
    }

    [Fact]
    public void No_other_step_changes_leases_and_each_other_step_begins_new_work()
    {
        ClusterConfiguration leased = Configuration(Before);
        leased.WorkEpoch.ShouldBe(2);
        ClusterConfiguration staged = ConfigurationSteps.Stage(leased, new StagedChange(ChangeKind.Leave, A, null)).Configuration!;
        staged.WorkEpoch.ShouldBe(staged.Epoch);
        staged.Workers.ShouldBe(Before);
        ConfigurationRules.WhyNot(leased, staged).ShouldBeNull();
        ConfigurationRules.WhyNot(leased, staged with { LeaseEpochs = 1 }).ShouldNotBeNull();
        ConfigurationRules.WhyNot(leased, staged with { Workers = Before with { FloorMillis = 5 } }).ShouldNotBeNull();
        ConfigurationRules.WhyNot(staged, ConfigurationSteps.Commit(staged).Configuration! with { Workers = null }).ShouldNotBeNull();
    }

    [Fact]
    public void Nothing_is_leased_before_all_members_know_of_leases()
    {
        var statuses = new MemberStatuses();
        foreach (RingMember member in Founded.Members)
            statuses.Take(StatusOf(member, 2, new WorkerNeed(8, "bits", null, 1_000)) with { Workers = member.Node == B ? null : new WorkerNeed(8, "bits", null, 1_000) }, TimeSpan.Zero);
        LeasePlanning.NextOf(Founded, Founded.Members, statuses, TimeSpan.FromSeconds(1)).ShouldBeNull();
        LeaseWords.Of(Founded, Founded.Members, statuses).ShouldHaveSingleItem().ShouldContain("node-1 must be upgraded");

        statuses.Take(StatusOf(Founded.Members[1], 1, new WorkerNeed(8, "bits", null, 1_000)), TimeSpan.Zero);
        LeasePlanning.NextOf(Founded, Founded.Members, statuses, TimeSpan.FromSeconds(1)).ShouldBeNull("an older word may be of a lost disk");
        statuses.Take(StatusOf(Founded.Members[1], 2, new WorkerNeed(8, "bits", 0, 1_000)), TimeSpan.Zero);
        LeasePlanning.NextOf(Founded, Founded.Members, statuses, TimeSpan.FromSeconds(1))!.Workers!.Leases.ShouldBe(
            [new WorkerLease(0, B, 101, 0, long.MaxValue), new WorkerLease(1, A, 100, 0, 2_000), new WorkerLease(2, new NodeId("node-2"), 102, 0, 2_000)]);
    }

    [Fact]
    public void When_the_list_is_full_the_lease_that_ended_first_is_forgotten()
    {
        WorkerLease[] full = [.. Enumerable.Range(0, WorkerLeases.LeasesMax).Select(i => new WorkerLease(i, new NodeId($"gone-{i}"), 7, 0, i == 5 ? 300 : 1_000 + i))];
        var before = new WorkerLeases(WorkerLeases.CountMax, "bits", 200, full);
        var plan = new LeasePlan(before, Founded.Members, 1_000);
        plan.Lease(A, 100, 5_000);
        WorkerLeases after = plan.Made();
        after.Leases.Count.ShouldBe(WorkerLeases.LeasesMax);
        after.Of(5).ShouldBeNull();
        after.FloorMillis.ShouldBe(300);
        after.Of(A, 100).ShouldBe(new WorkerLease(WorkerLeases.LeasesMax, A, 100, 200, 6_000));
        LeaseRules.WhyNot(before, after).ShouldBeNull();
    }

    private static TopologyStatus StatusOf(RingMember member, long epoch, WorkerNeed need) =>
        new(member.Node, epoch, epoch, member.StoreId, new EpochWork(epoch, true, 0, 0, 0, 0, 0, "")) { Workers = need };

    private static ClusterConfiguration Identified(ClusterConfiguration made) =>
        made with { Members = [.. made.Members.Select((member, index) => member with { StoreId = 100 + (ulong)index })] };

    private static ClusterConfiguration Configuration(WorkerLeases workers) => ConfigurationSteps.Lease(Founded, workers).Configuration!;

    private static void ShouldFollow(WorkerLeases after, WorkerLeases? before = null) => WhyNot(after, before).ShouldBeNull();

    private static void ShouldNotFollow(WorkerLeases? after, string words, WorkerLeases? before = null) => WhyNot(after, before).ShouldNotBeNull().ShouldContain(words);

    private static string? WhyNot(WorkerLeases? after, WorkerLeases? before)
    {
        ClusterConfiguration old = Configuration(before ?? Before);
        return ConfigurationRules.WhyNot(old, old with { Epoch = old.Epoch + 1, LeaseEpochs = after is null ? 0 : old.LeaseEpochs + 1, Workers = after });
    }

    private static void ShouldBeUnsound(WorkerLeases workers, string words)
    {
        ClusterConfiguration made = Founded with { Epoch = 3, LeaseEpochs = 1, Workers = workers };
        string.Join(" ", ConfigurationRules.Problems(made)).ShouldContain(words);
        ConfigurationCodec.TryDecode(ConfigurationCodec.Encode(made), out _).ShouldBeFalse();
    }
}
