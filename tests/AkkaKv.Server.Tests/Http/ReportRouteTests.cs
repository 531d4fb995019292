using System.Net;
using System.Text.Json;
using AkkaKv.Api;

namespace AkkaKv.Server.Tests.Http;

public class ReportRouteTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Members_have_their_health()
    {
        var health = new MemberHealth(
            "suspected", 9.5, TimeSpan.FromMilliseconds(12_345), TimeSpan.FromMilliseconds(-7), Start, 3, 400, TimeSpan.FromMinutes(2), 5, 6);
        await using var server = await ServerOf(NodeReport.Nothing with { Members = [FakeAkkaKv.Self with { Health = health }], IsComplete = true });

        string text = await server.Client.GetStringAsync("/cluster/members");

        text.ShouldBe(string.Concat(
            """{"members":[{"name":"node-1","endpoint":"127.0.0.1:7101","httpEndpoint":"http://127.0.0.1:7001",""",
            """ "zone":"","weight":1,"reachable":true,"self":true,"partitions":2,"health":{"state":"suspected","phi":9.5,""".TrimStart(),
            """ "heartbeatAge":"12345ms","clockSkew":"-7ms","since":"2026-11-22T10:00:00+00:00","hintsPending":3,"hintBytes":400,""".TrimStart(),
            """ "sinceExchange":"120000ms","differingKeys":5,"partitionsNeverCompared":6}}],"isComplete":true}""".TrimStart()));
    }

    [Fact]
    public async Task Hints_and_tombstones_are_listed()
    {
        await using var server = await ServerOf(NodeReport.Nothing with
        {
            Hints = [new HintsInfo("node-2", 3, 40, TimeSpan.FromHours(1)), new HintsInfo("node-3", 4, 50, TimeSpan.Zero)],
            Reaping = new ReapInfo(9, [new ReapReason("grace", 7), new ReapReason("a member is away", 2)]),
            IsComplete = true,
        });

        (await server.Client.GetStringAsync("/cluster/hints")).ShouldBe(
            """{"hints":[{"target":"node-2","keys":3,"bytes":40,"oldestAge":"3600000ms"},{"target":"node-3","keys":4,"bytes":50,"oldestAge":"0ms"}],"keys":7,"bytes":90,"isComplete":true}""");
        (await server.Client.GetStringAsync("/cluster/tombstones")).ShouldBe(
            """{"dead":9,"waiting":[{"reason":"grace","keys":7},{"reason":"a member is away","keys":2}],"isComplete":true}""");
    }

    [Theory]
    [InlineData("/cluster/members")]
    [InlineData("/cluster/hints")]
    [InlineData("/cluster/tombstones")]
    [InlineData("/cluster/report")]
    [InlineData("/cluster/repair")]
    public async Task A_part_that_did_not_answer_is_said_to_be_missing(string path)
    {
        await using var server = await ServerOf(NodeReport.Nothing);

        var body = JsonDocument.Parse(await server.Client.GetStringAsync(path)).RootElement;

        body.GetProperty("isComplete").GetBoolean().ShouldBeFalse();
        if (path == "/cluster/repair")
            body.GetProperty("state").GetString().ShouldBe("unknown");
    }

    [Fact]
    public async Task The_report_has_everything_of_one_node()
    {
        var counters = new SortedDictionary<string, long> { ["read_repairs"] = 12 };
        await using var server = await ServerOf(NodeReport.Nothing with
        {
            AntiEntropy = new AntiEntropyInfo(1024, TimeSpan.FromMilliseconds(2), "node-3 is away"),
            Repair = Repair(finished: true),
            Counters = counters,
        });

        var body = JsonDocument.Parse(await server.Client.GetStringAsync("/cluster/report")).RootElement;

        body.GetProperty("antiEntropy").GetProperty("pause").GetString().ShouldBe("2ms");
        body.GetProperty("antiEntropy").GetProperty("waitingFor").GetString().ShouldBe("node-3 is away");
        body.GetProperty("repair").GetProperty("partitionsDone").GetInt32().ShouldBe(8);
        body.GetProperty("counters").GetProperty("read_repairs").GetInt64().ShouldBe(12);
    }

    [Fact]
    public async Task A_repair_is_started_then_joined_then_started_anew()
    {
        await using var server = await ServerOf(NodeReport.Nothing with { IsComplete = true });
        server.Door.Repair = () => Repair(finished: false);

        var none = JsonDocument.Parse(await server.Client.GetStringAsync("/cluster/repair")).RootElement;
        var first = await StartAsync(server);
        var second = await StartAsync(server);
        server.Door.Report = server.Door.Report with { Repair = Repair(finished: true) };
        var done = JsonDocument.Parse(await server.Client.GetStringAsync("/cluster/repair")).RootElement;
        var third = await StartAsync(server);

        none.GetProperty("state").GetString().ShouldBe("none");
        none.TryGetProperty("repair", out _).ShouldBeFalse();
        first.GetProperty("joined").GetBoolean().ShouldBeFalse();
        first.GetProperty("state").GetString().ShouldBe("running");
        first.GetProperty("repair").GetProperty("waitingFor").GetString().ShouldBe("node-3 is away");
        second.GetProperty("joined").GetBoolean().ShouldBeTrue();
        done.GetProperty("state").GetString().ShouldBe("done");
        third.GetProperty("joined").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_that_does_not_say_whether_it_repairs_is_a_problem_that_may_be_retried()
    {
        await using var server = await TestServer.StartAsync();

        var problem = await (await server.SendAsync("POST", "/cluster/repair", null)).ProblemAsync(503, "not-ready");

        problem.GetProperty("retryable").GetBoolean().ShouldBeTrue();
        problem.GetProperty("outcome").GetString().ShouldBe("indeterminate");
    }

    [Fact]
    public async Task What_is_not_understood_is_refused()
    {
        await using var server = await TestServer.StartAsync();

        foreach (string path in new[] { "hints", "repair", "tombstones", "report" })
        {
            var problem = await (await server.GetAsync($"/cluster/{path}?node=x")).ProblemAsync(400, "invalid-query");
            problem.GetProperty("parameter").GetString().ShouldBe("node");
            await (await server.SendAsync("DELETE", $"/cluster/{path}", null)).ProblemAsync(405, "method-not-allowed");
        }

        await (await server.SendAsync("POST", "/cluster/repair", new StringContent("{}"))).ProblemAsync(400, "unexpected-body");
        await (await server.SendAsync("POST", "/cluster/hints", null)).ProblemAsync(405, "method-not-allowed");
    }

    private static Task<TestServer> ServerOf(NodeReport report) => TestServer.StartAsync(door: new FakeAkkaKv { Report = report });

    private static RepairInfo Repair(bool finished) =>
        new(Start, finished ? Start + TimeSpan.FromMinutes(1) : null, 8, 8, 1, 2, 3, 0, finished ? "" : "node-3 is away");

    private static async Task<JsonElement> StartAsync(TestServer server)
    {
        var answer = await server.SendAsync("POST", "/cluster/repair", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
