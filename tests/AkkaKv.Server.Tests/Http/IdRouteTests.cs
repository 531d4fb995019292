using System.Text.Json;
using AkkaKv.Api;

namespace AkkaKv.Server.Tests.Http;

public class IdRouteTests
{
    [Theory]
    [InlineData("/ids/snowflake", 1)]
    [InlineData("/ids/ticket?count=3", 3)]
    [InlineData("/ids/increment?count=10000", 10_000)]
    [InlineData("/ids/uuid-v4?count=2", 2)]
    [InlineData("/ids/uuid-v7", 1)]
    public async Task Ids_are_text_and_as_many_as_asked_for(string path, int count)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.GetAsync(path);

        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("Cache-Control").ShouldBe("no-store");
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        body.GetProperty("count").GetInt32().ShouldBe(count);
        body.GetProperty("scheme").GetString().ShouldBe(path.Split('/', '?')[2]);
        body.GetProperty("ids").EnumerateArray().Select(id => id.GetString()).Distinct().Count().ShouldBe(count);
        body.TryGetProperty("warning", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("count=0", "count", null)]
    [InlineData("count=10001", "count", null)]
    [InlineData("count=-1", "count", null)]
    [InlineData("count=x", "count", null)]
    [InlineData("count=", "count", null)]
    [InlineData("count=1&count=2", "count", null)]
    [InlineData("cuont=3", "cuont", "count")]
    public async Task What_is_not_understood_is_refused(string query, string parameter, string? suggestion)
    {
        await using var server = await TestServer.StartAsync();

        var problem = await (await server.GetAsync("/ids/snowflake?" + query)).ProblemAsync(400, "invalid-query");

        problem.GetProperty("parameter").GetString().ShouldBe(parameter);
        if (suggestion is not null)
            problem.GetProperty("suggestion").GetString().ShouldBe(suggestion);
    }

    [Fact]
    public async Task An_unknown_scheme_names_the_known_ones()
    {
        await using var server = await TestServer.StartAsync();

        var problem = await (await server.GetAsync("/ids/snowflakes")).ProblemAsync(404, "unknown-scheme");

        problem.GetProperty("suggestion").GetString().ShouldBe("snowflake");
        problem.GetProperty("allowed").GetString()!.ShouldContain("uuid-v7");
    }

    [Fact]
    public async Task An_id_is_taken_apart()
    {
        await using var server = await TestServer.StartAsync();

        (await server.Client.GetStringAsync("/ids/snowflake/9223372036854775807")).ShouldBe(
            """{"id":"9223372036854775807","time":"2027-01-02T03:04:05.678+00:00","unixMillis":1798859045678,"datacenter":1,"machine":2,"sequence":3}""");
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("-1")]
    [InlineData("12x")]
    [InlineData("0x10")]
    public async Task What_is_no_id_is_refused(string id)
    {
        await using var server = await TestServer.StartAsync();

        (await (await server.GetAsync("/ids/snowflake/" + id)).ProblemAsync(400, "invalid-id")).GetProperty("found").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task Other_methods_and_parameters_are_refused()
    {
        await using var server = await TestServer.StartAsync();

        await (await server.SendAsync("POST", "/ids/snowflake", null)).ProblemAsync(405, "method-not-allowed");
        await (await server.GetAsync("/ids/snowflake/1?count=2")).ProblemAsync(400, "invalid-query");
        await (await server.GetAsync("/ids")).ProblemAsync(404, "unknown-route");
    }

    [Fact]
    public async Task A_refusal_of_the_node_is_a_problem_that_may_be_retried()
    {
        var error = new KvError(KvErrorCode.IdsUnavailable, "The wall clock is 1,000 ms behind.", Retryable: true, Nodes: ["node-1"]);
        await using var server = await TestServer.StartAsync(door: new FakeAkkaKv { Ids = new FakeIds { Answer = IdsReply.Failed(error) } });

        var answer = await server.GetAsync("/ids/snowflake");
        var problem = await answer.ProblemAsync(503, "ids-unavailable");

        problem.GetProperty("retryable").GetBoolean().ShouldBeTrue();
        problem.GetProperty("detail").GetString()!.ShouldContain("1,000 ms behind");
        answer.Header("Retry-After").ShouldBe("1");
    }

    [Fact]
    public async Task A_warning_is_passed_on()
    {
        var door = new FakeAkkaKv { Ids = new FakeIds { Answer = new IdsReply(["5"], Warning: "The bits of time run out.") } };
        await using var server = await TestServer.StartAsync(door: door);

        (await server.Client.GetStringAsync("/ids/snowflake")).ShouldBe(
            """{"scheme":"snowflake","count":1,"ids":["5"],"warning":"The bits of time run out."}""");
    }
}
