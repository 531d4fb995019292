using System.Text;
using AkkaKv.Api;
using AkkaKv.Host.AkkaNet.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;

namespace AkkaKv.Host.AkkaNet.Tests.Node;

/// <summary>Whole nodes, each in its own actor system, through the one door.</summary>
public sealed class AkkaNodeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_one_node_takes_every_node_gives(int loops)
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3, loops);
        for (int i = 0; i < 60; i++)
            (await PutAsync(cluster[i % 3], $"key-{i}", $"value {i}")).Error.ShouldBeNull();

        for (int i = 0; i < 60; i++)
        {
            for (int node = 0; node < 3; node++)
                (await GetAsync(cluster[node], $"key-{i}")).ShouldBe($"value {i}");
        }

        for (int node = 0; node < 3; node++)
        {
            (await cluster[node].HealthAsync(default)).Ready.ShouldBeTrue();
            cluster[node].Runtime.InboundUnfit.ShouldBe(0);
            cluster[node].Stopped.IsCompleted.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_large_value_crosses_nodes()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3);
        string large = new('x', 1 << 20);

        (await PutAsync(cluster[0], "large", large)).Error.ShouldBeNull();

        for (int node = 0; node < 3; node++)
            (await GetAsync(cluster[node], "large")).ShouldBe(large);
    }

    [Fact]
    public async Task Writes_go_on_without_a_node_and_it_gets_them_when_it_is_back()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3);
        (await PutAsync(cluster[0], "before", "1")).Error.ShouldBeNull();
        await cluster.KillAsync(2);
        await cluster.UntilReachedAsync(0, 2);
        await cluster.UntilReachedAsync(1, 2);

        for (int i = 0; i < 40; i++)
            (await PutAsync(cluster[i % 2], $"meanwhile-{i}", $"{i}")).Error.ShouldBeNull();
        await cluster.RestartAsync(2);
        await UntilHintsAreDeliveredAsync(cluster);

        // Its own copy alone: nobody else is asked.
        var alone = new RequestOptions(N: 1, R: 1, W: 1);
        int own = 0;
        for (int i = 0; i < 40; i++)
        {
            PlacementInfo placement = (await cluster[2].PlacementAsync(EntryKey.FromText("b", $"meanwhile-{i}"), alone, default)).Placement.ShouldNotBeNull();
            if (placement.Owners[0].Name != TestCluster.NameOf(2).Name)
                continue;
            own++;
            (await GetAsync(cluster[2], $"meanwhile-{i}", alone)).ShouldBe($"{i}");
        }

        own.ShouldBeGreaterThan(0, "of forty keys one in three has the third node first");
        (await GetAsync(cluster[2], "before")).ShouldBe("1");
    }

    [Fact]
    public async Task A_disposed_node_refuses_and_its_system_goes_on()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 1);
        AkkaNode node = cluster[0];

        await node.DisposeAsync();

        KvError error = (await PutAsync(node, "k", "v")).Error.ShouldNotBeNull();
        error.Code.ShouldBe(KvErrorCode.NotReady);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        cluster.SystemOf(0).System.WhenTerminated.IsCompleted.ShouldBeFalse();
    }

    internal static ValueTask<PutReply> PutAsync(IAkkaKv door, string key, string value) =>
        door.PutAsync(EntryKey.FromText("b", key), new PutRequest(Encoding.UTF8.GetBytes(value)), RequestOptions.Default, default);

    internal static async Task<string> GetAsync(IAkkaKv door, string key, RequestOptions? options = null)
    {
        GetReply reply = await door.GetAsync(EntryKey.FromText("b", key), options ?? RequestOptions.Default, default);
        reply.Error.ShouldBeNull();
        return string.Join(" | ", reply.Siblings.Select(sibling => Encoding.UTF8.GetString(sibling.Value.Span)));
    }

    private static async Task UntilHintsAreDeliveredAsync(TestCluster cluster)
    {
        using var over = new CancellationTokenSource(Waiting.Max);
        for (int node = 0; node < 2; node++)
        {
            while ((await cluster[node].HealthAsync(over.Token)).Store["hintKeys"] != "0")
            {
                over.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
