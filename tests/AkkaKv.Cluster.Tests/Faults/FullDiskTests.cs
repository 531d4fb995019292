using AkkaKv.Cluster.Tests.Faults.Disks;
using AkkaKv.Cluster.Tests.Faults.Loads;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using AkkaKv.Cluster.Tests.Syncing;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Faults;

/// <summary>One node of several whose disk takes no more: it says so, and the others do its work.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const string Bucket = "large";
    private const long DiskBytes = 24 << 20;

    /// <summary>Counted for each thread: enough syncs succeed for the load to begin, then none.</summary>
    private static readonly IReadOnlyList<string> FailingSync =
        ["strace", "-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=150+", "--"];

    [TmpfsFact]
    public async Task A_full_disk_fails_no_write_through_other_nodes_nor_through_its_own()
    {
        using var disk = new Tmpfs(DiskBytes);
        var shape = new ClusterShape
        {
            Nodes = 4,
            Settings = ["--Store:SegmentBytes=1048576", "--Limits:ValueBytesMax=524288"],
            Prepare = node => node.DataDirectory = node.Name == "node-4" ? Path.Combine(disk.Path, "data") : node.DataDirectory,
        };
        await ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            NodeProcess full = cluster.Nodes[3];
            await using var load = await SteadyLoad.StartAsync([.. cluster.Nodes.Take(3)]);
            disk.Fill();
            await WriteUntilNotReadyAsync(cluster.Nodes[0], full);
            TimeSpan known = load.Now;
            (await full.Http.GetAsync("/ready")).Text.ShouldContain("No space left on device");
            (await full.Http.GetAsync("/alive")).Status.ShouldBe(200);
            await WritesThroughItAreMadeElsewhereAsync(cluster, full);

            await load.StopAsync();
            disk.Free();
            await full.TerminateAsync();
            await full.RestartAsync();
            await cluster.WaitWholeAsync();
            await HealsAsync(cluster, load, known, "one disk of four full");
        });
    }

    [StraceFact]
    public Task A_disk_that_fails_its_syncs_is_stood_in_for()
    {
        var shape = new ClusterShape { Nodes = 5, Wrapper = (index, _) => index == 4 ? FailingSync : [] };
        return ProcessCluster.RunAsync(output, shape, async cluster =>
        {
            NodeProcess broken = cluster.Nodes[4];
            await using var load = await SteadyLoad.StartAsync([.. cluster.Nodes.Take(4)]);
            await Wait.UntilAsync("node-5 takes no writes", async () => (await broken.Http.GetAsync("/ready")).Status == 503);
            TimeSpan known = load.Now;
            (await broken.Http.GetAsync("/ready")).Text.ShouldContain("fdatasync");
            await WritesThroughItAreMadeElsewhereAsync(cluster, broken);
            await load.GoOnAsync(TimeSpan.FromSeconds(2));
            await load.StopAsync();

            await broken.EndInputAsync();
            broken.Wrapper = [];
            await broken.RestartAsync();
            await cluster.WaitWholeAsync();
            await HealsAsync(cluster, load, known, "one disk of five fails its syncs");
        });
    }

    // The one write that a disk failed under, on its own node, may be on that disk: nobody else may make it again.
    private static void OnlyUnsureWhereItsDiskFailed(string refusal)
    {
        refusal.ShouldContain("urn:akkakv:problem:store-read-only");
        refusal.ShouldContain("\"outcome\":\"indeterminate\"");
    }

    private static async Task WriteUntilNotReadyAsync(NodeProcess entry, NodeProcess full)
    {
        byte[] value = new byte[16 << 10];
        int number = 0;
        await Wait.UntilAsync($"{full.Name} takes no writes", async () =>
        {
            KvAnswer put = await entry.Http.PutAsync(SpreadKeys.PathOf(Bucket, $"filler-{number++}"), value, "application/octet-stream", null);
            if (put.Status != 204)
                OnlyUnsureWhereItsDiskFailed(put.ToString());
            return (await full.Http.GetAsync("/ready")).Status == 503;
        });
    }

    // Strict, so that the read must meet the write: the broken node still answers reads, with what it held before.
    private async Task WritesThroughItAreMadeElsewhereAsync(ProcessCluster cluster, NodeProcess broken)
    {
        const string bucket = Bucket + "-elsewhere";
        var owners = await Settling.OwnersAsync(cluster);
        int own = 0;
        foreach (string name in SpreadKeys.Names(bucket, 1))
        {
            string path = SpreadKeys.PathOf(bucket, name, "?quorum=strict");
            KvAnswer put = await broken.Http.PutAsync(path, name);
            put.Status.ShouldBe(204, $"{name} through {broken.Name}, which passes it on: {put}");
            (await broken.Http.GetAsync(path)).Texts.ShouldBe([name]);
            own += owners[SpreadKeys.PartitionOf(bucket, name)].Contains(broken.Name) ? 1 : 0;
        }

        output.WriteLine($"through {broken.Name}, which takes no writes: {owners.Count} keys written and read, {own} of them its own");
        own.ShouldBeGreaterThan(0);
    }

    private async Task HealsAsync(ProcessCluster cluster, SteadyLoad load, TimeSpan known, string during)
    {
        long hints = await Settling.HintsAsync(cluster);
        output.WriteLine($"whole again with {hints} keys of hints; none is left after {(await Settling.HintsDrainAsync(cluster)).TotalSeconds:0.0} s");
        LoadFigures.Print(output, during, load.Done);
        foreach (var failed in load.Done.Where(request => request.Failed))
        {
            output.WriteLine($"  failed: {failed}");
            OnlyUnsureWhereItsDiskFailed(failed.Refusal!);
            failed.StartedAt.ShouldBeLessThan(known, $"the disk was known to have failed: {failed}");
        }

        load.Errors.ShouldBeEmpty();
        await Settling.OwnersAgreeWithoutReadsAsync(cluster, load);
        await Settling.NothingIsLostAsync(cluster, load);
    }
}
