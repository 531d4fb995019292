using Akka.Actor;
using Akka.Hosting;
using AkkaKv.Api;
using AkkaKv.Host.AkkaNet.Gateway;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Tests.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using AkkaCluster = Akka.Cluster.Cluster;

namespace AkkaKv.Host.AkkaNet.Tests.Hosting;

/// <summary>A program on Akka.Hosting that adds AkkaKv to the actor system it has.</summary>
public sealed class HostingTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-hosting-").FullName;
    private readonly ServiceProvider _services;

    public HostingTests()
    {
        AkkaKvOptions options = SoloNode.OptionsOf(_directory);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IHostApplicationLifetime, NoLifetime>()
            .AddAkka("program", builder => builder
                .AddHocon(
                    "akka { loglevel = WARNING, stdout-loglevel = OFF, cluster.roles = [web], remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }",
                    HoconAddMode.Prepend)
                .WithAkkaKv(options))
            .AddAkkaKv()
            .AddHealthChecks().Services
            .BuildServiceProvider();
    }

    private IAkkaKv Door => _services.GetRequiredService<IAkkaKv>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IHostedService service in _services.GetServices<IHostedService>())
            await service.StopAsync(default);
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_door_comes_from_DI_and_the_gateway_from_the_registry()
    {
        await StartAsync();
        (await AkkaNodeTests.PutAsync(Door, "k", "v")).Error.ShouldBeNull();

        IActorRef gateway = await _services.GetRequiredService<IRequiredActor<AkkaKvGateway>>().GetAsync();
        var got = await gateway.Ask<KvGot>(new KvGet("b", "k"), Support.Waiting.Max);

        got.Values.ShouldHaveSingleItem().Value.ShouldBe("v"u8.ToArray());
        got.Context.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_programs_own_settings_win_and_the_nodes_roles_are_added_to_its_own()
    {
        await StartAsync();
        ActorSystem system = _services.GetRequiredService<ActorSystem>();

        AkkaCluster.Get(system).SelfRoles.ShouldBe(["web", "akkakv", "akkakv.solo"], ignoreOrder: true);
        system.Settings.Config.GetString("akka.cluster.sharding.passivate-idle-entity-after").ShouldBe("off");
        system.Settings.LogLevel.ShouldBe("WARNING");
    }

    [Fact]
    public async Task Health_says_what_the_node_says()
    {
        await StartAsync();
        HealthCheckService checks = _services.GetRequiredService<HealthCheckService>();
        using var over = new CancellationTokenSource(Support.Waiting.Max);
        HealthReport report;
        do
            report = await checks.CheckHealthAsync(registration => registration.Name == AkkaKvHosting.HealthCheckName, over.Token);
        while (report.Status != HealthStatus.Healthy);

        report.Entries[AkkaKvHosting.HealthCheckName].Data["kind"].ShouldBe("log");

        await Door.HealthAsync(default);
        await _services.GetRequiredService<ActorSystem>().Terminate();
        (await Door.HealthAsync(default)).Ready.ShouldBeFalse();
    }

    [Fact]
    public async Task Before_the_start_and_after_the_end_the_door_says_so_and_the_store_can_be_opened_again()
    {
        // Whoever asks early makes the system, not the node.
        (await AkkaNodeTests.PutAsync(Door, "k", "1")).Error.ShouldNotBeNull().Code.ShouldBe(KvErrorCode.NotReady);
        await StartAsync();
        (await AkkaNodeTests.PutAsync(Door, "k", "2")).Error.ShouldBeNull();

        await _services.GetRequiredService<ActorSystem>().Terminate();

        KvError error = (await AkkaNodeTests.PutAsync(Door, "k", "3")).Error.ShouldNotBeNull();
        (error.Code, error.Outcome).ShouldBe((KvErrorCode.NotReady, KvOutcome.NotAttempted));
        using Stores.NodeStore reopened = Stores.NodeStore.Open(Settings.SettingsPlan.Of(
            AkkaKvOptions.Of(new Dictionary<string, string>
            {
                ["Cluster:N"] = "1", ["Cluster:R"] = "1", ["Cluster:W"] = "1", ["Cluster:Partitions"] = "16",
                ["Cluster:Members:0:Name"] = "solo", ["Cluster:Members:0:Endpoint"] = "127.0.0.1:4053",
                ["Node:Name"] = "solo", ["Node:DataDirectory"] = _directory, ["Node:Loops"] = "1",
            }).Settings,
            _ => { }));
        reopened.HoldsData.ShouldBeTrue();
    }

    private async Task StartAsync()
    {
        foreach (IHostedService service in _services.GetServices<IHostedService>())
            await service.StartAsync(default);
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
