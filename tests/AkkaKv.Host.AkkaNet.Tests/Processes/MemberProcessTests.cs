using System.Diagnostics;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>What the members of the Akka cluster ask of AkkaKv's, over real processes: one dies for good, others come.</summary>
public sealed class MemberProcessTests(ITestOutputHelper output)
{
    private static ClusterShape LeavingOnStop
    {
        get
        {
            ClusterShape shape = AkkaShape.Of(nodes: 4, "stage");
            return shape with { Settings = [.. shape.Settings, "--Node:LeaveOnStop=true"] };
        }
    }

    [Fact]
    public Task A_server_killed_for_good_leaves_and_a_new_one_joins_at_the_commit_of_an_operator() => ProcessCluster.RunAsync(output, AkkaShape.Of(nodes: 4, "stage"), async cluster =>
    {
        await using AkkaObserver observer = await AkkaObserver.JoinAsync(cluster);
        var keys = new List<string>(await AkkaKeys.PutAsync("before", 300, cluster.Nodes));
        NodeProcess killed = observer.Leader;
        NodeProcess[] others = [.. cluster.Nodes.Except([killed])];

        await using SteadyWrites writes = SteadyWrites.Start("meanwhile", others);
        await killed.KillAsync();
        var watch = Stopwatch.StartNew();
        await Changes.UntilAsync(others[1], $"the leave of {killed.Name} is staged", changes => changes.Stages("leave", killed));
        output.WriteLine($"killed: {killed.Name}, the leader; {watch.Elapsed.TotalSeconds:0.0} s later {observer.Leader.Name} had staged its leave");
        (await RunAsync(cluster, others[1], "plan")).ShouldContain(killed.Name);
        await RunAsync(cluster, others[1], "commit", "--wait");
        await Changes.UntilAsync(others[2], "the three others are the members", changes => changes.AreSettledAs(others));
        keys.AddRange(await EndAsync(writes));
        await HoldAndReadAllAsync(keys, others);

        await using SteadyWrites more = SteadyWrites.Start("joining", others);
        NodeProcess joiner = cluster.Join(at: others[0]);
        NodeProcess[] everyone = [.. others, joiner];
        await Changes.UntilAsync(others[2], $"the join of {joiner.Name} is staged", changes => changes.Stages("join", joiner));
        await observer.UntilMembersAsync(everyone);
        (await RunAsync(cluster, others[2], "plan")).ShouldContain(joiner.Name);
        await RunAsync(cluster, others[2], "commit", "--wait");
        await joiner.WaitReadyAsync();
        output.WriteLine($"joined: {await observer.UntilShardsFollowTheRingAsync()}");
        keys.AddRange(await EndAsync(more));

        (await joiner.TerminateAsync()).ShouldBe(0, joiner.Text);
        await observer.UntilMembersAsync(others);
        await joiner.RestartAsync();
        await observer.UntilMembersAsync(everyone);
        await Changes.UntilAsync(others[0], "its leave is taken back", changes => changes.AreSettledAs(everyone));
        output.WriteLine($"stopped and started again: {await observer.UntilShardsFollowTheRingAsync()}");
        keys.AddRange(await AkkaKeys.PutAsync("after", 100, everyone));
        await AkkaKeys.ReadAsync(keys, everyone);
        output.WriteLine($"read: {keys.Count} keys with r=3 through each of {everyone.Length} servers");
    });

    [Fact]
    public Task Without_an_operator_a_dead_server_leaves_and_two_new_ones_that_come_at_once_join() => ProcessCluster.RunAsync(output, AkkaShape.Of(nodes: 4, "commit"), async cluster =>
    {
        await using AkkaObserver observer = await AkkaObserver.JoinAsync(cluster);
        var keys = new List<string>(await AkkaKeys.PutAsync("before", 300, cluster.Nodes));
        NodeProcess killed = observer.Oldest[^1];
        NodeProcess[] others = [.. cluster.Nodes.Except([killed])];

        await using SteadyWrites writes = SteadyWrites.Start("meanwhile", others);
        await killed.KillAsync();
        var watch = Stopwatch.StartNew();
        await Changes.UntilAsync(others[0], "the three others are the members", changes => changes.AreSettledAs(others));
        output.WriteLine($"killed: {killed.Name}; {watch.Elapsed.TotalSeconds:0.0} s later it was no member any more");
        keys.AddRange(await EndAsync(writes));
        await HoldAndReadAllAsync(keys, others);

        watch.Restart();
        NodeProcess[] everyone = [.. others, cluster.Join(at: others[0]), cluster.Join(at: others[1])];
        await Changes.UntilAsync(others[0], "both new ones are members", changes => changes.AreSettledAs(everyone));
        output.WriteLine($"joined: two, {watch.Elapsed.TotalSeconds:0.0} s after their start; {await observer.UntilShardsFollowTheRingAsync()}");
        foreach (NodeProcess node in everyone)
            await node.WaitReadyAsync();
        keys.AddRange(await AkkaKeys.PutAsync("after", 100, everyone));
        await AkkaKeys.ReadAsync(keys, everyone);
        output.WriteLine($"read: {keys.Count} keys with r=3 through each of {everyone.Length} servers");
    });

    [Fact]
    public Task A_server_that_was_downed_ends_and_says_why_and_goes_on_when_it_is_started_again() => ProcessCluster.RunAsync(output, AkkaShape.Of(nodes: 3, "stage"), async cluster =>
    {
        await using AkkaObserver observer = await AkkaObserver.JoinAsync(cluster);
        var keys = new List<string>(await AkkaKeys.PutAsync("before", 100, cluster.Nodes));
        NodeProcess downed = cluster.Nodes[1];
        NodeProcess[] others = [.. cluster.Nodes.Except([downed])];

        observer.Down(downed);
        (await downed.Life.WaitForExitAsync()).ShouldBe(1, downed.Text);
        downed.Text.ShouldContain("the Akka cluster has downed this member");
        keys.AddRange(await AkkaKeys.PutAsync("without it", 100, others));
        await downed.RestartAsync();
        await cluster.WaitWholeAsync();
        await observer.UntilMembersAsync(cluster.Nodes);
        output.WriteLine($"downed and started again: {await observer.UntilShardsFollowTheRingAsync()}");
        await AkkaKeys.UntilNoHintsAsync(cluster.Nodes);
        await HoldAndReadAllAsync(keys, [.. cluster.Nodes]);
    });

    [Fact]
    public Task A_server_that_leaves_on_stop_ends_when_the_others_have_all_that_it_held() => ProcessCluster.RunAsync(output, LeavingOnStop, async cluster =>
    {
        var keys = new List<string>(await AkkaKeys.PutAsync("before", 300, cluster.Nodes));
        NodeProcess leaving = cluster.Nodes[3];
        NodeProcess[] others = [.. cluster.Nodes.Except([leaving])];

        (await leaving.TerminateAsync()).ShouldBe(0, leaving.Text);
        await Changes.UntilAsync(others[0], "the three others are the members", changes => changes.AreSettledAs(others));
        await HoldAndReadAllAsync(keys, others);
    });

    // Three members and N = 3: each of them has a copy of every key.
    private async Task HoldAndReadAllAsync(List<string> keys, NodeProcess[] nodes)
    {
        await AkkaKeys.UntilEachHoldsAsync(keys, nodes);
        await AkkaKeys.ReadAsync(keys, nodes);
        output.WriteLine($"read: each of {nodes.Length} servers holds all {keys.Count} keys, and they are read with r=3 through each");
    }

    private async Task<IReadOnlyList<string>> EndAsync(SteadyWrites writes)
    {
        var (written, measured) = await writes.EndAsync();
        output.WriteLine($"writes: {measured}");
        return written;
    }

    private async Task<string> RunAsync(ProcessCluster cluster, NodeProcess at, params string[] verb)
    {
        var (code, text) = await ChildProcess.RunAsync(
            [Programs.Dotnet, "exec", Programs.CommandLineTool, "cluster", .. verb, "--endpoint", at.Url.ToString()], cluster.Work.Path);
        output.WriteLine($"akkakv cluster {string.Join(' ', verb)}:\n{text}\n");
        code.ShouldBe(0, text);
        return text;
    }
}
