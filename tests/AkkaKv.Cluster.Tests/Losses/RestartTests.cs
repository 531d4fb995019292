using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Losses;

/// <summary>What was acknowledged outlives every process.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    private const int Keys = 500;
    private const int WritersAtOnce = 16;

    [Fact]
    public Task All_acknowledged_values_are_read_after_all_nodes_were_killed_at_once() => ProcessCluster.RunAsync(output, new ClusterShape(), async cluster =>
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, Keys), new ParallelOptions { MaxDegreeOfParallelism = WritersAtOnce }, async (number, _) =>
        {
            var answer = await cluster.Nodes[number % 3].Http.PutAsync(PathOf(number), ValueOf(number));
            answer.Status.ShouldBe(204, answer.ToString());
        });
        foreach (var node in cluster.Nodes)
            node.Life.Signal(Signals.Kill);
        foreach (var node in cluster.Nodes)
            (await node.Life.WaitForExitAsync()).ShouldBe(128 + Signals.Kill);
        foreach (var node in cluster.Nodes)
            node.Start();
        await cluster.WaitWholeAsync();
        foreach (var node in cluster.Nodes)
        {
            for (int number = 0; number < Keys; number++)
                (await node.Http.GetAsync(PathOf(number))).Texts.ShouldBe([ValueOf(number)]);
        }
    });

    private static string PathOf(int number) => KvHttp.PathOf("kept", $"key {number}");

    private static string ValueOf(int number) => $"value {number}";
}
