using AkkaKv.Api;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Changes;

/// <summary>Every node is stopped with SIGTERM and started again, one after the other, under a constant load.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_client_notices_a_rolling_restart()
    {
        await using var cluster = new ChangingCluster(output, nodes: 3);
        await cluster.StartAsync(members: 3);
        Uri[] nodes = [.. cluster.All.Select(node => node.Url)];
        await using PacedClients clients = await PacedClients.StartAsync(nodes, 50, TimeSpan.FromMilliseconds(200), RequestOptions.Default);
        TimeSpan from = clients.Now;
        foreach (NodeProcess node in cluster.All)
        {
            (await node.TerminateAsync()).ShouldBe(0, node.Text);
            await node.RestartAsync();
            foreach (NodeProcess other in cluster.All)
                await ProcessCluster.WaitReachableAsync(other, cluster.All.Count);
        }

        TimeSpan to = clients.Now;
        await clients.EndAndCheckAsync();
        output.WriteLine(ChangeFigures.Header);
        ChangeFigures.Print(output, clients, "rolling restart", from, to, null);
        output.WriteLine($"{clients.Retries} attempts were repeated by the client");
        clients.Wrong.Take(20).ShouldBeEmpty();
        clients.Done.Where(call => call.Error is not null).Take(20).ShouldBeEmpty("the client's calls all succeed");
    }
}
