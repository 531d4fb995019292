using System.Collections;
using System.Net;
using System.Net.Sockets;
using AkkaKv.Api;
using AkkaKv.Host.Settings;
using AkkaKv.Server.Launch;
using AkkaKv.Server.Tests.Http;

namespace AkkaKv.Server.Tests.Launch;

public sealed class LauncherTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("akkakv-launch-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Each_node_gets_all_members_its_own_name_and_directory_and_the_shared_flags()
    {
        var (line, configured) = Read("--data", directory, "--http-port=8001", "--Store:Durability=none");
        var plan = ClusterPlan.Of(line, configured, "/etc/a b.json");
        plan.Select(node => node.Name).ShouldBe(["node-1", "node-2", "node-3"]);
        plan[1].Url.ToString().ShouldBe("http://127.0.0.1:8002/");
        plan[1].Arguments.ShouldBe(
        [
            "--node=node-2",
            $"--data={directory}/node-2",
            "--member=name=node-1,endpoint=127.0.0.1:7101,http=http://127.0.0.1:8001",
            "--member=name=node-2,endpoint=127.0.0.1:7102,http=http://127.0.0.1:8002",
            "--member=name=node-3,endpoint=127.0.0.1:7103,http=http://127.0.0.1:8003",
            "--config=/etc/a b.json",
            $"--Node:Loops={SocketThreads.LoopsOfEach(3)}",
            "--Ids:TicketPrimary=node-1",
            "--Ids:TicketStandby=node-2",
            "--Ids:IncrementNodes=3",
            "--Ids:IncrementIndex=1",
            "--Store:Durability=none",
        ]);
    }

    [Fact]
    public void Loops_that_were_set_stay()
    {
        var (line, configured) = Read("--Node:Loops=7");
        foreach (var node in ClusterPlan.Of(line, configured, null))
            Read([.. node.Arguments]).Configured.Options!.Node.Loops.ShouldBe(7);
    }

    [Fact]
    public void A_childs_arguments_are_a_valid_node()
    {
        var (line, configured) = Read("--nodes=5");
        foreach (var node in ClusterPlan.Of(line, configured, null))
        {
            var options = Read([.. node.Arguments]).Configured.Options!;
            options.Self!.Name.ShouldBe(node.Name);
            options.Node.HttpListen!.ToString().ShouldBe($"127.0.0.1:{node.HttpPort}");
            options.Node.DataDirectory.ShouldBe(node.DataDirectory);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void Fewer_nodes_than_replicas_shrink_the_defaults(int nodes, int n)
    {
        var (line, configured) = Read($"--nodes={nodes}");
        var options = Read([.. ClusterPlan.Of(line, configured, null)[0].Arguments]).Configured.Options!;
        options.Cluster.N.ShouldBe(n);
        options.Cluster.W.ShouldBe(Math.Min(2, nodes));
    }

    [Fact]
    public void What_does_not_fit_a_local_cluster_is_said()
    {
        var (line, configured) = Read("--nodes=1", "--Cluster:N=2");
        ClusterPlan.Errors(line, configured).ShouldHaveSingleItem().ShouldContain("found N = 2 and --nodes 1");
        (line, configured) = Read("--http-port=7100");
        ClusterPlan.Errors(line, configured).ShouldHaveSingleItem().ShouldContain("at least 3 apart");
        (line, configured) = Read(Options.OptionsTests.Members(3));
        ClusterPlan.Errors(line, configured).ShouldHaveSingleItem().ShouldContain("add --node NAME");
        CommandLine.Parse(["--nodes=10"]).Errors.ShouldHaveSingleItem().ShouldContain("from 1 to 9; found \"10\"");
        CommandLine.Parse(["--node=a", "--restart"]).Errors.ShouldHaveSingleItem().ShouldContain("--restart belong");
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_flag_and_a_way_out()
    {
        using var occupied = new TcpListener(IPAddress.Loopback, 0);
        occupied.Start();
        var port = ((IPEndPoint)occupied.LocalEndpoint).Port;
        using var errors = new StringWriter();
        string[] arguments = ["--nodes=1", $"--http-port={port}", $"--peer-port={(port > 40_000 ? port - 10_000 : port + 10_000)}", $"--data={directory}"];
        (await Entry.RunAsync(arguments, Unused, TextWriter.Null, errors)).ShouldBe(ExitCodes.PortInUse);
        errors.ToString().ShouldContain($"{port} (--http-port, for node-1)");
        errors.ToString().ShouldContain("choose others, as in --http-port ");
    }

    [Fact]
    public async Task A_nodes_port_in_use_is_named_with_its_setting()
    {
        using var occupied = new TcpListener(IPAddress.Loopback, 0);
        occupied.Start();
        using var errors = new StringWriter();
        var code = await Entry.RunAsync(Single(((IPEndPoint)occupied.LocalEndpoint).Port, directory), Unused, TextWriter.Null, errors);
        code.ShouldBe(ExitCodes.PortInUse, errors.ToString());
        errors.ToString().ShouldContain("is in use by another program");
        errors.ToString().ShouldContain("Node:HttpListen");
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_is_refused_with_its_exit_code()
    {
        var file = Path.Combine(directory, "file");
        await File.WriteAllTextAsync(file, "");
        using var errors = new StringWriter();
        (await Entry.RunAsync(Single(FreePort(), file), Unused, TextWriter.Null, errors)).ShouldBe(ExitCodes.DataDirectoryUnusable);
        errors.ToString().ShouldContain($"The data directory {file} must be a directory");
    }

    [Fact]
    public async Task Bad_configuration_lists_every_error_and_config_show_prints_it_too()
    {
        using var errors = new StringWriter();
        using var output = new StringWriter();
        (await Entry.RunAsync(["config", "show", "--Cluster:W=9", "--Store:Kin=log"], Unused, output, errors)).ShouldBe(ExitCodes.BadConfiguration);
        errors.ToString().ShouldContain("Store:Kin is no setting");
        output.ToString().ShouldContain("Cluster:Partitions");
        (await Entry.RunAsync(["config", "show"], Unused, output, errors)).ShouldBe(ExitCodes.Ok);
        (await Entry.RunAsync(["--help"], Unused, output, errors)).ShouldBe(ExitCodes.Ok);
        output.ToString().ShouldContain("Exit codes: 0 ok");
    }

    [Fact]
    public async Task A_node_answers_while_it_starts_serves_when_it_has_and_stops_cleanly_with_its_parent()
    {
        var port = FreePort();
        var (line, configured) = Read(Single(port, directory));
        line.Errors.ShouldBeEmpty();
        var host = new FakeHost();
        var parent = new TaskCompletionSource();
        var run = new NodeRunner(configured.Options!, _ => host, TextWriter.Null).RunAsync(parent.Task);
        await host.Starting.Task;
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        (await client.GetAsync(new Uri("/alive", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync(new Uri("/ready", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await (await client.GetAsync(new Uri("/kv/b/k", UriKind.Relative))).ProblemAsync(503, "not-ready");
        host.Started.SetResult();
        while ((await client.GetAsync(new Uri("/ready", UriKind.Relative))).StatusCode != HttpStatusCode.OK)
            await Task.Yield();
        await (await client.GetAsync(new Uri("/kv/b/k", UriKind.Relative))).ProblemAsync(404, "not-found");
        parent.SetResult();
        (await run).ShouldBe(ExitCodes.Ok);
        host.Disposed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_host_that_refuses_to_start_gives_its_exit_code_and_reason()
    {
        using var errors = new StringWriter();
        var code = await Entry.RunAsync(
            Single(FreePort(), directory),
            _ => throw new NodeStartException(ExitCodes.DataDirectoryUnusable, "The directory belongs to node-7."),
            TextWriter.Null,
            errors);
        code.ShouldBe(ExitCodes.DataDirectoryUnusable);
        errors.ToString().ShouldContain("The directory belongs to node-7.");
    }

    [Theory]
    [InlineData(137, "was killed (SIGKILL, exit code 137)")]
    [InlineData(1, "ended with exit code 1")]
    [InlineData(141, "was ended by signal 13 (exit code 141)")]
    public void An_exit_is_told_in_words(int code, string text) => SelfCommand.ExitText(code).ShouldBe(text);

    [Fact]
    public void The_printed_command_survives_a_shell() =>
        new SelfCommand("/usr/bin/dotnet", ["exec", "/a b/x.dll"]).Line(["--node=node-1", "it's"])
            .ShouldBe(@"/usr/bin/dotnet exec '/a b/x.dll' --node=node-1 'it'\''s'");

    private static INodeHost Unused(NodeSettings options) => throw new InvalidOperationException("No node was meant to be made.");

    private static (CommandLine Line, OptionsResult Configured) Read(params string[] arguments)
    {
        var line = CommandLine.Parse(arguments);
        return (line, Configuration.Read(line, new Hashtable(), Path.GetTempPath()));
    }

    private static string[] Single(int port, string data) =>
    [
        "--node=a", $"--member=name=a,endpoint=127.0.0.1:1,http=http://127.0.0.1:{port}", $"--data={data}",
        "--Cluster:N=1", "--Cluster:R=1", "--Cluster:W=1", "--Log:Level=None",
    ];

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed class FakeHost : INodeHost
    {
        public TaskCompletionSource Starting { get; } = new();

        public TaskCompletionSource Started { get; } = new();

        public bool Disposed { get; private set; }

        public IAkkaKv Door { get; } = new FakeAkkaKv();

        public TaskCompletionSource<string> Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Failed => Broken.Task;

        public string Waiting => "";

        public Task StartAsync(CancellationToken cancellation)
        {
            Starting.SetResult();
            return Started.Task;
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
