using AkkaKv.Host.AkkaNet.Operator;
using AkkaKv.Host.AkkaNet.Tests.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;

namespace AkkaKv.Host.AkkaNet.Tests.Operator;

/// <summary>The verbs for operators against nodes in actor systems.</summary>
public sealed class OperatorNodeTests
{
    private static readonly string[] Everyone = ["node-1", "node-2", "node-3"];

    [Fact]
    public async Task Every_verb_is_answered_by_a_node_that_runs()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3);
        (await AkkaNodeTests.PutAsync(cluster[0], "k", "v")).Error.ShouldBeNull();
        var commands = new OperatorCommands(cluster[0], TimeProvider.System);

        foreach (string[] words in new string[][] { ["status"], ["ring"], ["where", "k", "-b", "b"] })
        {
            string text = await TextAsync(commands, words);
            Everyone.ShouldAllBe(node => text.Contains(node, StringComparison.Ordinal), text);
        }

        (await TextAsync(commands, ["hints"])).ShouldContain("these are those of node-1");
        (await TextAsync(commands, ["repair"])).ShouldMatch($@"node-1 +done +{TestCluster.Partitions} of {TestCluster.Partitions}");
    }

    [Fact]
    public async Task A_repair_waits_for_a_node_that_is_away_and_its_hints_are_shown()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3);
        var commands = new OperatorCommands(cluster[0], TimeProvider.System);
        await cluster.KillAsync(2);
        await cluster.UntilReachedAsync(0, 2);
        await cluster.UntilReachedAsync(1, 2);
        for (int i = 0; i < 20; i++)
            (await AkkaNodeTests.PutAsync(cluster[0], $"key-{i}", "v")).Error.ShouldBeNull();
        string[] hints = [await TextAsync(commands, ["hints"]), await TextAsync(new OperatorCommands(cluster[1], TimeProvider.System), ["hints"])];
        hints.ShouldContain(text => text.Contains("node-3", StringComparison.Ordinal));
        (await TextAsync(commands, ["status"])).ShouldMatch("node-3 .*(disconnected|suspected)");

        using var over = new CancellationTokenSource(Waiting.Max);
        var told = new List<string>();
        bool isBack = false;
        await foreach (OperatorLine line in commands.RunAsync("repair", [], over.Token))
        {
            line.IsError.ShouldBeFalse(line.Text);
            told.Add(line.Text);
            if (isBack || !line.Text.Contains("waits: ", StringComparison.Ordinal))
                continue;
            isBack = true;
            await cluster.RestartAsync(2);
        }

        isBack.ShouldBeTrue(string.Join('\n', told));
        told.ShouldContain(line => line.Contains($"{TestCluster.Partitions} of {TestCluster.Partitions}", StringComparison.Ordinal));
    }

    private static async Task<string> TextAsync(OperatorCommands commands, string[] words)
    {
        using var over = new CancellationTokenSource(Waiting.Max);
        OperatorLine[] lines = await OperatorAnswer.OfAsync(commands.RunAsync(words[0], words[1..], over.Token));
        lines.ShouldAllBe(line => !line.IsError);
        return string.Join('\n', lines.Select(line => line.Text));
    }
}
