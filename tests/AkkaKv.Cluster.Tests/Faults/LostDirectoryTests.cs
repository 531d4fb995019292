using System.Diagnostics;
using System.Text.Json;
using AkkaKv.Cluster.Tests.Faults.Loads;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Faults;

/// <summary>A node whose disk was lost while it was down gets everything back from the others, without a single read.</summary>
public sealed class LostDirectoryTests(ITestOutputHelper output)
{
    private const int ValueBytes = 1000;
    private const int KeysOfEachPartition = 2;
    private const string Bucket = "lost";

    private static readonly IReadOnlyList<string> Names = SpreadKeys.Names(Bucket, KeysOfEachPartition);

    [Fact]
    public Task An_empty_directory_is_filled_by_repair_alone() => ProcessCluster.RunAsync(output, new ClusterShape(), async cluster =>
    {
        NodeProcess lost = cluster.Nodes[2];
        await WriteAllAsync(cluster);
        long keys = await Settling.FactAsync(lost, "keys");
        long missing = await Settling.FactAsync(lost, "liveBytes");
        string actor = await ActorAsync(lost);
        keys.ShouldBe(Names.Count);

        await lost.KillAsync();
        Directory.Delete(lost.DataDirectory, recursive: true);
        await lost.RestartAsync();
        await cluster.WaitWholeAsync();

        // Not by its keys: a node that was lost and is back is compared at once, and the first are there again.
        (await ActorAsync(lost)).ShouldNotBe(actor, "its directory is a new one");

        var watch = Stopwatch.StartNew();
        foreach (var node in cluster.Nodes)
            (await node.Http.PostAsync("/cluster/repair")).Status.ShouldBe(202);
        foreach (var node in cluster.Nodes)
            await Wait.UntilAsync($"{node.Name} has repaired", async () => (await RepairAsync(node)).GetProperty("state").GetString() == "done");
        (await Settling.FactAsync(lost, "keys")).ShouldBe(keys);
        await PrintAsync(cluster, missing, watch.Elapsed);
        await EachIsHeldAsync(cluster, lost);
    });

    private static async Task WriteAllAsync(ProcessCluster cluster)
    {
        // All three acknowledge, so that what is missing later is known.
        for (int number = 0; number < Names.Count; number++)
        {
            KvAnswer put = await cluster.Nodes[number % 3].Http.PutAsync(SpreadKeys.PathOf(Bucket, Names[number], "?w=3"), ValueOf(Names[number]));
            put.Status.ShouldBe(204, put.ToString());
        }
    }

    // By the counters, not by the repair's own figures: what the schedule had moved before it began belongs to the cost.
    private async Task PrintAsync(ProcessCluster cluster, long missing, TimeSpan took)
    {
        long movedKeys = await CountedAsync(cluster, "exchange_keys_moved");
        long moved = await CountedAsync(cluster, "exchange_bytes_moved");
        output.WriteLine(
            $"{Names.Count} keys of {ValueBytes} B: {missing} B of records missing; {movedKeys} objects, {moved} B moved "
            + $"({(double)moved / missing:0.000} x the bytes, {(double)movedKeys / Names.Count:0.000} x the keys) in {took.TotalSeconds:0.0} s");
        movedKeys.ShouldBeInRange(Names.Count, Names.Count * 11 / 10, "each object is moved once, and hardly one twice");
    }

    private static async Task<long> CountedAsync(ProcessCluster cluster, string name)
    {
        long sum = 0;
        foreach (var node in cluster.Nodes)
        {
            JsonElement counters = (await node.Http.GetAsync("/cluster/report")).Json.GetProperty("counters");
            sum += counters.GetProperty(name).GetInt64();
        }

        return sum;
    }

    // With R = 1 a node reads its own replica; the others are dead, so that it can have asked nobody else.
    private static async Task EachIsHeldAsync(ProcessCluster cluster, NodeProcess lost)
    {
        foreach (var other in cluster.Nodes.Where(node => node != lost))
            await other.KillAsync();
        await ProcessCluster.WaitReachableAsync(lost, 1);
        foreach (string name in Names)
            (await lost.Http.GetAsync(SpreadKeys.PathOf(Bucket, name, "?r=1"))).Texts.ShouldBe([ValueOf(name)]);
    }

    private static async Task<string> ActorAsync(NodeProcess node) =>
        (await node.Http.GetAsync("/ready")).Json.GetProperty("store").GetProperty("actor").GetString()!;

    private static async Task<JsonElement> RepairAsync(NodeProcess node) => (await node.Http.GetAsync("/cluster/repair")).Json;

    private static string ValueOf(string name) => name.PadRight(ValueBytes, '.');
}
