using System.Net;
using System.Text;
using System.Text.Json;
using AkkaKv.Api;
using AkkaKv.Server.Http;

namespace AkkaKv.Server.Tests.Http;

public class ChangeRouteTests
{
    private static readonly ClusterFacts Facts = new("shop", "0123456789abcdef", 1, 2);

    [Fact]
    public async Task Changes_tell_who_belongs_and_what_waits()
    {
        await using var server = await TestServer.StartAsync();
        server.Door.Cluster = FakeAkkaKv.Founded with { Phase = "write-both-read-old", Progress = [new MemberProgress("node-1", 7, 6, false, 1, 2, 3, 4, 5, "node-9 is unreachable")], Waiting = "node-9", Workers = [new WorkerInfo(3, "node-1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(60))] };

        var body = await JsonAsync(await server.GetAsync("/cluster/changes"));

        body.GetProperty("epoch").GetInt64().ShouldBe(7);
        body.GetProperty("clusterId").GetString().ShouldBe("00000000000000aa");
        body.GetProperty("phase").GetString().ShouldBe("write-both-read-old");
        body.GetProperty("progress")[0].GetProperty("waiting").GetString().ShouldBe("node-9 is unreachable");
        body.GetProperty("members")[0].GetProperty("endpoint").GetString().ShouldBe("127.0.0.1:7101");
        body.GetProperty("workers")[0].GetProperty("worker").GetInt32().ShouldBe(3);
        body.GetProperty("workers")[0].GetProperty("until").GetDateTimeOffset().Year.ShouldBe(2030);
        server.Door.Cluster = null;
        await (await server.GetAsync("/cluster/changes")).ProblemAsync(503, "not-ready");
    }

    [Theory]
    [InlineData("POST", "/cluster/changes", """{"kind":"join","node":"n4","member":{"name":"n4","endpoint":"h:1"}}""", "stage join n4 h:1")]
    [InlineData("POST", "/cluster/changes", """{"kind":"join","member":{"name":"n4","endpoint":"h:1"}}""", "stage join n4 h:1")]
    [InlineData("POST", "/cluster/changes", """{"kind":"leave","node":"n4","dead":true}""", "stage leave n4 dead")]
    [InlineData("DELETE", "/cluster/changes", """{"node":"n4"}""", "take back leave n4")]
    [InlineData("POST", "/cluster/commit", """{"epoch":7}""", "commit 7")]
    [InlineData("POST", "/cluster/abort", "", "abort")]
    [InlineData("POST", "/cluster/abort", """{"dead":["n4","n5"]}""", "abort n4,n5")]
    public async Task An_order_reaches_the_node(string method, string path, string order, string reached)
    {
        await using var server = await TestServer.StartAsync();

        var body = await JsonAsync(await SendAsync(server, method, path, order));

        body.GetProperty("detail").GetString()!.Trim().ShouldBe(reached);
        body.GetProperty("epoch").GetInt64().ShouldBe(8);
    }

    [Theory]
    [InlineData("/cluster/changes", "{", "must be a JSON object")]
    [InlineData("/cluster/changes", "null", "it is null")]
    [InlineData("/cluster/changes", "{}", "\"kind\"")]
    [InlineData("/cluster/changes", """{"kind":"leave"}""", "\"node\"")]
    [InlineData("/cluster/changes", """{"kind":"join","member":{}}""", "\"member\"")]
    [InlineData("/cluster/commit", "{}", "\"epoch\"")]
    [InlineData("/cluster/abort", """{"dead":null}""", "\"dead\"")]
    [InlineData("/cluster/join", "{}", "\"member\"")]
    public async Task A_body_that_is_no_order_is_refused_with_what_is_missing(string path, string order, string missing)
    {
        await using var server = await TestServer.StartAsync(options => options with { Cluster = Facts });

        var problem = await (await SendAsync(server, "POST", path, order)).ProblemAsync(400, "invalid-body");

        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(missing);
    }

    [Fact]
    public async Task A_refusal_and_silence_are_told_apart()
    {
        await using var server = await TestServer.StartAsync();
        server.Door.Order = _ => new ChangeReply(Done: false, "Epoch 7 is over.", 9);
        (await (await SendAsync(server, "POST", "/cluster/commit", """{"epoch":7}""")).ProblemAsync(409, "change-refused"))
            .GetProperty("detail").GetString().ShouldBe("Epoch 7 is over.");
        server.Door.Order = _ => new ChangeReply(Done: false, "Nobody said.", 0, IsKnown: false);
        (await (await SendAsync(server, "POST", "/cluster/commit", """{"epoch":7}""")).ProblemAsync(503, "not-ready"))
            .GetProperty("outcome").GetString().ShouldBe("indeterminate");
    }

    [Fact]
    public async Task A_plan_is_shown_or_why_there_is_none()
    {
        await using var server = await TestServer.StartAsync();
        await (await server.GetAsync("/cluster/plan")).ProblemAsync(409, "no-plan");
        server.Door.Plan = new PlanReply(new ChangePlanInfo(7, [], 5, 4, [new MoveInfo("a", "b", 5)], [], [new LoadInfo("a", "", 1, 64, 1)], ["w"]), "");
        var plan = await JsonAsync(await server.GetAsync("/cluster/plan"));
        plan.GetProperty("moves")[0].GetProperty("partitions").GetInt32().ShouldBe(5);
        plan.GetProperty("warnings")[0].GetString().ShouldBe("w");
    }

    [Fact]
    public async Task A_node_that_joins_is_staged_and_told_the_configuration()
    {
        await using var server = await TestServer.StartAsync(options => options with { Cluster = Facts });
        var staged = new List<string>();
        server.Door.Order = order =>
        {
            staged.Add(order);
            return new ChangeReply(Done: true, order, 8);
        };

        var body = await JsonAsync(await JoinAsync(server));

        staged.ShouldBe(["stage join n4 h:1"]);
        body.GetProperty("state").GetString().ShouldBe("staged");
        body.GetProperty("cluster").GetString().ShouldBe("shop");
        body.GetProperty("partitions").GetInt32().ShouldBe(64);
        body.GetProperty("configuration").GetString().ShouldBe(Convert.ToBase64String([1, 2, 3]));
        server.Door.Cluster = FakeAkkaKv.Founded with { Staged = [new ClusterChange("join", "n4", new ClusterMember("n4", "h:1"))] };
        (await JsonAsync(await JoinAsync(server))).GetProperty("state").GetString().ShouldBe("staged");
        server.Door.Cluster = FakeAkkaKv.Founded with { Next = [new ClusterMember("n4", "h:1")] };
        (await JsonAsync(await JoinAsync(server))).GetProperty("state").GetString().ShouldBe("joining");
        staged.Count.ShouldBe(1, "nothing is staged twice");
    }

    [Theory]
    [InlineData("wrong-cluster", 409, "n4", "bank", 2, "0123456789abcdef")]
    [InlineData("wrong-version", 409, "n4", "shop", 1, "0123456789abcdef")]
    [InlineData("wrong-secret", 409, "n4", "shop", 2, "fedcba9876543210")]
    [InlineData("name-taken", 409, "node-1", "shop", 2, "0123456789abcdef")]
    public async Task A_node_that_does_not_fit_is_told_the_reason(string reason, int status, string name, string cluster, int version, string secret)
    {
        await using var server = await TestServer.StartAsync(options => options with { Cluster = Facts });

        var problem = await (await JoinAsync(server, name, cluster, version, secret)).ProblemAsync(status, "join-refused");

        problem.GetProperty("reason").GetString().ShouldBe(reason);
    }

    [Fact]
    public async Task A_cluster_that_is_not_founded_takes_nobody_in_yet()
    {
        await using var server = await TestServer.StartAsync(options => options with { Cluster = Facts });
        server.Door.Cluster = FakeAkkaKv.Founded with { ClusterId = "", Waiting = "node-2 is missing." };

        var problem = await (await JoinAsync(server)).ProblemAsync(503, "join-refused");

        problem.GetProperty("reason").GetString().ShouldBe("not-founded");
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("node-2 is missing.");
    }

    [Fact]
    public void A_fingerprint_tells_secrets_apart()
    {
        ClusterFacts.FingerprintOf("a"u8).ShouldMatch("^[0-9a-f]{16}$");
        ClusterFacts.FingerprintOf("a"u8).ShouldNotBe(ClusterFacts.FingerprintOf("b"u8));
    }

    private static Task<HttpResponseMessage> JoinAsync(
        TestServer server, string name = "n4", string cluster = "shop", int version = 2, string secret = "0123456789abcdef") => SendAsync(
        server,
        "POST",
        "/cluster/join",
        $$"""{"cluster":"{{cluster}}","member":{"name":"{{name}}","endpoint":"h:1","storeId":"00000000000000cc"},"protocolMin":1,"protocolMax":{{version}},"secretFingerprint":"{{secret}}"}""");

    private static Task<HttpResponseMessage> SendAsync(TestServer server, string method, string path, string body) =>
        server.SendAsync(method, path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
