using System.Collections.Concurrent;
using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Loading;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Changes;

/// <summary>
/// Three nodes become six and then four, under a constant load: no acknowledged write is lost, and clients see nothing but
/// answers that say to try again. Sizes come from AKKAKV_CHANGE_KEYS (default 20,000) and AKKAKV_CHANGE_CLIENTS (default 50).
/// </summary>
public sealed class GrowAndShrinkTests(ITestOutputHelper output)
{
    private const string Records = "framework";

    private static readonly int KeysWanted = Setting("AKKAKV_CHANGE_KEYS", 20_000);
    private static readonly int Clients = Setting("AKKAKV_CHANGE_CLIENTS", 50);

    [Fact]
    public async Task Three_nodes_become_six_and_then_four_and_no_acknowledged_write_is_lost()
    {
        await using var cluster = new ChangingCluster(output, nodes: 6);
        try
        {
            await ChangeUnderLoadAsync(cluster);
        }
        catch (Exception failure)
        {
            foreach (NodeProcess node in cluster.All)
                output.WriteLine($"=== {node.Name} ===\n{node.Text}");
            throw new ClusterTestException(failure.Message, failure);
        }
    }

    private async Task ChangeUnderLoadAsync(ChangingCluster cluster)
    {
        await cluster.StartAsync(members: 3);
        Uri[] nodes = [.. cluster.All.Select(node => node.Url)];
        Dictionary<string, byte[]> records = await LoadAsync(cluster);
        await using PacedClients clients = await PacedClients.StartAsync(nodes, Clients, TimeSpan.FromMilliseconds(500), new RequestOptions(Mode: QuorumMode.Strict));
        var spans = new List<(string During, TimeSpan From, TimeSpan To)>();
        async Task During(string what, Func<Task> act)
        {
            TimeSpan from = clients.Now;
            await act();
            spans.Add((what, from, clients.Now));
        }

        await During("before", () => GoOnAsync(clients, TimeSpan.FromSeconds(10)));
        foreach (NodeProcess joiner in cluster.All.Skip(3))
            await cluster.JoinAsync(joiner, cluster.All[0]);
        await During("3 to 6 nodes", () => cluster.CommitAsync(cluster.All[1]));
        await During("six nodes", () => GoOnAsync(clients, TimeSpan.FromSeconds(5)));
        await cluster.CommandAsync(cluster.All[5], "cluster", "leave", "node-1");
        await cluster.CommandAsync(cluster.All[4], "cluster", "leave", "node-5");
        await During("6 to 4 nodes", () => cluster.CommitAsync(cluster.All[3]));
        await During("four nodes", () => GoOnAsync(clients, TimeSpan.FromSeconds(5)));

        await clients.EndAndCheckAsync();
        Print(clients, spans);
        clients.Wrong.Take(20).ShouldBeEmpty();
        clients.Done.Where(call => call.Error is not null && !ChangeFigures.IsToBeRetried(call)).Take(20).ShouldBeEmpty("a change fails no request in a way that a client could not repeat");
        await ReadAllAsync(cluster.All[3], records);
    }

    /// <summary>The real data, again and again under other prefixes until there are as many keys as wanted.</summary>
    private async Task<Dictionary<string, byte[]>> LoadAsync(ChangingCluster cluster)
    {
        string once = cluster.Work.Of("once.jsonl");
        Dictionary<string, byte[]> real = ReferenceDocumentation.WriteJsonLines(once, Math.Min(KeysWanted, 60_000) + 1);
        real.Remove(ReferenceDocumentation.NameTooLong);
        var records = new Dictionary<string, byte[]>(KeysWanted, StringComparer.Ordinal);
        string file = cluster.Work.Of("records.jsonl");
        await using (var lines = File.Create(file))
        {
            for (int round = 0; records.Count < KeysWanted; round++)
            {
                foreach (var (name, line) in real.Take(KeysWanted - records.Count))
                    await WriteAsync(lines, records, $"{round}/{name}", line);
            }
        }

        await using ChildProcess load = ChildProcess.Start(
            [
                Programs.Dotnet, "exec", Programs.CommandLineTool, "load", file, "--key", "id", "--bucket", Records, "--failed", cluster.Work.Of("failed.jsonl"),
                .. cluster.All.Take(3).SelectMany(node => new[] { "--endpoint", node.Url.ToString() }),
            ],
            cluster.Work.Path);
        int code = await load.WaitForExitAsync(TimeSpan.FromMinutes(20));
        code.ShouldBe(0, load.Text);
        output.WriteLine($"{records.Count} records, {new FileInfo(file).Length >> 20} MiB, all acknowledged");
        return records;
    }

    private static async Task WriteAsync(FileStream lines, Dictionary<string, byte[]> records, string id, byte[] line)
    {
        // The id comes first; the rest of the line is the record as it is.
        byte[] head = System.Text.Encoding.UTF8.GetBytes($"{{\"id\":{System.Text.Json.JsonSerializer.Serialize(id)},");
        byte[] whole = [.. head, .. line.AsSpan(1)];
        records.Add(id, whole);
        await lines.WriteAsync(whole);
        lines.WriteByte((byte)'\n');
    }

    private static async Task ReadAllAsync(NodeProcess node, Dictionary<string, byte[]> records)
    {
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(records, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (record, _) =>
        {
            KvAnswer answer = await node.Http.GetAsync(KvHttp.PathOf(Records, record.Key, "?quorum=strict"));
            if (answer.Status is not (200 or 300) || !answer.Values.All(value => value.AsSpan().SequenceEqual(record.Value)))
                wrong.Enqueue($"{record.Key}: {(answer.Status == 200 ? "other bytes" : answer)}");
        });
        wrong.Take(20).ShouldBeEmpty($"{wrong.Count} of {records.Count} acknowledged records are missing or wrong");
    }

    private static Task GoOnAsync(PacedClients clients, TimeSpan duration)
    {
        TimeSpan end = clients.Now + duration;
        return Wait.UntilAsync($"the load goes on for {duration.TotalSeconds:0} s", () => clients.Now >= end);
    }

    private void Print(PacedClients clients, IReadOnlyList<(string During, TimeSpan From, TimeSpan To)> spans)
    {
        output.WriteLine($"{KeysWanted} keys, {Clients} clients, strict R = W = 2 of N = 3; {clients.Retries} attempts were repeated by the client");
        output.WriteLine(ChangeFigures.Header);
        double? before = null;
        foreach (var (during, from, to) in spans)
        {
            double p99 = ChangeFigures.Print(output, clients, during, from, to, before);
            before ??= p99;
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
