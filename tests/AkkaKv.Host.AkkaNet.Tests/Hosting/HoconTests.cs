using Akka.Configuration;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Tests.Hosting;

/// <summary>HOCON says the same as any other place of settings, and is held to the same rules.</summary>
public sealed class HoconTests
{
    [Fact]
    public void The_sample_of_one_node_is_read_whole()
    {
        AkkaKvOptions options = AkkaKvOptions.FromHocon(Sample("node.conf"));

        options.Settings.Node.Name.ShouldBe("node-1");
        options.Settings.Node.Loops.ShouldBe(1);
        options.Settings.Node.DataDirectory.ShouldEndWith(Path.Combine("data", "node-1"));
        options.Settings.Cluster.Name.ShouldBe("demo");
        options.Settings.Cluster.Members.Select(member => member.Endpoint).ShouldBe(["127.0.0.1:4053", "127.0.0.1:4054", "127.0.0.1:4055"]);
        (options.Settings.Akka.Sharding, options.Settings.Akka.MemberEvents, options.Settings.Akka.ClusterClients).ShouldBe((true, MemberEventMode.Stage, true));
    }

    [Fact]
    public void The_sample_of_three_nodes_lacks_only_what_each_process_says_of_itself()
    {
        Config own = ConfigurationFactory.ParseString("akkakv.node { name = node-2, data-directory = \"data/node-2\" }\nakka.remote.dot-netty.tcp.port = 4054");

        AkkaKvOptions options = AkkaKvOptions.FromHocon(own.WithFallback(Sample("three-nodes.conf")).WithFallback(AkkaKvConfig.Base));

        options.Settings.Self.ShouldNotBeNull().Endpoint.ShouldBe("127.0.0.1:4054");
    }

    [Fact]
    public void Every_setting_has_its_name_in_HOCON()
    {
        AkkaKvOptions options = AkkaKvOptions.FromHocon(Of("""
            akkakv {
              cluster { name = c, n = 1, r = 1, w = 1, partitions = 64, members = [{ name = a, endpoint = "h:1", weight = 2.5, zone = z }] }
              node { name = a, loops = 3 }
              store { kind = memory }
              limits { value-bytes-max = 4096, request-timeout-millis = 300 }
              buckets { photos { n = 1, r = 1 } }
              tombstones.allow-short-grace = off
              gossip.interval-millis = 500
            }
            """));

        NodeSettings settings = options.Settings;
        settings.Limits.ValueBytesMax.ShouldBe(4096);
        settings.Limits.RequestTimeoutMillis.ShouldBe(300);
        settings.Buckets["photos"].N.ShouldBe(1);
        settings.Store.Kind.ShouldBe(StoreKind.Memory);
        settings.Self.ShouldNotBeNull().Weight.ShouldBe(2.5);
        settings.Upkeep.GossipInterval.ShouldBe(TimeSpan.FromMilliseconds(500));
        settings.Upkeep.AllowShortGrace.ShouldBeFalse();
    }

    [Fact]
    public void All_that_is_wrong_is_named_at_once_with_its_place()
    {
        var refused = Should.Throw<AkkaKvConfigurationException>(() => AkkaKvOptions.FromHocon(Of("""
            akkakv {
              cluster { partitions = 100, quroum = 3 }
              node.name = a
              akka { sharding = maybe, member-events = 2, sharing = on }
            }
            """)));

        refused.Reasons.ShouldContain(reason => reason.Contains("Cluster:Partitions must be a power of two") && reason.Contains("HOCON akkakv.cluster.partitions"));
        refused.Reasons.ShouldContain(reason => reason.Contains("is no setting (file HOCON akkakv.cluster.quroum)"));
        refused.Reasons.ShouldContain(reason => reason.Contains("Akka:Sharding must be one of true, false; found \"maybe\" (file HOCON akkakv.akka.sharding)"));
        refused.Reasons.ShouldContain(reason => reason.Contains("Akka:MemberEvents must be one of ignore, stage, commit"));
        refused.Reasons.ShouldContain(reason => reason.Contains("akka:sharing is no setting"));
    }

    [Fact]
    public void What_must_fit_together_is_checked_as_everywhere()
    {
        var refused = Should.Throw<AkkaKvConfigurationException>(() => AkkaKvOptions.FromHocon(Of("""
            akkakv.cluster { n = 3, r = 4, members = [{ name = a, endpoint = "h:1" }] }
            akkakv.node.name = b
            """)));

        refused.Message.ShouldContain("Cluster:R must be at most Cluster:N; found R = 4 and N = 3");
        refused.Message.ShouldContain("Node:Name must be one of the members (a); found b");
        Should.Throw<AkkaKvConfigurationException>(() => AkkaKvOptions.FromHocon(Config.Empty)).Message.ShouldContain("Node:Name");
    }

    private static Config Of(string text) => ConfigurationFactory.ParseString(text).WithFallback(AkkaKvConfig.Base);

    private static Config Sample(string name) => ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name)));
}
