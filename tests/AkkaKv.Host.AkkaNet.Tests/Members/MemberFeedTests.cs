using System.Collections.Concurrent;
using Akka.Actor;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Members;
using AkkaKv.Host.AkkaNet.Tests.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaKv.Host.Settings;
using AkkaCluster = Akka.Cluster.Cluster;

namespace AkkaKv.Host.AkkaNet.Tests.Members;

/// <summary>The members of a real Akka cluster, as the topology hears of them.</summary>
public sealed class MemberFeedTests
{
    private const string Clustered = "akka.actor.provider = cluster";

    [Fact]
    public async Task A_member_that_comes_up_is_staged_to_join_and_one_that_goes_before_the_commit_is_taken_back()
    {
        var log = new ConcurrentQueue<string>();
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3, settings: Clustered);
        for (int node = 0; node < 3; node++)
        {
            await JoinAsync(cluster.SystemOf(node), cluster.SystemOf(0));
            IAkkaKv door = cluster[node];
            cluster.SystemOf(node).System.ActorOf(Props.Create(() => new MemberFeed(door, new MemberRules(MemberEventMode.Stage, TimeSpan.Zero), happened => log.Enqueue(happened.Text))));
        }

        TestSystem fourth = TestSystem.Start($"akka.actor.provider = cluster\n{NodeRoles.Hocon(new NodeId("node-4"), Akka.Configuration.Config.Empty)}");
        await using (fourth)
        {
            await JoinAsync(fourth, cluster.SystemOf(0));
            ClusterChangeInfo info = await UntilAsync(cluster, now => now.Staged.Count == 1, log);
            info.Staged[0].Kind.ShouldBe("join");
            info.Staged[0].Member.ShouldBe(new ClusterMember("node-4", $"127.0.0.1:{fourth.Port}"));

            await AkkaCluster.Get(fourth.System).LeaveAsync().WaitAsync(Waiting.Max);
            await UntilAsync(cluster, now => now.Staged.Count == 0, log);
        }

        (await AkkaNodeTests.PutAsync(cluster[0], "k", "v")).Error.ShouldBeNull();
        log.ShouldContain(line => line.Contains("stage the join of node-4"));
        log.ShouldContain(line => line.Contains("take back the join of node-4"));
    }

    private static Task JoinAsync(TestSystem system, TestSystem first) =>
        AkkaCluster.Get(system.System).JoinAsync(((ExtendedActorSystem)first.System).Provider.DefaultAddress).WaitAsync(Waiting.Max);

    private static async Task<ClusterChangeInfo> UntilAsync(TestCluster cluster, Func<ClusterChangeInfo, bool> holds, ConcurrentQueue<string> log)
    {
        using var over = new CancellationTokenSource(Waiting.Max);
        while (true)
        {
            if (await cluster[1].ClusterAsync(over.Token) is { } info && holds(info))
                return info;
            if (over.IsCancellationRequested)
                throw new TimeoutException("The topology did not follow the members:\n" + string.Join('\n', log));
            await Task.Yield();
        }
    }
}
