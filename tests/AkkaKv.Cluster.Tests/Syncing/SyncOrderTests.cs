using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Syncing;

/// <summary>
/// The promise of durability, seen from outside the process: with "always" no acknowledgement leaves before the record
/// it speaks of was written and synced.
/// </summary>
public sealed class SyncOrderTests(ITestOutputHelper output)
{
    private const int Puts = 5;

    [StraceFact]
    public Task With_durability_always_each_put_is_synced_before_it_is_acknowledged() => TraceAsync("always", moments =>
    {
        int from = 0;
        for (int number = 0; number < Puts; number++)
        {
            int arrived = Next(moments, from, "the request arrives", moment => !moment.Begins && moment.Name.StartsWith("rec", StringComparison.Ordinal) && Holds(moment, number));
            int written = Next(moments, arrived, "its record is written", moment => !moment.Begins && moment.Name.StartsWith("pwrite", StringComparison.Ordinal) && Holds(moment, number));
            int syncing = Next(moments, written, "a sync of that file begins", moment => moment is { Begins: true, Name: "fdatasync" } && moment.Text.Contains(FileOf(moments[written]), StringComparison.Ordinal));
            int synced = Next(moments, syncing, "the sync ends well", moment => moment is { Name: "fdatasync", Result: "0" } && moment.Text.Contains(FileOf(moments[written]), StringComparison.Ordinal));
            int answered = Next(moments, arrived, "the answer leaves", IsAnswer);
            answered.ShouldBeGreaterThan(synced, $"put {number} must be synced before it is acknowledged");
            from = answered;
        }
    });

    [StraceFact]
    public Task With_durability_none_a_put_does_not_wait_for_the_disk() => TraceAsync("none", moments =>
    {
        int first = Next(moments, 0, "the first request arrives", moment => !moment.Begins && Holds(moment, 0));
        int last = Enumerable.Range(0, moments.Count).Last(index => IsAnswer(moments[index]));
        moments.ShouldContain(moment => moment.Name == "fdatasync", "the trace shows the syncs of opening and closing");
        moments.Skip(first).Take(last - first).Count(moment => moment.Name is "fdatasync" or "fsync").ShouldBe(0);
    });

    private Task TraceAsync(string durability, Action<IReadOnlyList<TracedMoment>> check)
    {
        var shape = new ClusterShape
        {
            Nodes = 1,
            Settings = ["--Cluster:N=1", "--Cluster:R=1", "--Cluster:W=1", $"--Store:Durability={durability}", "--Store:SegmentBytes=4194304"],
            Wrapper = (_, work) =>
            [
                "strace", "-f", "-y", "-s", "4096", "-o", work.Of("trace.txt"),
                "-e", "trace=fdatasync,fsync,pwrite64,pwritev,write,recvfrom,recvmsg,read,sendto,sendmsg", "--",
            ],
        };
        return ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            var http = cluster.Nodes[0].Http;
            // The first write of a store reserves dots, and that is synced under every durability.
            (await http.PutAsync(KvHttp.PathOf("traced", "first"), "first")).Status.ShouldBe(204);
            for (int number = 0; number < Puts; number++)
                (await http.PutAsync(KvHttp.PathOf("traced", $"key {number}"), ValueOf(number))).Status.ShouldBe(204);
            (await cluster.Nodes[0].EndInputAsync()).ShouldBe(0);
            check(TraceReader.Read(cluster.Work.Of("trace.txt")));
        });
    }

    private static int Next(IReadOnlyList<TracedMoment> moments, int from, string what, Func<TracedMoment, bool> holds)
    {
        for (int index = from; index < moments.Count; index++)
        {
            if (holds(moments[index]))
                return index;
        }

        throw new InvalidOperationException($"The trace must show that {what}; behind its moment {from} of {moments.Count} it does not.");
    }

    private static bool IsAnswer(TracedMoment moment) =>
        moment is { Begins: true, Name: "sendto" or "sendmsg" or "write" } && moment.Text.Contains("HTTP/1.1 204", StringComparison.Ordinal);

    private static bool Holds(TracedMoment moment, int number) => moment.Text.Contains(ValueOf(number), StringComparison.Ordinal);

    /// <summary>The path that -y shows behind the file descriptor.</summary>
    private static string FileOf(TracedMoment moment) => moment.Text[(moment.Text.IndexOf('<') + 1)..moment.Text.IndexOf('>')];

    private static string ValueOf(int number) => $"value-of-put-{number}-in-the-trace";
}
