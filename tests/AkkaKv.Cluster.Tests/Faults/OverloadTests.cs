using System.Collections.Concurrent;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Faults;

/// <summary>More clients than a node may serve: it says so at once, loses nothing that it acknowledged, and lives.</summary>
public sealed class OverloadTests(ITestOutputHelper output)
{
    private const int Clients = 128;
    private const int RequestsOfEach = 20;

    [Fact]
    public Task Past_its_bound_a_node_answers_busy_and_stays_alive_and_ready()
    {
        var shape = new ClusterShape { Settings = ["--Store:SegmentBytes=4194304", "--Limits:RequestsInFlightMax=8"] };
        return ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            NodeProcess node = cluster.Nodes[0];
            var answers = new ConcurrentQueue<(string Path, string Value, KvAnswer Answer)>();
            var work = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => WriteAsync(node, client, answers))));
            int looks = 0;
            while (!work.IsCompleted)
            {
                (await node.Http.GetAsync("/alive")).Status.ShouldBe(200);
                KvAnswer ready = await node.Http.GetAsync("/ready");
                ready.Status.ShouldBe(200, $"who is busy is ready all the same: {ready}");
                looks++;
            }

            await work;
            var made = answers.Where(one => one.Answer.Status == 204).ToList();
            var refused = answers.Where(one => one.Answer.Status != 204).Select(one => one.Answer).ToList();
            output.WriteLine($"{answers.Count} writes of {Clients} clients at a bound of 8: {made.Count} made, {refused.Count} refused as busy; {looks} looks at /ready and /alive, all 200");
            foreach (KvAnswer busy in refused)
                BusyAndRetryable(busy);
            made.ShouldNotBeEmpty();
            refused.ShouldNotBeEmpty();
            foreach (var (path, value, _) in made)
                (await cluster.Nodes[1].Http.GetAsync(path)).Texts.ShouldBe([value]);
        });
    }

    private static async Task WriteAsync(NodeProcess node, int client, ConcurrentQueue<(string Path, string Value, KvAnswer Answer)> answers)
    {
        for (int number = 0; number < RequestsOfEach; number++)
        {
            string name = $"{client}-{number}";
            string path = KvHttp.PathOf("overload", name);
            answers.Enqueue((path, name, await node.Http.PutAsync(path, name)));
        }
    }

    private static void BusyAndRetryable(KvAnswer answer)
    {
        answer.Status.ShouldBe(429, answer.ToString());
        answer.Problem.ShouldBe("busy");
        answer.Outcome.ShouldBe("not-attempted");
        answer.Json.GetProperty("retryable").GetBoolean().ShouldBeTrue();
    }
}
