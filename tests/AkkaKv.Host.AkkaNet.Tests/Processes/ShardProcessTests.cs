using System.Diagnostics;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>The replicas' shards over real processes, one of which is killed and comes back.</summary>
public sealed class ShardProcessTests(ITestOutputHelper output)
{
    [Fact]
    public Task A_killed_servers_shards_return_to_it_and_no_write_fails_meanwhile() => LoseOneAsync(observer => observer.Oldest[^1]);

    [Fact]
    public Task A_killed_coordinator_of_the_shards_fails_no_write_and_another_places_them_all() => LoseOneAsync(observer => observer.Oldest[0]);

    private Task LoseOneAsync(Func<AkkaObserver, NodeProcess> choose) => ProcessCluster.RunAsync(output, AkkaShape.Of(nodes: 3, "stage"), async cluster =>
    {
        await using AkkaObserver observer = await AkkaObserver.JoinAsync(cluster);
        Say("whole", await observer.UntilShardsFollowTheRingAsync());
        var keys = new List<string>(await AkkaKeys.PutAsync("before", 300, cluster.Nodes));
        await AkkaKeys.ReadAsync(keys, cluster.Nodes);

        NodeProcess killed = choose(observer);
        NodeProcess[] others = [.. cluster.Nodes.Except([killed])];
        Say("killed", $"{killed.Name}; the coordinator is on {observer.Oldest[0].Name}");
        await using SteadyWrites writes = SteadyWrites.Start("meanwhile", others);
        await killed.KillAsync();
        var watch = Stopwatch.StartNew();
        await observer.UntilMembersAsync(others);
        Say("downed", $"after {watch.Elapsed.TotalSeconds:0.0} s");
        Say("without it", $"{await observer.UntilNoShardLiesOnAsync(killed)}; the coordinator is on {observer.Oldest[0].Name}, {watch.Elapsed.TotalSeconds:0.0} s after the kill");
        await Changes.UntilAsync(others[0], $"the leave of {killed.Name} is staged", changes => changes.Stages("leave", killed));

        watch.Restart();
        await killed.RestartAsync();
        await cluster.WaitWholeAsync();
        await observer.UntilMembersAsync(cluster.Nodes);
        Say("back", $"{await observer.UntilShardsFollowTheRingAsync()}, {watch.Elapsed.TotalSeconds:0.0} s after the start");
        await Changes.UntilAsync(others[0], "nothing is staged", changes => changes.Staged.Count == 0);
        var (written, measured) = await writes.EndAsync();
        keys.AddRange(written);
        Say("writes", measured);

        await AkkaKeys.UntilNoHintsAsync(cluster.Nodes);
        await AkkaKeys.UntilEachHoldsAsync(keys, cluster.Nodes);
        keys.AddRange(await AkkaKeys.PutAsync("after", 300, cluster.Nodes));
        await AkkaKeys.ReadAsync(keys, cluster.Nodes);
        Say("read", $"{keys.Count} keys with r=3 through each of {cluster.Nodes.Count} servers; no hint is left");
    });

    private void Say(string when, string what) => output.WriteLine($"{when}: {what}");
}
