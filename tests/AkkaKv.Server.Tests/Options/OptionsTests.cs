using System.Collections;
using System.Net;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Settings;
using AkkaKv.Server.Launch;
using Microsoft.Extensions.Logging;

namespace AkkaKv.Server.Tests.Options;

public sealed class OptionsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("akkakv-options-").FullName;
    private readonly Hashtable variables = [];

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Defaults_are_complete()
    {
        var options = Read().Options!;
        options.Cluster.Partitions.ShouldBe(256);
        (options.Cluster.N, options.Cluster.R, options.Cluster.W).ShouldBe((3, 2, 2));
        options.Node.Name.ShouldBeNull();
        options.Node.DataDirectory.ShouldBe(Path.GetFullPath("data"));
        options.Store.Kind.ShouldBe(StoreKind.Log);
        options.Store.Durability.ShouldBe(StoreDurability.Always);
        options.Limits.ValueBytesMax.ShouldBe(1 << 20);
        options.Limits.SiblingsMax.ShouldBe(100);
        options.LogLevel.ShouldBe(LogLevel.Information);
    }

    [Fact]
    public void Flags_beat_environment_beats_file_beats_default_and_each_has_its_origin()
    {
        var file = File("""{ "Cluster": { "R": 1, "W": 1, "N": 2 }, /* why not */ "Limits": { "SiblingsMax": 50 }, }""");
        variables["AKKAKV__CLUSTER__W"] = "2";
        variables["AKKAKV__Cluster__N"] = "4";
        variables["HOME"] = "/nowhere";
        var result = Read("--Cluster:N=5");
        (result.Options!.Cluster.N, result.Options.Cluster.R, result.Options.Cluster.W).ShouldBe((5, 1, 2));
        Origin(result, "Cluster:N").ShouldBe("flag --Cluster:N");
        Origin(result, "Cluster:W").ShouldBe("environment AKKAKV__CLUSTER__W");
        Origin(result, "Cluster:R").ShouldBe("file " + file);
        Origin(result, "Cluster:Partitions").ShouldBe("default");
    }

    [Theory]
    [InlineData("--Clustr:N=3", "Clustr:N is no setting (flag --Clustr:N). Did you mean Cluster:N?")]
    [InlineData("--Store:Durabilty=none", "Did you mean Store:Durability?")]
    [InlineData("--Buckets:carts:RR=1", "Did you mean Buckets:carts:")]
    [InlineData("--nod=x", "--nod is no flag. Did you mean --node?")]
    [InlineData("--Store=log", "--Store is no flag")]
    [InlineData("start", "\"start\" is no command")]
    public void What_is_unknown_is_an_error_that_names_the_nearest(string flag, string error) =>
        Read(flag).Errors.ShouldHaveSingleItem().ShouldContain(error);

    [Fact]
    public void What_is_unknown_is_found_in_every_source_and_all_of_it_at_once()
    {
        var file = File("""{ "Cluster": { "Partitons": 16 }, "Limits": { "SiblingsMax": -1 } }""");
        variables["AKKAKV__STORE__KIN"] = "log";
        var result = Read("--Cluster:W=many", "--bogus");
        result.Options.ShouldBeNull();
        result.Errors.Count.ShouldBe(5);
        result.Errors.ShouldContain(error => error.Contains($"Cluster:Partitons is no setting (file {file}). Did you mean Cluster:Partitions?"));
        result.Errors.ShouldContain(error => error.Contains("STORE:KIN is no setting (environment AKKAKV__STORE__KIN). Did you mean Store:Kind?"));
        result.Errors.ShouldContain(error => error.Contains("Limits:SiblingsMax must be a whole number from 1 to 10000; found \"-1\" (file "));
        result.Errors.ShouldContain(error => error.Contains("Cluster:W must be a whole number from 1 to 15; found \"many\" (flag --Cluster:W)"));
        result.Errors.ShouldContain(error => error.Contains("--bogus"));
    }

    [Theory]
    [InlineData("--Cluster:Partitions=100", "a power of two")]
    [InlineData("--Cluster:R=4", "Cluster:R must be at most Cluster:N; found R = 4 and N = 3")]
    [InlineData("--Cluster:W=4", "Cluster:W must be at most Cluster:N")]
    [InlineData("--Buckets:carts:N=1", "Buckets:carts:R must be at most the bucket's N; found R = 2 and N = 1")]
    [InlineData("--Store:Kind=disk", "one of log, memory")]
    [InlineData("--Store:SegmentBytes=1048576", "at least twice Limits:ValueBytesMax")]
    [InlineData("--Limits:ValueBytesMax=16777217", "from 1 to 16777216")]
    [InlineData("--Limits:RequestBytesInFlightMax=5", "at least one value")]
    [InlineData("--Limits:SiblingsWarn=101", "at most Limits:SiblingsMax")]
    [InlineData("--Cluster:ContextSecret=short", "at least 16 characters; found something shorter")]
    [InlineData("--node=node-1", "no members are configured")]
    [InlineData("--member=name=a", "must have a Name and an Endpoint")]
    [InlineData("--member=name", "--member must be name=")]
    [InlineData("--member=name=a,endpoint=nowhere", "host:port")]
    [InlineData("--member=name=a,endpoint=h:1,http=ftp://h", "a URL")]
    [InlineData("--Cluster:N", "must be followed by a value")]
    [InlineData("--Gossip:IntervalMillis=50", "a whole number from 100 to 10000")]
    [InlineData("--Gossip:PhiThreshold=0.5", "a number from 1 to 100")]
    [InlineData("--Hints:BytesMax=1", "a whole number from 1048576 to")]
    [InlineData("--Hints:LifetimeSeconds=86400", "Hints:LifetimeSeconds must be less than Tombstones:GraceSeconds; found 86400 and 86400. A hint that outlives the grace")]
    [InlineData("--Tombstones:GraceSeconds=299", "Tombstones:GraceSeconds must be at least 300; found 299. A request that is still on its way")]
    [InlineData("--AntiEntropy:Window=1:00-2:00", "as in 01:00-05:30")]
    [InlineData("--AntiEntropy:Window=01:00-25:00", "as in 01:00-05:30")]
    [InlineData("--Limits:RequestsPerLoopMax=0", "a whole number from 1 to")]
    [InlineData("--Metrics:OtlpEndpoint=collector", "an http or https URL")]
    public void What_is_invalid_says_what_is_required_and_found(string flag, string error) =>
        Read(flag).Errors.ShouldContain(one => one.Contains(error));

    [Fact]
    public void Upkeep_reaches_the_options_and_the_actors()
    {
        var upkeep = Read(
            "--Gossip:IntervalMillis=2000", "--Gossip:PhiThreshold=7.5", "--Gossip:AcceptablePauseMillis=10000", "--Hints:BytesMax=2097152",
            "--Hints:LifetimeSeconds=60", "--AntiEntropy:IntervalSeconds=30", "--AntiEntropy:Window=22:00-04:30", "--Tombstones:GraceSeconds=61",
            "--Tombstones:SweepIntervalSeconds=5", "--Tombstones:AllowShortGrace=true").Options!.Upkeep;
        var self = new NodeId("a");
        var plain = new NodeOptions(
            self, new RingTopology(1, 1, 1, [new RingMember(self, 1, "")]), new GatewayOptions { ContextSecret = new byte[16], Places = [] }, new ReplicaOptions(100));

        var actors = UpkeepPlan.Apply(plain, upkeep);

        actors.Membership.Require();
        actors.Membership.Tick.ShouldBe(TimeSpan.FromSeconds(2));
        actors.Membership.Phi.Threshold.ShouldBe(7.5);
        actors.Membership.Phi.AcceptablePause.ShouldBe(TimeSpan.FromSeconds(10));
        actors.Membership.Phi.NoProgressMax.ShouldBe(TimeSpan.FromSeconds(60));
        (actors.Hints.BytesMax, actors.Hints.Lifetime).ShouldBe((2L << 20, TimeSpan.FromMinutes(1)));
        actors.AntiEntropy.Interval.ShouldBe(TimeSpan.FromSeconds(30));
        actors.AntiEntropy.Window.ShouldBe(new DailyWindow(new TimeOnly(22, 0), new TimeOnly(4, 30)));
        (actors.Reaping.Grace, actors.Reaping.SweepInterval).ShouldBe((TimeSpan.FromSeconds(61), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void The_defaults_of_upkeep_are_the_actors_own()
    {
        var self = new NodeId("a");
        var plain = new NodeOptions(
            self, new RingTopology(1, 1, 1, [new RingMember(self, 1, "")]), new GatewayOptions { ContextSecret = new byte[16], Places = [] }, new ReplicaOptions(100));
        var options = Read().Options!;

        // Compared as text: records with lists in them are equal only to themselves.
        UpkeepPlan.Apply(plain, options.Upkeep).ToString().ShouldBe(plain.ToString());
        options.Limits.RequestsPerLoopMax.ShouldBe(plain.Gateway.RequestsMax);
    }

    [Fact]
    public void The_usual_variable_names_a_collector_and_our_own_name_wins()
    {
        Read().Options!.Metrics.OtlpEndpoint.ShouldBeNull();
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://one:4318";
        var one = Read();
        variables["AKKAKV__METRICS__OTLPENDPOINT"] = "http://two:4318";
        var two = Read();

        one.Options!.Metrics.OtlpEndpoint.ShouldBe(new Uri("http://one:4318"));
        Origin(one, "Metrics:OtlpEndpoint").ShouldBe("environment OTEL_EXPORTER_OTLP_ENDPOINT");
        two.Options!.Metrics.OtlpEndpoint.ShouldBe(new Uri("http://two:4318"));
    }

    [Fact]
    public void A_node_listens_where_its_member_entry_says()
    {
        var options = Read([.. Members(3), "--node", "node-2", "--data", "/tmp/x"]).Options!;
        options.Self!.Zone.ShouldBe("z2");
        options.Self.Weight.ShouldBe(1.5);
        options.Node.HttpListen.ShouldBe(IPEndPoint.Parse("127.0.0.1:7002"));
        options.Node.PeerListen.ShouldBe(IPEndPoint.Parse("127.0.0.1:7102"));
        options.Node.DataDirectory.ShouldBe("/tmp/x");
        options.Cluster.Members.Select(member => member.Name).ShouldBe(["node-1", "node-2", "node-3"]);
    }

    [Fact]
    public void A_host_name_is_never_taken_for_an_address_to_listen_on()
    {
        string[] named = ["--Cluster:N=1", "--Cluster:R=1", "--Cluster:W=1", "--node=a", "--member=name=a,endpoint=kv.example:7101,http=http://kv.example:7001"];
        Read(named).Errors.ShouldBe(
        [
            "the Http of member a is http://kv.example:7001, a name and not an address: say with Node:HttpListen which address to listen on, as in 0.0.0.0:7001.",
            "the Endpoint of member a is kv.example:7101, a name and not an address: say with Node:PeerListen which address to listen on, as in 0.0.0.0:7101.",
        ]);
        var options = Read([.. named, "--Node:HttpListen=0.0.0.0:7001", "--Node:PeerListen=10.0.0.1:7101"]).Options!;
        options.Node.HttpListen!.Address.ShouldBe(IPAddress.Any);
        options.Node.PeerListen!.ToString().ShouldBe("10.0.0.1:7101");
    }

    [Fact]
    public void Members_come_all_from_the_highest_source()
    {
        File("""{ "Cluster": { "Members": [ { "Name": "a", "Endpoint": "h:1" }, { "Name": "b", "Endpoint": "h:2" }, { "Name": "c", "Endpoint": "h:3", "Weight": 2 } ] } }""");
        Read().Options!.Cluster.Members[2].Weight.ShouldBe(2);
        Read(Members(3)).Options!.Cluster.Members.Select(member => member.Name).ShouldBe(["node-1", "node-2", "node-3"]);
    }

    [Fact]
    public void Members_must_be_distinct_enough_and_contain_the_node()
    {
        Read("--member=name=a,endpoint=h:1", "--member=name=a,endpoint=h:1").Errors.Count.ShouldBe(3);
        Read([.. Members(3), "--node=node-4"]).Errors.ShouldHaveSingleItem().ShouldContain("found node-4. Did you mean node-1?");
        Read([.. Members(2)]).Errors.ShouldHaveSingleItem().ShouldContain("Cluster:N must be at most the number of members; found N = 3 and 2 members");
    }

    [Fact]
    public void Buckets_have_their_own_defaults_and_keep_their_case()
    {
        variables["AKKAKV__BUCKETS__Carts__W"] = "3";
        var buckets = Read("--Buckets:carts:N=3", "--Buckets:Carts:R=1").Options!.Buckets;
        buckets["Carts"].ShouldBe(new BucketOptions(null, 1, 3));
        buckets["carts"].ShouldBe(new BucketOptions(3));
    }

    [Fact]
    public void A_file_that_is_missing_or_none_is_an_error_only_when_it_was_named()
    {
        Read().Errors.ShouldBeEmpty();
        Read("--config", "gone.json").Errors.ShouldHaveSingleItem().ShouldContain("gone.json cannot be read");
        File("{ nonsense");
        Read().Errors.ShouldHaveSingleItem().ShouldContain("appsettings.json must be JSON");
        File("""{ "Cluster": { "N": 1, "N": 2 } }""");
        Read().Errors.ShouldHaveSingleItem().ShouldContain("must be JSON");
        File("[]");
        Read().Errors.ShouldHaveSingleItem().ShouldContain("one JSON object");
    }

    [Fact]
    public void Config_show_prints_every_setting_its_value_and_origin_and_no_secret()
    {
        variables["AKKAKV__CLUSTER__CONTEXTSECRET"] = "a very secret secret";
        var text = SettingsTable.Format(Read([.. Members(3), "--Buckets:carts:R=1"]));
        foreach (var definition in SettingsCatalog.All.Where(definition => !definition.Open))
            text.ShouldContain(definition.Name);
        text.ShouldNotContain("very secret");
        var lines = text.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        lines.ShouldContain("Cluster:Partitions 256 default");
        lines.ShouldContain("Cluster:ContextSecret (secret) environment AKKAKV__CLUSTER__CONTEXTSECRET");
        lines.ShouldContain("Cluster:Members:1:Name node-2 flag --member");
        lines.ShouldContain("Buckets:carts:R 1 flag --Buckets:carts:R");
        lines.ShouldContain("Node:Name (unset) default");
    }

    [Fact]
    public void The_documentation_lists_every_setting_with_its_default()
    {
        var text = System.IO.File.ReadAllText(Path.Combine(Root(), "docs", "configuration.md"));
        foreach (var definition in SettingsCatalog.All)
            text.ShouldContain($"| `{definition.Name}` | {(definition.Default is { Length: > 0 } value ? $"`{value}`" : "")} |".Replace("|  |", "| |"));
    }

    internal static string[] Members(int count) =>
        [.. Enumerable.Range(1, count).Select(index => $"--member=name=node-{index},endpoint=127.0.0.1:710{index},http=http://localhost:700{index},zone=z{index},weight=1.5")];

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(at!.FullName, "AkkaKv.sln")))
            at = at.Parent;
        return at.FullName;
    }

    private string File(string text)
    {
        var path = Path.Combine(directory, Configuration.DefaultFile);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private OptionsResult Read(params string[] arguments) => Configuration.Read(CommandLine.Parse(arguments), variables, directory);

    private static string Origin(OptionsResult result, string name) => result.Settings.Single(setting => setting.Name == name).Origin.ToString();
}
