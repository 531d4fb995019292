using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Launching;

/// <summary>One command starts three nodes; what it prints is true, and it leaves nothing behind.</summary>
public sealed class LauncherProcessTests(ITestOutputHelper output)
{
    private const string ToolFromCheckout = "dotnet run -c Release --project src/AkkaKv.Cli -- ";

    [Fact]
    public Task The_banner_is_true_and_SIGTERM_ends_everything_cleanly() => Launcher.RunAsync(output, [], async launcher =>
    {
        string text = launcher.Process.Text;
        foreach (int port in Enumerable.Range(launcher.HttpPort, 3))
            text.ShouldContain($"http://127.0.0.1:{port}");
        text.ShouldContain(launcher.Work.Of("data of a person"));
        launcher.NodeIds.Count.ShouldBe(3);
        foreach (var node in launcher.Http)
            (await node.GetAsync("/ready")).Status.ShouldBe(200);

        await TheCurlLinesWork(launcher);
        await TheToolsLinesWork(launcher);

        var nodes = launcher.NodeIds;
        launcher.Process.Signal(Signals.Terminate);
        (await launcher.Process.WaitForExitAsync()).ShouldBe(0, launcher.Process.Text);
        nodes.Where(Signals.IsRunning).ShouldBeEmpty("the launcher leaves no child");
        launcher.Process.Text.ShouldNotContain("is killed", Case.Sensitive, "every node stops when it is asked to");
    });

    [Fact]
    public Task Nodes_end_by_themselves_when_the_launcher_is_killed() => Launcher.RunAsync(output, [], async launcher =>
    {
        var nodes = launcher.NodeIds;
        nodes.ShouldAllBe(node => Signals.IsRunning(node));
        launcher.Process.Signal(Signals.Kill);
        await Wait.UntilAsync("the nodes are gone", () => !nodes.Any(Signals.IsRunning));
        foreach (var node in launcher.Http)
            (await node.TryGetAsync("/alive")).ShouldBeNull();
    });

    [Fact]
    public Task The_printed_command_brings_a_killed_node_back() => Launcher.RunAsync(output, [], async launcher =>
    {
        string path = KvHttp.PathOf("demo", "kept");
        (await launcher.Http[0].PutAsync(path, "before")).Status.ShouldBe(204);
        Signals.Send(launcher.NodeIds[1], Signals.Kill);
        await launcher.Process.WaitForTextAsync("node-2 (pid " + launcher.NodeIds[1] + ") was killed");
        await Wait.UntilAsync("the command is printed", () => launcher.Commands(Programs.Dotnet).Count > 0);
        var before = await launcher.Http[0].GetAsync(path);
        (await launcher.Http[0].PutAsync(path, "after", before.Context)).Status.ShouldBe(204, "two of three go on");

        await using var revived = ChildProcess.Start(["/bin/sh", "-c", "exec " + launcher.Commands(Programs.Dotnet).Single()], launcher.Work.Path);
        await Wait.UntilAsync("node-2 is ready again", async () => (await launcher.Http[1].TryGetAsync("/ready"))?.Status == 200);
        (await launcher.Http[1].GetAsync(path)).Texts.ShouldBe(["after"]);
        revived.Signal(Signals.Terminate);
        (await revived.WaitForExitAsync()).ShouldBe(0, revived.Text);

        // Tests that run in the background of a shell hand down that Ctrl-C is ignored; then the wish comes as a stop.
        launcher.Process.Signal(Signals.IsIgnored(launcher.Process.Id, Signals.Interrupt) ? Signals.Terminate : Signals.Interrupt);
        (await launcher.Process.WaitForExitAsync()).ShouldBe(0, "Ctrl-C is a wish, not a failure");
    });

    [Fact]
    public Task With_restart_a_killed_node_comes_back_by_itself() => Launcher.RunAsync(output, ["--restart"], async launcher =>
    {
        Signals.Send(launcher.NodeIds[2], Signals.Kill);
        await launcher.Process.WaitForTextAsync("It is started again.");
        await Wait.UntilAsync("node-3 is ready again", async () => (await launcher.Http[2].TryGetAsync("/ready"))?.Status == 200);
        launcher.Process.Signal(Signals.Terminate);
        (await launcher.Process.WaitForExitAsync()).ShouldBe(0, launcher.Process.Text);
    });

    private static async Task TheCurlLinesWork(Launcher launcher)
    {
        var lines = launcher.Commands("curl");
        lines.Count.ShouldBe(2, "one that puts and one that gets");
        var (exitCode, _) = await ChildProcess.RunAsync(["/bin/sh", "-c", "command -v curl"], launcher.Work.Path);
        if (exitCode == 0)
        {
            (await Shell(lines[0], launcher)).ShouldContain("204 No Content");
            string got = await Shell(lines[1], launcher);
            got.ShouldContain("200 OK");
            got.ShouldContain("Content-Type: text/plain");
            got.ShouldEndWith("hello");
            return;
        }

        // The same requests without curl.
        lines[0].ShouldBe($"curl -i -X PUT -H 'Content-Type: text/plain' --data 'hello' http://127.0.0.1:{launcher.HttpPort}/kv/demo/greeting");
        lines[1].ShouldBe($"curl -i http://127.0.0.1:{launcher.HttpPort + 2}/kv/demo/greeting");
        (await launcher.Http[0].PutAsync("/kv/demo/greeting", "hello")).Status.ShouldBe(204);
        (await launcher.Http[2].GetAsync("/kv/demo/greeting")).Texts.ShouldBe(["hello"]);
    }

    /// <summary>The lines build the tool from a checkout; here it is built, and stands beside the tests.</summary>
    private static async Task TheToolsLinesWork(Launcher launcher)
    {
        var lines = launcher.Commands(ToolFromCheckout);
        lines.Count.ShouldBe(2, "one that gets and one that shows the cluster");
        string built = $"'{Programs.Dotnet}' exec '{Programs.CommandLineTool}' ";
        (await Shell(built + lines[0][ToolFromCheckout.Length..], launcher)).ShouldBe("hello");
        string status = await Shell(built + lines[1][ToolFromCheckout.Length..], launcher);
        foreach (string node in new[] { "node-1", "node-2", "node-3" })
            status.ShouldContain(node);
    }

    private static async Task<string> Shell(string line, Launcher launcher)
    {
        var (exitCode, text) = await ChildProcess.RunAsync(["/bin/sh", "-c", line], launcher.Work.Path);
        exitCode.ShouldBe(0, $"{line}\n{text}");
        return text;
    }
}
