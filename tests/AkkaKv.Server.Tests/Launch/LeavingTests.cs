using AkkaKv.Api;
using AkkaKv.Host.Settings;
using AkkaKv.Server.Launch;
using AkkaKv.Server.Tests.Http;

namespace AkkaKv.Server.Tests.Launch;

public class LeavingTests
{
    private static readonly ClusterMember[] Two = [new("node-1"), new("node-2")];

    [Fact]
    public async Task A_leave_is_staged_committed_and_waited_for()
    {
        var door = new FakeAkkaKv { Cluster = FakeAkkaKv.Founded with { Members = Two } };
        var orders = new List<string>();
        door.Order = order =>
        {
            orders.Add(order);
            door.Cluster = order.StartsWith("stage", StringComparison.Ordinal)
                ? door.Cluster! with { Staged = [new ClusterChange("leave", "node-1")] }
                : door.Cluster! with { Members = [Two[1]], Staged = [], Progress = [new MemberProgress(Two[1].Name, long.MaxValue, long.MaxValue, Done: true, 0, 0, 0, 0, 0, "")] };
            return new ChangeReply(Done: true, order, 8);
        };
        door.Plan = new PlanReply(new ChangePlanInfo(7, [], 0, 0, [], [], [], []), "");
        var said = new List<string>();

        await new Leaving(door, "node-1", new HastyTime(), said.Add).LeaveAsync(default);

        orders.ShouldBe(["stage leave node-1", "commit 7"]);
        said.ShouldBe(["node-1 has left the cluster; what it held is with the others."]);
    }

    [Fact]
    public async Task Others_changes_are_not_committed_with_it()
    {
        var door = new FakeAkkaKv { Cluster = FakeAkkaKv.Founded with { Members = Two, Staged = [new ClusterChange("leave", "node-1"), new ClusterChange("leave", "node-2")] } };
        door.Order = order => throw new InvalidOperationException(order);
        using var stop = new CancellationTokenSource();
        string said = "";

        await Should.ThrowAsync<OperationCanceledException>(new Leaving(door, "node-1", new HastyTime(), text =>
        {
            said = text;
            stop.Cancel();
        }).LeaveAsync(stop.Token));

        said.ShouldContain("1 other changes are staged");
    }

    [Fact]
    public async Task The_last_member_stops_and_keeps_its_data()
    {
        var door = new FakeAkkaKv { Order = order => throw new InvalidOperationException(order) };
        var said = new List<string>();

        await new Leaving(door, "node-1", new HastyTime(), said.Add).LeaveAsync(default);

        said.ShouldHaveSingleItem().ShouldContain("is the only member and cannot leave");
    }

    [Theory]
    [InlineData("Node:Bootstrap founds a cluster and Node:Join joins one", "--bootstrap", "--join=http://a:1")]
    [InlineData("the only member to configure is this node; found 2", "--join=http://a:1", "--member=name=b,endpoint=127.0.0.1:2,http=http://127.0.0.1:3")]
    [InlineData("Node:Join must be one or more URLs", "--join=a:1")]
    public void What_does_not_fit_a_node_that_founds_or_joins_is_said(string words, params string[] arguments) =>
        Read(arguments).Errors.ShouldHaveSingleItem().ShouldContain(words);

    [Fact]
    public void A_node_that_joins_is_configured_alone()
    {
        NodeSettings options = Read("--join", "http://10.0.0.1:7001,http://10.0.0.2:7001", "--leave-on-stop").Options.ShouldNotBeNull();
        options.Node.Join.Select(url => url.ToString()).ShouldBe(["http://10.0.0.1:7001/", "http://10.0.0.2:7001/"]);
        options.Node.LeaveOnStop.ShouldBeTrue();
        Read("--bootstrap").Options.ShouldNotBeNull().Node.Bootstrap.ShouldBeTrue();
    }

    private static OptionsResult Read(params string[] arguments) => Configuration.Read(
        CommandLine.Parse(["--node=a", "--member=name=a,endpoint=127.0.0.1:1,http=http://127.0.0.1:2", .. arguments]),
        new System.Collections.Hashtable(),
        Path.GetTempPath());

    /// <summary>Timers fire at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}
