using AkkaKv.Api;
using AkkaKv.Host.AkkaNet.Members;
using AkkaKv.Host.Settings;
using AkkaKv.Server.Tests.Http;

namespace AkkaKv.Host.AkkaNet.Tests.Members;

/// <summary>What a member's coming or going asks of the topology.</summary>
public sealed class MemberWishTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly MemberWish Up = new("b", "h:2", IsThere: true, IsDead: false, Since: TimeSpan.Zero);
    private static readonly MemberWish Gone = new("b", "h:2", IsThere: false, IsDead: false, Since: TimeSpan.Zero);
    private static readonly MemberRules Stage = new(MemberEventMode.Stage, Minute);
    private static readonly MemberRules Commit = new(MemberEventMode.Commit, Minute);

    [Fact]
    public void Up_and_no_member_is_a_join_with_its_endpoint()
    {
        var (change, takenBack) = MemberWishes.NeededFor(Up, Of(["a"])).ShouldNotBeNull();

        takenBack.ShouldBeFalse();
        change.Kind.ShouldBe("join");
        change.Member.ShouldBe(new ClusterMember("b", "h:2"));
    }

    [Fact]
    public void Removed_and_a_member_is_a_leave_and_a_downed_one_is_dead()
    {
        MemberWishes.NeededFor(Gone, Of(["a", "b"])).ShouldBe((new ClusterChange("leave", "b", Dead: false), false));
        MemberWishes.NeededFor(Gone with { IsDead = true }, Of(["a", "b"])).ShouldBe((new ClusterChange("leave", "b", Dead: true), false));
    }

    [Fact]
    public void What_is_so_or_staged_needs_nothing()
    {
        MemberWishes.NeededFor(Up, Of(["a", "b"])).ShouldBeNull();
        MemberWishes.NeededFor(Gone, Of(["a"])).ShouldBeNull();
        MemberWishes.NeededFor(Up, Of(["a"], new ClusterChange("join", "b", new ClusterMember("b")))).ShouldBeNull();
        MemberWishes.NeededFor(Gone, Of(["a", "b"], new ClusterChange("leave", "b"))).ShouldBeNull();
    }

    [Fact]
    public void Who_comes_back_or_goes_before_the_commit_takes_what_was_staged_back()
    {
        var leave = new ClusterChange("leave", "b");
        MemberWishes.NeededFor(Up, Of(["a", "b"], leave)).ShouldBe((leave, true));
        var join = new ClusterChange("join", "b", new ClusterMember("b"));
        MemberWishes.NeededFor(Gone, Of(["a"], join)).ShouldBe((join, true));
    }

    [Fact]
    public async Task What_is_staged_while_another_change_is_under_way_is_committed_when_that_is_over()
    {
        var orders = new List<string>();
        FakeAkkaKv door = DoorOf(orders, Of(["a", "c"], new ClusterChange("join", "b", new ClusterMember("b"))) with { Phase = "write-new" });
        var order = new MemberOrder("a", ["a", "c"]);

        (await MemberWishes.FulfilAsync(door, [Up], order, Commit, TimeSpan.Zero)).Fulfilled.ShouldBeEmpty();
        orders.ShouldBeEmpty();

        door.Cluster = door.Cluster! with { Phase = ClusterChangeInfo.Settled };
        (await MemberWishes.FulfilAsync(door, [Up], order, Commit, TimeSpan.Zero)).Fulfilled.ShouldBeEmpty();
        orders.ShouldBe(["commit 7"]);

        door.Cluster = Of(["a", "c"]) with { Next = [new ClusterMember("b")], Phase = "write-both-read-old" };
        (await MemberWishes.FulfilAsync(door, [Up], order, Commit, TimeSpan.Zero)).Fulfilled.ShouldBe([Up]);
        orders.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_leave_is_staged_at_once_and_committed_when_the_member_has_been_away_long_enough()
    {
        var orders = new List<string>();
        FakeAkkaKv door = DoorOf(orders, Of(["a", "b", "c"]));
        var order = new MemberOrder("a", ["a", "c"]);
        await MemberWishes.FulfilAsync(door, [Gone], order, Commit, TimeSpan.Zero);
        orders.ShouldBe(["stage leave b"]);

        door.Cluster = Of(["a", "b", "c"], new ClusterChange("leave", "b"));
        await MemberWishes.FulfilAsync(door, [Gone], order, Commit, 0.9 * Minute);
        orders.Count.ShouldBe(1);
        await MemberWishes.FulfilAsync(door, [Up], order, Commit, 0.9 * Minute);
        orders[1].ShouldBe("take back leave b");
        await MemberWishes.FulfilAsync(door, [Gone], order, Commit, Minute);
        orders[2].ShouldBe("commit 7");
    }

    [Fact]
    public async Task Who_is_back_while_it_leaves_joins_when_it_has_left()
    {
        var orders = new List<string>();
        FakeAkkaKv door = DoorOf(orders, Of(["a", "b", "c"]) with { Next = [new ClusterMember("a"), new ClusterMember("c")], Phase = "write-new" });
        var order = new MemberOrder("a", ["a", "b", "c"]);

        (await MemberWishes.FulfilAsync(door, [Up], order, Stage, TimeSpan.Zero)).Fulfilled.ShouldBeEmpty();
        orders.ShouldBeEmpty();

        door.Cluster = Of(["a", "c"]);
        await MemberWishes.FulfilAsync(door, [Up], order, Stage, TimeSpan.Zero);
        orders.ShouldBe(["stage join b h:2"]);
    }

    [Fact]
    public async Task Where_an_operator_commits_nothing_more_is_to_be_done_for_what_is_staged()
    {
        var orders = new List<string>();
        FakeAkkaKv door = DoorOf(orders, Of(["a", "c"], new ClusterChange("join", "b", new ClusterMember("b"))));

        (await MemberWishes.FulfilAsync(door, [Up], new MemberOrder("a", ["a", "c"]), Stage, TimeSpan.Zero)).Fulfilled.ShouldBe([Up]);
        orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_in_order_that_belongs_does_it_and_not_one_that_is_yet_to_join()
    {
        var orders = new List<string>();
        FakeAkkaKv door = DoorOf(orders, Of(["c", "d"]));
        string[] up = ["b", "c", "d"];

        foreach (string other in new[] { "b", "d" })
            await MemberWishes.FulfilAsync(door, [Up], new MemberOrder(other, up), Stage, TimeSpan.Zero);
        orders.ShouldBeEmpty();

        await MemberWishes.FulfilAsync(door, [Up], new MemberOrder("c", up), Stage, TimeSpan.Zero);
        orders.ShouldBe(["stage join b h:2"]);
    }

    private static FakeAkkaKv DoorOf(List<string> orders, ClusterChangeInfo info) => new()
    {
        Cluster = info,
        Plan = new PlanReply(new ChangePlanInfo(info.Epoch, info.Staged, 0, 0, [], [], [], []), ""),
        Order = order =>
        {
            orders.Add(order);
            return new ChangeReply(Done: true, order, info.Epoch);
        },
    };

    private static ClusterChangeInfo Of(string[] members, params ClusterChange[] staged) => new(
        7, "0123456789abcdef", ClusterChangeInfo.Settled, 64, 3, [.. members.Select(name => new ClusterMember(name))], null, [], staged, [], "");
}
