using System.Net;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Server.Http;
using AkkaKv.Server.Metrics;
using AkkaKv.Server.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace AkkaKv.Server.Tests.Metrics;

public sealed class NodeMetricsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Every_figure_of_a_report_is_shown()
    {
        var door = new FakeAkkaKv
        {
            Report = Report(),
            Health = new NodeHealth("node-1", Ready: true, [], new Dictionary<string, string> { ["keys"] = "42", ["kind"] = "log", ["commits"] = "6" }),
        };
        using var metrics = new NodeMetrics(door);

        await metrics.RefreshAsync(CancellationToken.None);

        string[] samples = [.. Exposition.Of(metrics.Meter).Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        samples.ShouldBe(
        [
            "akkakv_clock_skew_seconds{member=\"node-2\"} -0.25",
            "akkakv_differing_keys{member=\"node-2\"} 5",
            "akkakv_exchange_age_seconds{member=\"node-2\"} 120",
            "akkakv_exchange_pause_seconds 0.002",
            "akkakv_heartbeat_age_seconds{member=\"node-2\"} 1.5",
            "akkakv_hint_bytes{target=\"node-2\"} 400",
            "akkakv_hint_oldest_age_seconds{target=\"node-2\"} 60",
            "akkakv_hints_pending{target=\"node-2\"} 3",
            "akkakv_hints_stored_total 17",
            "akkakv_member_reachable{member=\"node-1\"} 1",
            "akkakv_member_reachable{member=\"node-2\"} 0",
            "akkakv_partitions_never_compared{member=\"node-2\"} 6",
            "akkakv_phi{member=\"node-2\"} 9.5",
            "akkakv_read_repairs_total 12",
            "akkakv_ready 1",
            "akkakv_repair_running 0",
            "akkakv_report_complete 1",
            "akkakv_store_commits_total 6",
            "akkakv_store_keys 42",
            "akkakv_tombstones_waiting{reason=\"the grace\"} 7",
            "akkakv_tree_bytes 1024",
        ]);
    }

    [Fact]
    public async Task What_a_node_no_longer_says_is_no_longer_shown()
    {
        var door = new FakeAkkaKv { Report = Report() };
        using var metrics = new NodeMetrics(door);
        await metrics.RefreshAsync(CancellationToken.None);

        door.Report = NodeReport.Nothing;
        await metrics.RefreshAsync(CancellationToken.None);

        string text = Exposition.Of(metrics.Meter);
        text.ShouldContain("akkakv_report_complete 0");
        text.ShouldNotContain("akkakv_phi");
        text.ShouldNotContain("akkakv_read_repairs_total");
    }

    [Fact]
    public void Every_counter_of_the_actors_is_a_metric_with_a_meaning()
    {
        string[] actors = [.. Enum.GetNames<Counter>().Select(name => string.Concat(name.Select((c, at) => char.IsUpper(c) && at > 0 ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString())))];

        MetricCatalog.Counters.Select(counter => counter.Source).ShouldBe(actors, ignoreOrder: true);
    }

    [Fact]
    public void The_documentation_lists_every_metric()
    {
        string text = File.ReadAllText(Path.Combine(Root(), "docs", "operations.md"));
        using var metrics = new NodeMetrics(new FakeAkkaKv());
        var names = new List<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter, metrics.Meter))
                    names.Add(instrument.Name);
            },
        };
        listener.Start();

        names.Count.ShouldBeGreaterThan(30);
        foreach (string name in names)
            text.ShouldContain($"`{name}`");
    }

    [Fact]
    public async Task Prometheus_is_answered_in_its_own_format()
    {
        var door = new FakeAkkaKv { Report = Report() };
        var options = new HttpFacadeOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), LogLevel = LogLevel.None };
        using var metrics = new NodeMetrics(door);
        await using WebApplication app = HttpFacade.Build(options, door, TimeProvider.System);
        MetricsRoute.Map(app, metrics);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var answer = await client.GetAsync("/metrics");
        var refused = await client.PostAsync("/metrics", null);

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\n# TYPE akkakv_phi gauge\nakkakv_phi{member=\"node-2\"} 9.5\n");
        await refused.ProblemAsync(405, "method-not-allowed");
    }

    internal static NodeReport Report()
    {
        var health = new MemberHealth(
            "suspected", 9.5, TimeSpan.FromSeconds(1.5), TimeSpan.FromMilliseconds(-250), Start, 3, 400, TimeSpan.FromMinutes(2), 5, 6);
        MemberInfo other = FakeAkkaKv.Self with { Name = "node-2", Self = false, Reachable = false, Health = health };
        return new NodeReport(
            [FakeAkkaKv.Self, other],
            [new HintsInfo("node-2", 3, 400, TimeSpan.FromMinutes(1))],
            new ReapInfo(7, [new ReapReason("the grace", 7)]),
            new AntiEntropyInfo(1024, TimeSpan.FromMilliseconds(2), ""),
            null,
            IsComplete: true)
        {
            Counters = new SortedDictionary<string, long> { ["read_repairs"] = 12, ["hints_stored"] = 17 },
        };
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "AkkaKv.sln")))
            at = at.Parent;
        return at.FullName;
    }
}
