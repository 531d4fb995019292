using Akka.Actor;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Gateway;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Members;
using AkkaKv.Host.AkkaNet.Tests.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaKv.Host.Settings;
using AkkaCluster = Akka.Cluster.Cluster;

namespace AkkaKv.Host.AkkaNet.Tests.Members;

/// <summary>A fourth program joins the Akka cluster of three, and its node AkkaKv's.</summary>
public sealed class JoinTests : IDisposable
{
    private static readonly Action<NodeEvent> Quiet = static _ => { };

    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-join-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_new_member_is_told_the_configuration_is_taken_in_at_the_commit_and_serves()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3, settings: "akka.actor.provider = cluster");
        for (int node = 0; node < 3; node++)
        {
            IAkkaKv door = cluster[node];
            await JoinAsync(cluster.SystemOf(node), cluster.SystemOf(0));
            cluster.SystemOf(node).System.ActorOf(Props.Create(() => new AkkaKvGateway(door, "test")), AkkaKvGateway.ActorName);
            cluster.SystemOf(node).System.ActorOf(Props.Create(() => new MemberFeed(door, new MemberRules(MemberEventMode.Commit, TimeSpan.Zero), Quiet)));
        }

        (await AkkaNodeTests.PutAsync(cluster[0], "before", "1")).Error.ShouldBeNull();
        await using TestSystem fourth = TestSystem.Start($"akka.actor.provider = cluster\n{NodeRoles.Hocon(new NodeId("node-4"), Akka.Configuration.Config.Empty)}");
        AkkaKvExtension extension = AkkaKvExtension.Of(fourth.System);
        Task starting = extension.StartAsync(OptionsOf(fourth.Port));
        await JoinAsync(fourth, cluster.SystemOf(0));
        await starting.WaitAsync(Waiting.Max);
        ClusterChangeInfo info = await UntilAsync(extension.Door, now => now.Phase == ClusterChangeInfo.Settled && now.Members.Count == 4);

        info.Members.Select(member => member.Name).ShouldBe(["node-1", "node-2", "node-3", "node-4"]);
        (await AkkaNodeTests.GetAsync(extension.Door, "before")).ShouldBe("1");
        (await AkkaNodeTests.PutAsync(extension.Door, "after", "2")).Error.ShouldBeNull();
        (await AkkaNodeTests.GetAsync(cluster[1], "after")).ShouldBe("2");
    }

    private AkkaKvOptions OptionsOf(int port) => AkkaKvOptions.Of(new Dictionary<string, string>
    {
        ["Cluster:Name"] = "test",
        ["Cluster:ContextSecret"] = "a secret of sixteen characters",
        ["Cluster:Partitions"] = "64",
        ["Cluster:Members:0:Name"] = "node-4",
        ["Cluster:Members:0:Endpoint"] = $"127.0.0.1:{port}",
        ["Node:Name"] = "node-4",
        ["Node:DataDirectory"] = _directory,
        ["Node:Loops"] = "1",
        ["Akka:Join"] = "true",
        ["Akka:Sharding"] = "false",
        ["Akka:MemberEvents"] = "ignore",
        ["Limits:RequestTimeoutMillis"] = "20000",
        ["Gossip:IntervalMillis"] = "200",
    });

    private static Task JoinAsync(TestSystem system, TestSystem first) =>
        AkkaCluster.Get(system.System).JoinAsync(((ExtendedActorSystem)first.System).Provider.DefaultAddress).WaitAsync(Waiting.Max);

    private static async Task<ClusterChangeInfo> UntilAsync(IAkkaKv door, Func<ClusterChangeInfo, bool> holds)
    {
        using var over = new CancellationTokenSource(2 * Waiting.Max);
        ClusterChangeInfo? last = null;
        while (true)
        {
            if (await door.ClusterAsync(default) is { } info)
                last = info;
            if (last is not null && holds(last))
                return last;
            if (over.IsCancellationRequested)
                throw new TimeoutException($"The cluster must settle with its new member; found {last}");
            await Task.Yield();
        }
    }
}
