using System.Text;
using AkkaKv.Server.Launch;
using AkkaKv.Server.Tests.Http;

namespace AkkaKv.Server.Tests.Launch;

/// <summary>The launcher with shells in place of nodes; what answers for them on HTTP is a fake node.</summary>
public class ClusterLauncherTests
{
    [Fact]
    public async Task Asked_to_stop_it_lets_its_nodes_finish_by_closing_their_input()
    {
        await using var server = await TestServer.StartAsync();
        using var stop = new CancellationTokenSource();
        await using var output = new WatchedWriter("Stop with Ctrl-C");
        var run = Launcher(server, "echo hello; cat > /dev/null; echo finished", output).RunAsync(stop.Token);
        await output.Seen;
        output.ToString().ShouldContain($"node-1  {server.Url.ToString().TrimEnd('/')}  pid ");
        await stop.CancelAsync();
        (await run).ShouldBe(ExitCodes.Ok);
        output.ToString().ShouldContain("[node-1] hello");
        output.ToString().ShouldContain("[node-1] finished");
    }

    [Fact]
    public async Task A_node_that_cannot_start_ends_the_launch_with_its_exit_code()
    {
        await using var server = await TestServer.StartAsync();
        server.Door.Health = server.Door.Health with { Ready = false };
        await using var output = new WatchedWriter("never");
        (await Launcher(server, "echo the reason >&2; exit 4", output).RunAsync(CancellationToken.None)).ShouldBe(ExitCodes.DataDirectoryUnusable);
        output.ToString().ShouldContain("[node-1] the reason");
        output.ToString().ShouldContain("ended with exit code 4. Bring it back, from another terminal, with:");
    }

    [Fact]
    public async Task A_node_that_is_killed_is_announced_with_the_command_that_brings_it_back()
    {
        await using var server = await TestServer.StartAsync();
        await using var output = new WatchedWriter("Bring it back");
        var run = Launcher(server, "read -r line; kill -9 $$", output, "exec 0</dev/null; ").RunAsync(CancellationToken.None);
        await output.Seen;
        output.ToString().ShouldContain("was killed (SIGKILL, exit code 137)");
        output.ToString().ShouldContain("--node=node-1");
        (await run).ShouldBe(ExitCodes.Failed);
    }

    private static ClusterLauncher Launcher(TestServer server, string script, TextWriter output, string before = "") =>
        new(
            [new PlannedNode("node-1", server.Url.Port, 1, "/nowhere", ["--node=node-1"])],
            new SelfCommand("/bin/sh", ["-c", before + script]),
            restart: false,
            "/nowhere",
            output);

    /// <summary>Collects lines and tells when one of them has a certain text.</summary>
    private sealed class WatchedWriter(string awaited) : StringWriter
    {
        private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => seen.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(awaited, StringComparison.Ordinal) == true)
                seen.TrySetResult();
        }
    }
}
