using System.Collections.Concurrent;
using System.Globalization;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>Keys that say their value, and what the servers hold of them.</summary>
internal static class AkkaKeys
{
    private static readonly ParallelOptions Sixteen = new() { MaxDegreeOfParallelism = 16 };

    public static string PathOf(string key, string query = "") => KvHttp.PathOf("b", key, query);

    public static string ValueOf(string key) => $"value of {key}";

    /// <summary>Writes some keys through each of the nodes.</summary>
    public static async Task<IReadOnlyList<string>> PutAsync(string prefix, int count, IReadOnlyList<NodeProcess> nodes)
    {
        string[] keys = [.. Enumerable.Range(0, count).Select(number => $"{prefix} {number}")];
        await Parallel.ForEachAsync(keys.Index(), Sixteen, async (key, _) =>
        {
            KvAnswer answer = await nodes[key.Index % nodes.Count].Http.PutAsync(PathOf(key.Item), ValueOf(key.Item));
            answer.Status.ShouldBe(204, $"{key.Item}: {answer}");
        });
        return keys;
    }

    /// <summary>Reads all keys through every one of the nodes.</summary>
    /// <param name="query">With r=3 of three copies, all of them must answer.</param>
    public static async Task ReadAsync(IReadOnlyList<string> keys, IReadOnlyList<NodeProcess> nodes, string query = "?r=3&quorum=strict")
    {
        var wrong = new ConcurrentQueue<string>();
        foreach (NodeProcess node in nodes)
        {
            await Parallel.ForEachAsync(keys, Sixteen, async (key, _) =>
            {
                KvAnswer answer = await node.Http.GetAsync(PathOf(key, query));
                if (answer.Status != 200 || answer.Text != ValueOf(key))
                    wrong.Enqueue($"{key} through {node.Name}: {answer}");
            });
        }

        wrong.Take(20).ShouldBeEmpty($"{wrong.Count} of {keys.Count * nodes.Count} reads are wrong");
    }

    /// <summary>A number among the facts of a node's store: <c>keys</c>, <c>hintKeys</c>.</summary>
    public static async Task<long> FactAsync(NodeProcess node, string name)
    {
        var store = (await node.Http.GetAsync("/ready")).Json.GetProperty("store");
        return long.Parse(store.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until each node's store has so many keys as there are: where there are as many nodes as copies, it is to hold all.</summary>
    public static async Task UntilEachHoldsAsync(IReadOnlyList<string> keys, IReadOnlyList<NodeProcess> nodes)
    {
        foreach (NodeProcess node in nodes)
            await Wait.UntilAsync($"{node.Name} holds all {keys.Count} keys", async () => await FactAsync(node, "keys") == keys.Count);
    }

    /// <summary>Waits until no node keeps a hint for another.</summary>
    public static Task UntilNoHintsAsync(IReadOnlyList<NodeProcess> nodes) => Wait.UntilAsync("no node keeps a hint", async () =>
    {
        long hints = 0;
        foreach (NodeProcess node in nodes)
            hints += await FactAsync(node, "hintKeys");
        return hints == 0;
    });
}
