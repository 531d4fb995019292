using System.Collections.Concurrent;
using System.Globalization;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Abuse;

/// <summary>Many clients at the same few keys while nodes are killed and come back: every acknowledged write is kept or was replaced.</summary>
public sealed class HotKeyTests(ITestOutputHelper output)
{
    private const string SeedVariable = "AKKAKV_TEST_SEED";
    private const int Clients = 32;
    private const int StepsOfEach = 150;

    private static readonly string[] Keys = ["a", "b", "c", "d", "e"];

    private int _steps;

    [Fact]
    public Task Every_acknowledged_write_is_visible_or_was_replaced_by_someone_who_had_seen_it()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out int given) ? given : Random.Shared.Next();
        output.WriteLine($"seed {seed}; again with {SeedVariable}={seed} (the network's own order is not in it)");
        return ProcessCluster.RunAsync(output, new ClusterShape(), async cluster =>
        {
            var ledger = new WriteLedger();
            var errors = new ConcurrentQueue<string>();
            var clients = Enumerable.Range(0, Clients).Select(number =>
                RunClientAsync(new HotKeyClient(number, new Random(unchecked((seed * 397) ^ number)), cluster.Nodes, Keys, ledger, errors)));
            var work = Task.WhenAll(clients);
            await KillAndReviveAsync(cluster.Nodes[1], 0.15, 0.35);
            await KillAndReviveAsync(cluster.Nodes[2], 0.55, 0.75);
            await work;
            await cluster.WaitWholeAsync();

            Print(ledger);
            foreach (string key in Keys)
                await CheckEndAsync(cluster, key, ledger, errors);
            errors.ShouldBeEmpty($"seed {seed}");
            ledger.All.Count(write => write.Outcome == WriteOutcome.Acknowledged).ShouldBeGreaterThan(Clients * StepsOfEach / 2);
        });
    }

    private async Task RunClientAsync(HotKeyClient client)
    {
        for (int step = 0; step < StepsOfEach; step++)
        {
            await client.StepAsync();
            Interlocked.Increment(ref _steps);
        }
    }

    private async Task KillAndReviveAsync(NodeProcess node, double killAt, double reviveAt)
    {
        await ReachAsync(killAt);
        await node.KillAsync();
        await ReachAsync(reviveAt);
        await node.RestartAsync();
        output.WriteLine($"{node.Name}: dead from {killAt:0%} of the operations, ready again at {Volatile.Read(ref _steps) / (double)(Clients * StepsOfEach):0%}");
    }

    private Task ReachAsync(double share) =>
        Wait.UntilAsync($"{share:0%} of the operations are done", () => Volatile.Read(ref _steps) >= share * Clients * StepsOfEach);

    /// <summary>Reads of all three replicas, through every node: the same values, and all of them right.</summary>
    private static async Task CheckEndAsync(ProcessCluster cluster, string key, WriteLedger ledger, ConcurrentQueue<string> errors)
    {
        var answers = new List<IReadOnlyList<string>>();
        foreach (var node in cluster.Nodes)
        {
            var answer = await node.Http.GetAsync(HotKeyClient.PathOf(key) + "?r=3");
            answer.Status.ShouldBeOneOf(200, 300, 404);
            answers.Add(answer.Texts);
        }

        foreach (var (index, values) in answers.Index())
        {
            if (!values.SequenceEqual(answers[0]))
                errors.Enqueue($"{key}: {cluster.Nodes[index].Name} returns {string.Join(' ', values)}, node-1 returned {string.Join(' ', answers[0])}");
            foreach (string error in ledger.ErrorsOfRead(key, values).Concat(ledger.ErrorsOfEnd(key, values)))
                errors.Enqueue($"at the end {cluster.Nodes[index].Name} returns {error}");
        }
    }

    private void Print(WriteLedger ledger)
    {
        foreach (var outcome in ledger.All.GroupBy(write => write.Outcome).OrderBy(group => group.Key))
            output.WriteLine($"{outcome.Count()} writes {outcome.Key}, {outcome.Count(write => write.IsDelete)} of them deletes");
    }
}
