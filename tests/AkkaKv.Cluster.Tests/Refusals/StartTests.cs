using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;
using Xunit.Abstractions;

namespace AkkaKv.Cluster.Tests.Refusals;

/// <summary>Nodes that cannot start say why and what to do, and end with the code that the documentation promises.</summary>
public sealed class StartTests(ITestOutputHelper output)
{
    private const int BadConfiguration = 2;
    private const int PortInUse = 3;
    private const int DataDirectoryUnusable = 4;

    [Theory]
    [InlineData("--Cluster:Partitons=64", "Did you mean Cluster:Partitions?")]
    [InlineData("--Cluster:Partitions=100", "power of two")]
    [InlineData("--http-prot=7001", "Did you mean --http-port?")]
    [InlineData("--Cluster:N=4", "Cluster:N must be at most the number of members; found N = 4 and 1 members.")]
    [InlineData("--Cluster:R=3", "Cluster:R must be at most Cluster:N; found R = 3 and N = 1.")]
    [InlineData("--Cluster:W=2", "Cluster:W must be at most Cluster:N; found W = 2 and N = 1.")]
    [InlineData("--Cluster:W=0", "Cluster:W must be a whole number from 1 to 15; found \"0\"")]
    public async Task Settings_that_cannot_be_are_refused_by_name(string flag, string said)
    {
        using var place = new StartPlace();
        var (exitCode, text) = await place.StartAsync("node-1", flag);
        output.WriteLine(text);
        exitCode.ShouldBe(BadConfiguration, text);
        text.ShouldContain(said);
    }

    [Fact]
    public async Task A_variable_that_is_no_setting_is_refused_by_name()
    {
        using var place = new StartPlace();
        var (exitCode, text) = await place.StartAsync("node-1", [], new Dictionary<string, string> { ["AKKAKV__STORE__DURABLITY"] = "none" });
        exitCode.ShouldBe(BadConfiguration, text);
        text.ShouldContain("AKKAKV__STORE__DURABLITY");
        text.ShouldContain("Store:Durability", Case.Insensitive);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_setting_that_changes_it()
    {
        using var place = new StartPlace();
        using (var held = FreePorts.Hold(place.HttpPort))
            await RefusesPortAsync(place, place.HttpPort, "Node:HttpListen");
        using (var held = FreePorts.Hold(place.PeerPort))
            await RefusesPortAsync(place, place.PeerPort, "Node:PeerListen");
    }

    [Fact]
    public async Task The_launcher_names_every_port_in_use_and_ports_that_would_do()
    {
        using var place = new StartPlace();
        int http = FreePorts.TakeRow(3);
        int peer = FreePorts.TakeRow(3);
        using var held = FreePorts.Hold(http + 1);
        var (exitCode, text) = await ChildProcess.RunAsync(
            [Programs.Dotnet, Programs.Server, "--http-port", $"{http}", "--peer-port", $"{peer}", "--data", place.Data], place.Work.Path);
        output.WriteLine(text);
        exitCode.ShouldBe(PortInUse, text);
        text.ShouldContain($"{http + 1} (--http-port, for node-2)");
        text.ShouldContain("as in --http-port ");
        Directory.Exists(place.Data).ShouldBeFalse("nothing was started");
    }

    [Fact]
    public Task A_directory_in_use_is_refused_and_its_owner_goes_on() => ProcessCluster.RunAsync(output, SingleNode, async cluster =>
    {
        var owner = cluster.Nodes[0];
        using var place = new StartPlace { Data = owner.DataDirectory };
        var (exitCode, text) = await place.StartAsync("node-1");
        output.WriteLine(text);
        exitCode.ShouldBe(DataDirectoryUnusable, text);
        text.ShouldContain(owner.DataDirectory);
        text.ShouldContain($"is in use by process {owner.Life.Id}");
        (await owner.Http.PutAsync(KvHttp.PathOf("b", "k"), "goes on")).Status.ShouldBe(204);
    });

    [Fact]
    public async Task A_directory_that_is_a_file_is_refused()
    {
        using var place = new StartPlace();
        await File.WriteAllTextAsync(place.Data, "a file");
        var (exitCode, text) = await place.StartAsync("node-1");
        exitCode.ShouldBe(DataDirectoryUnusable, text);
        text.ShouldContain(place.Data);
        text.ShouldContain("--data");
    }

    internal static ClusterShape SingleNode { get; } = new()
    {
        Nodes = 1,
        Settings = ["--Cluster:N=1", "--Cluster:R=1", "--Cluster:W=1", "--Store:SegmentBytes=4194304"],
    };

    private async Task RefusesPortAsync(StartPlace place, int port, string setting)
    {
        var (exitCode, text) = await place.StartAsync("node-1");
        output.WriteLine(text);
        exitCode.ShouldBe(PortInUse, text);
        text.ShouldContain($"127.0.0.1:{port} is in use");
        text.ShouldContain(setting);
        text.ShouldNotContain("Exception", Case.Sensitive, "a person gets a sentence, not a stack");
    }
}
