using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Loading;

/// <summary>A real data set goes in through the command line while a node is killed; nothing that was acknowledged is lost.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int RecordsMax = 60_000;
    private const int RecordsMin = 50_000;
    private const int ReadersAtOnce = 32;
    private const int LoadIncomplete = 7;

    [Fact]
    public Task No_acknowledged_record_is_lost_when_a_node_is_killed_in_the_middle_of_a_load() =>
        ProcessCluster.RunAsync(output, new ClusterShape { Settings = ["--Store:SegmentBytes=16777216"] }, async cluster =>
        {
            string file = cluster.Work.Of("framework.jsonl");
            var records = ReferenceDocumentation.WriteJsonLines(file, RecordsMax);
            records.Count.ShouldBeGreaterThanOrEqualTo(RecordsMin, $"the reference documentation lies below {Programs.DotnetRoot}/packs");
            output.WriteLine($"{records.Count} records, {new FileInfo(file).Length >> 20} MiB, the longest {records.Values.Max(line => line.Length)} bytes");

            var watch = Stopwatch.StartNew();
            var acknowledged = await LoadAndKillAsync(cluster, file, records);
            Print(watch, "load with a kill", acknowledged.Count);
            watch.Restart();
            await cluster.Nodes[1].RestartAsync();
            await cluster.WaitWholeAsync();
            output.WriteLine($"restart of the killed node to ready: {watch.Elapsed.TotalSeconds:0.0} s");
            foreach (var node in cluster.Nodes)
            {
                watch.Restart();
                int twins = await ReadAllAsync(node, acknowledged, records);
                Print(watch, $"read with R = 2 through {node.Name}, {twins} keys with equal siblings", acknowledged.Count);
            }
        });

    /// <summary>Loads with W = 2, kills a node when a third is acknowledged, and checks that every record is accounted for.</summary>
    private async Task<IReadOnlyList<string>> LoadAndKillAsync(ProcessCluster cluster, string file, Dictionary<string, byte[]> records)
    {
        var acks = new AcknowledgedKeys(cluster.Work.Of("acknowledged.txt"));
        string failedFile = cluster.Work.Of("failed.jsonl");
        await using var load = ChildProcess.Start(
            [
                Programs.Dotnet, "exec", Programs.CommandLineTool, "load", file, "--key", "name", "--bucket", "framework", "--w", "2",
                "--ack-log", cluster.Work.Of("acknowledged.txt"), "--failed", failedFile, "-o", "json",
                .. cluster.Nodes.SelectMany(node => new[] { "--endpoint", node.Url.ToString() }),
            ],
            cluster.Work.Path);
        await Wait.UntilAsync("a third is acknowledged", () => acks.Count() >= records.Count / 3 || load.HasExited, TimeSpan.FromMinutes(3));
        load.HasExited.ShouldBeFalse(load.Text);
        await cluster.Nodes[1].KillAsync();
        output.WriteLine($"{cluster.Nodes[1].Name} killed after {acks.Count()} acknowledgements");
        int exitCode = await load.WaitForExitAsync(TimeSpan.FromMinutes(5));
        output.WriteLine(load.Text);

        var keys = acks.All();
        keys.Distinct().Count().ShouldBe(keys.Count, "a record is acknowledged once");
        string[] failed = File.Exists(failedFile) ? [.. File.ReadLines(failedFile).Select(KeyOf)] : [];
        keys.Concat(failed).Order(StringComparer.Ordinal).ShouldBe(records.Keys.Order(StringComparer.Ordinal), "each record is acknowledged or named as failed, and only one of the two");
        failed.ShouldContain(ReferenceDocumentation.NameTooLong);
        exitCode.ShouldBe(LoadIncomplete, load.Text);
        var summary = SummaryOf(load.Text);
        summary.GetProperty("acknowledged").GetInt32().ShouldBe(keys.Count);
        (summary.GetProperty("failed").GetInt32() + summary.GetProperty("notAttempted").GetInt32()).ShouldBe(failed.Length);
        keys.Count.ShouldBeGreaterThan(records.Count * 9 / 10, "the two other nodes make W = 2: losing one may cost a few records, not the load");
        return keys;
    }

    /// <summary>Reads every key through one node; equal siblings are what a repeated write of unknown outcome may leave.</summary>
    private static async Task<int> ReadAllAsync(NodeProcess node, IReadOnlyList<string> keys, Dictionary<string, byte[]> records)
    {
        var wrong = new ConcurrentQueue<string>();
        int twins = 0;
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = ReadersAtOnce }, async (key, _) =>
        {
            var answer = await node.Http.GetAsync(KvHttp.PathOf("framework", key, "?r=2"));
            if (answer.Status is not (200 or 300))
                wrong.Enqueue($"{key}: {answer}");
            else if (!answer.Values.All(value => value.AsSpan().SequenceEqual(records[key])))
                wrong.Enqueue($"{key}: other bytes than were acknowledged");
            else if (answer.Status == 300)
                Interlocked.Increment(ref twins);
        });
        wrong.ShouldBeEmpty($"{wrong.Count} of {keys.Count} acknowledged records are wrong through {node.Name}");
        return twins;
    }

    private static string KeyOf(string line)
    {
        using var document = JsonDocument.Parse(line);
        document.RootElement.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty(line);
        document.RootElement.GetProperty("outcome").GetString().ShouldBeOneOf("not-attempted", "indeterminate");
        return document.RootElement.GetProperty("key").GetString()!;
    }

    // Progress is on standard error and the summary on standard output: it begins with the only line that is a brace.
    private static JsonElement SummaryOf(string text)
    {
        string[] lines = text.Split('\n');
        int first = Array.FindIndex(lines, line => line.StartsWith('{'));
        first.ShouldBeGreaterThanOrEqualTo(0, text);
        int last = Array.FindIndex(lines, first, line => line.TrimEnd().EndsWith('}'));
        return JsonDocument.Parse(string.Join('\n', lines[first..(last + 1)].Where(line => !line.StartsWith('[')))).RootElement;
    }

    private void Print(Stopwatch watch, string what, int count) =>
        output.WriteLine($"{what}: {watch.Elapsed.TotalSeconds:0.0} s, {count / watch.Elapsed.TotalSeconds:0} records/s");
}
