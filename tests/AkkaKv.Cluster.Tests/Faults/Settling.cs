using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AkkaKv.Cluster.Tests.Abuse;
using AkkaKv.Cluster.Tests.Faults.Loads;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Faults;

/// <summary>What must come true after a fault is over, and how it is looked at.</summary>
internal static class Settling
{
    private static readonly ParallelOptions Sixteen = new() { MaxDegreeOfParallelism = 16 };

    /// <summary>Waits until no node keeps a hint for another; returns how long it took.</summary>
    public static async Task<TimeSpan> HintsDrainAsync(ProcessCluster cluster)
    {
        var watch = Stopwatch.StartNew();
        await Wait.UntilAsync("no node keeps a hint", async () => await HintsAsync(cluster) == 0, Wait.Long);
        return watch.Elapsed;
    }

    /// <summary>Keys for which some node keeps a hint.</summary>
    public static async Task<long> HintsAsync(ProcessCluster cluster)
    {
        long hints = 0;
        foreach (var node in cluster.Nodes)
            hints += await FactAsync(node, "hintKeys");
        return hints;
    }

    /// <summary>A number among the facts of a node's store.</summary>
    public static async Task<long> FactAsync(NodeProcess node, string name)
    {
        var store = (await node.Http.GetAsync("/ready")).Json.GetProperty("store");
        return long.Parse(store.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads all keys with R = N from the owners alone, through every node: all that was acknowledged is there.</summary>
    public static async Task NothingIsLostAsync(ProcessCluster cluster, SteadyLoad load)
    {
        var errors = new ConcurrentQueue<string>();
        foreach (var node in cluster.Nodes)
        {
            await Parallel.ForEachAsync(load.Keys, Sixteen, async (key, _) =>
            {
                KvAnswer answer = await node.Http.GetAsync(key.Path + "?r=3&quorum=strict");
                if (answer.Status is not (200 or 300 or 404))
                    errors.Enqueue($"{key.Name} through {node.Name}: {answer}");
                else
                    Judge(load.Ledger, key.Name, node.Name, answer.Texts, errors);
            });
        }

        errors.Take(20).ShouldBeEmpty();
    }

    /// <summary>
    /// Asks each owner for what it holds itself, and nobody else. Whether a read repaired something is seen in the
    /// stores: their records must be as many as before.
    /// </summary>
    public static async Task OwnersAgreeWithoutReadsAsync(ProcessCluster cluster, SteadyLoad load)
    {
        var owners = await OwnersAsync(cluster);
        var errors = new ConcurrentQueue<string>();
        string before = await RecordsAsync(cluster);
        await Parallel.ForEachAsync(load.Keys, Sixteen, async (key, _) =>
        {
            foreach (string name in owners[SpreadKeys.PartitionOf(SteadyLoad.Bucket, key.Name)])
            {
                NodeProcess owner = cluster.Nodes.Single(node => node.Name == name);
                KvAnswer answer = await owner.Http.GetAsync(key.Path + "?r=1&quorum=strict");
                if (answer.Status != 200 && answer.Status != 300)
                    errors.Enqueue($"{key.Name} in {name}: {answer}");
                else
                    Judge(load.Ledger, key.Name, name, answer.Texts, errors);
            }
        });
        errors.Take(20).ShouldBeEmpty();
        (await RecordsAsync(cluster)).ShouldBe(before, "a read that found nothing to repair writes nothing");
    }

    /// <summary>The owners of each partition.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> OwnersAsync(ProcessCluster cluster)
    {
        var ring = (await cluster.Nodes[0].Http.GetAsync("/cluster/ring")).Json;
        return [.. ring.GetProperty("owners").EnumerateArray()
            .Select(owners => (IReadOnlyList<string>)[.. owners.EnumerateArray().Select(owner => owner.GetString()!)])];
    }

    private static void Judge(WriteLedger ledger, string key, string node, IReadOnlyList<string> values, ConcurrentQueue<string> errors)
    {
        foreach (string error in ledger.ErrorsOfRead(key, values).Concat(ledger.ErrorsOfEnd(key, values)))
            errors.Enqueue($"{node}: {error}");
    }

    private static async Task<string> RecordsAsync(ProcessCluster cluster)
    {
        var counts = new List<long>();
        foreach (var node in cluster.Nodes)
            counts.Add(await FactAsync(node, "records"));
        return string.Join(' ', counts);
    }
}
