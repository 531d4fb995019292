using AkkaKv.Api;
using AkkaKv.Host.AkkaNet.Members;

namespace AkkaKv.Host.AkkaNet.Tests.Members;

/// <summary>What a member's coming or going asks of the topology.</summary>
public sealed class MemberWishTests
{
    private static readonly MemberWish Up = new("b", "h:2", IsThere: true, IsDead: false);
    private static readonly MemberWish Gone = new("b", "h:2", IsThere: false, IsDead: false);

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

    private static ClusterChangeInfo Of(string[] members, params ClusterChange[] staged) => new(
        7, "0123456789abcdef", ClusterChangeInfo.Settled, 64, 3, [.. members.Select(name => new ClusterMember(name))], null, [], staged, [], "");
}
