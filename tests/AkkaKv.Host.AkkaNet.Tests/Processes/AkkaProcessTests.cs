using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using AkkaKv.Host.AkkaNet.Gateway;
using AkkaKv.Host.AkkaNet.Tests.Support;
using Xunit.Abstractions;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>Three real processes of the server, each with its actor system, in one Akka cluster.</summary>
public sealed class AkkaProcessTests(ITestOutputHelper output)
{
    private const int Keys = 30;

    private static ClusterShape Akka { get; } = new() { Settings = ["--host", "akka", "--Store:SegmentBytes=4194304", "--Cluster:Partitions=64"] };

    [Fact]
    public Task Every_node_serves_and_a_killed_one_gets_what_it_missed_when_it_is_back() => KillAndReturnAsync(Akka);

    [Fact]
    public async Task So_it_does_when_the_hints_are_kept_by_SQLite()
    {
        await KillAndReturnAsync(Akka with { Settings = [.. Akka.Settings, "--Akka:Hints=sqlite"] });
    }

    [PostgresFact]
    public async Task So_it_does_when_the_hints_of_all_nodes_and_what_the_shards_coordinator_keeps_are_in_PostgreSQL()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        string database = server.ConnectionString;
        await KillAndReturnAsync(Akka with
        {
            Settings = [.. Akka.Settings, "--Akka:Hints=postgresql", $"--Akka:HintDatabase={database}", "--Akka:ShardState=postgresql", $"--Akka:ShardDatabase={database}"],
        });
    }

    private Task KillAndReturnAsync(ClusterShape shape) => ProcessCluster.RunAsync(output, shape, async cluster =>
    {
        await PutAsync(cluster, "before", 0, 1, 2);
        await GetEverywhereAsync(cluster, "before");

        NodeProcess killed = cluster.Nodes[2];
        await killed.KillAsync();
        await PutAsync(cluster, "meanwhile", 0, 1);
        await ProcessCluster.WaitReachableAsync(cluster.Nodes[0], 2);
        await ProcessCluster.WaitReachableAsync(cluster.Nodes[1], 2);
        await PutAsync(cluster, "without", 0, 1);
        (await HintsAsync(cluster.Nodes.Take(2))).ShouldBeGreaterThan(0);
        await killed.RestartAsync();
        await cluster.WaitWholeAsync();
        await PutAsync(cluster, "after", 0, 1, 2);
        await Wait.UntilAsync("no node keeps a hint", async () => await HintsAsync(cluster.Nodes) == 0);

        foreach (string phase in new[] { "before", "meanwhile", "without", "after" })
            await GetEverywhereAsync(cluster, phase);
        output.WriteLine($"{4 * Keys} keys through {cluster.Nodes.Count} nodes, one of them killed and back; no hint is left");
    });

    [Fact]
    public Task A_program_outside_of_the_cluster_reads_and_writes_through_the_cluster_client() => ProcessCluster.RunAsync(output, Akka, async cluster =>
    {
        await using TestSystem outside = TestSystem.Start();
        IActorRef client = outside.System.ActorOf(ClusterClient.Props(ClusterClientSettings.Create(outside.System).WithInitialContacts(
            [.. cluster.Nodes.Select(node => ActorPath.Parse($"akka.tcp://akkakv@127.0.0.1:{node.PeerPort}/system/receptionist"))])));

        var written = await AskAsync<KvWritten>(client, new KvPut("b", "from outside", "1"u8.ToArray(), "text/plain"));
        written.Error.ShouldBeNull();
        (await cluster.Nodes[1].Http.GetAsync(KvHttp.PathOf("b", "from outside"))).Text.ShouldBe("1");
        var got = await AskAsync<KvGot>(client, new KvGet("b", "from outside"));
        got.Values.ShouldHaveSingleItem().ContentType.ShouldBe("text/plain");
        (await AskAsync<KvWritten>(client, new KvPut("b", "from outside", "2"u8.ToArray(), Context: got.Context))).Error.ShouldBeNull();
        (await AskAsync<KvGot>(client, new KvGet("b", "from outside", R: 3))).Values.ShouldHaveSingleItem().Value.ShouldBe("2"u8.ToArray());
        (await AskAsync<KvWritten>(client, new KvDelete("b", "from outside"))).Error.ShouldBeNull();
        (await AskAsync<KvGot>(client, new KvGet("b", "from outside"))).Values.ShouldBeEmpty();
        (await AskAsync<KvWritten>(client, new KvPut("größe", "k", []))).Error.ShouldNotBeNull().Code.ShouldBe(Api.KvErrorCode.InvalidBucket);
    });

    [Fact]
    public Task The_command_line_says_the_same_of_a_node_on_Akka() => ProcessCluster.RunAsync(output, Akka, async cluster =>
    {
        await PutAsync(cluster, "k", 0);
        string[] everyone = ["node-1", "node-2", "node-3"];
        foreach (string[] verb in new string[][] { ["status"], ["ring"], ["where", "k-0", "--bucket", "b"], ["hints"], ["repair"], ["cluster", "status"] })
        {
            var (code, text) = await ChildProcess.RunAsync(
                [Programs.Dotnet, "exec", Programs.CommandLineTool, .. verb, "--endpoint", cluster.Nodes[0].Url.ToString()], cluster.Work.Path);
            output.WriteLine($"akkakv {string.Join(' ', verb)}:\n{text}\n");
            code.ShouldBe(0, $"akkakv {string.Join(' ', verb)}: {text}");
            if (verb[0] is "status" or "ring" or "where")
                everyone.ShouldAllBe(node => text.Contains(node, StringComparison.Ordinal));
        }
    });

    // The client finds a receptionist in its own time; what is asked before it has is kept.
    private static async Task<T> AskAsync<T>(IActorRef client, IKvMessage message) =>
        await client.Ask<T>(new ClusterClient.Send("/user/" + AkkaKvGateway.ActorName, message, localAffinity: true), Waiting.Max);

    private static async Task PutAsync(ProcessCluster cluster, string phase, params int[] nodes)
    {
        for (int i = 0; i < Keys; i++)
        {
            KvAnswer answer = await cluster.Nodes[nodes[i % nodes.Length]].Http.PutAsync(KvHttp.PathOf("b", $"{phase}-{i}", "?timeout=15s"), $"{phase} {i}");
            answer.Status.ShouldBeInRange(200, 204, answer.ToString());
        }
    }

    private static async Task GetEverywhereAsync(ProcessCluster cluster, string phase)
    {
        foreach (NodeProcess node in cluster.Nodes)
        {
            for (int i = 0; i < Keys; i++)
            {
                KvAnswer answer = await node.Http.GetAsync(KvHttp.PathOf("b", $"{phase}-{i}", "?timeout=15s"));
                (answer.Status, Encoding.UTF8.GetString(answer.Values[0])).ShouldBe((200, $"{phase} {i}"), $"{node.Name}: {answer}");
            }
        }
    }

    private static async Task<long> HintsAsync(IEnumerable<NodeProcess> nodes)
    {
        long hints = 0;
        foreach (NodeProcess node in nodes)
        {
            var store = (await node.Http.GetAsync("/ready")).Json.GetProperty("store");
            hints += long.Parse(store.GetProperty("hintKeys").GetString()!, CultureInfo.InvariantCulture);
        }

        return hints;
    }
}
