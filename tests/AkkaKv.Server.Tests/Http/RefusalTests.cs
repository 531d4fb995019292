using System.Net;
using AkkaKv.Api;
using AkkaKv.Server.Http;

namespace AkkaKv.Server.Tests.Http;

public class RefusalTests
{
    public static TheoryData<KvErrorCode, int> Statuses => new()
    {
        { KvErrorCode.InvalidBucket, 400 },
        { KvErrorCode.InvalidKey, 400 },
        { KvErrorCode.InvalidMetadata, 400 },
        { KvErrorCode.InvalidQuorum, 400 },
        { KvErrorCode.InvalidTimeout, 400 },
        { KvErrorCode.InvalidContext, 400 },
        { KvErrorCode.ValueTooLarge, 413 },
        { KvErrorCode.TooManySiblings, 409 },
        { KvErrorCode.TooManyActors, 409 },
        { KvErrorCode.Busy, 429 },
        { KvErrorCode.NotEnoughReplicas, 503 },
        { KvErrorCode.QuorumNotReached, 503 },
        { KvErrorCode.StoreReadOnly, 503 },
        { KvErrorCode.NotReady, 503 },
        { KvErrorCode.DataCorrupt, 500 },
        { KvErrorCode.IdsUnavailable, 503 },
        { KvErrorCode.InvalidCount, 400 },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Each_error_of_the_door_has_its_status_and_type(KvErrorCode code, int status)
    {
        await using var server = await TestServer.StartAsync();
        var error = new KvError(code, "Why.", KvOutcome.Indeterminate, Retryable: true, Needed: 2, Got: 1, Nodes: ["node-2"]);
        server.Door.Error = error;
        foreach (var answer in new[] { await server.PutAsync("/kv/b/k", "v"), await server.GetAsync("/kv/b/k"), await server.GetAsync("/kv/b/k/placement") })
        {
            var problem = await answer.ProblemAsync(status, error.Slug);
            problem.GetProperty("outcome").GetString().ShouldBe("indeterminate");
            problem.GetProperty("retryable").GetBoolean().ShouldBeTrue();
            problem.GetProperty("needed").GetInt32().ShouldBe(2);
            problem.GetProperty("got").GetInt32().ShouldBe(1);
            problem.GetProperty("nodes")[0].GetString().ShouldBe("node-2");
            answer.Headers.Contains("Retry-After").ShouldBe(status is 429 or 503);
        }
    }

    [Fact]
    public void Every_code_has_a_status_here()
    {
        foreach (var code in Enum.GetValues<KvErrorCode>())
            Statuses.ShouldContain(row => (KvErrorCode)row[0] == code, code.ToString());
    }

    [Theory]
    [InlineData("n=abc", "n", null)]
    [InlineData("n=-1", "n", null)]
    [InlineData("r=", "r", null)]
    [InlineData("w=99999999999", "w", null)]
    [InlineData("quorum=maybe", "quorum", null)]
    [InlineData("timeout=2x", "timeout", null)]
    [InlineData("timout=2s", "timout", "timeout")]
    [InlineData("sibbling=a", "sibbling", "sibling")]
    [InlineData("r=1&r=2", "r", null)]
    [InlineData("lww=true", "lww", null)]
    [InlineData("key=x", "key", null)]
    public async Task A_bad_query_is_named(string query, string parameter, string? suggestion)
    {
        await using var server = await TestServer.StartAsync();
        var problem = await (await server.GetAsync("/kv/b/k?" + query)).ProblemAsync(400, "invalid-query");
        problem.GetProperty("parameter").GetString().ShouldBe(parameter);
        problem.GetProperty("allowed").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("outcome").GetString().ShouldBe("not-attempted");
        if (suggestion is not null)
            problem.GetProperty("suggestion").GetString().ShouldBe(suggestion);
        server.Door.LastKey.ShouldBeNull();
    }

    [Theory]
    [InlineData("lww=yes")]
    [InlineData("ttl=0s")]
    [InlineData("ttl=soon")]
    [InlineData("sibling=a")]
    public async Task A_bad_query_of_a_write_is_refused(string query)
    {
        await using var server = await TestServer.StartAsync();
        await (await server.PutAsync("/kv/b/k?" + query, "v")).ProblemAsync(400, "invalid-query");
    }

    [Fact]
    public async Task What_the_door_calls_invalid_is_said_by_the_door()
    {
        await using var server = await TestServer.StartAsync();
        await (await server.GetAsync("/kv/b/")).ProblemAsync(400, "invalid-key");
        await (await server.GetAsync("/kv/b")).ProblemAsync(400, "invalid-key");
        await (await server.GetAsync("/kv//k")).ProblemAsync(400, "invalid-bucket");
        await (await server.GetAsync("/kv/b/" + new string('k', 65))).ProblemAsync(400, "invalid-key");
        await (await server.GetAsync("/kv/b/k?n=0")).ProblemAsync(400, "invalid-quorum");
    }

    [Fact]
    public async Task Targets_that_are_none_are_refused()
    {
        await using var server = await TestServer.StartAsync();
        await (await server.GetAsync("/kv/b/%G1")).ProblemAsync(400, "malformed-target");
        await (await server.GetAsync("/kv/b/%")).ProblemAsync(400, "malformed-target");
        await (await server.GetAsync("/kv/a/b/c")).ProblemAsync(404, "unknown-route");
        await (await server.GetAsync("/nothing")).ProblemAsync(404, "unknown-route");
    }

    [Fact]
    public async Task A_wrong_method_says_which_are_right()
    {
        await using var server = await TestServer.StartAsync();
        var post = await server.SendAsync("POST", "/kv/b/k", null);
        (await post.ProblemAsync(405, "method-not-allowed")).GetProperty("allowed").GetString().ShouldBe("GET, HEAD, PUT, DELETE");
        post.Content.Headers.Allow.ShouldBe(["GET", "HEAD", "PUT", "DELETE"]);
        await (await server.SendAsync("DELETE", "/kv/b/k/placement", null)).ProblemAsync(405, "method-not-allowed");
        (await (await server.SendAsync("PUT", "/ready", null)).ProblemAsync(405, "method-not-allowed")).GetProperty("allowed").GetString()!.ShouldContain("GET");
    }

    [Fact]
    public async Task A_value_past_the_limit_is_refused_before_it_is_read()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.RawAsync("PUT /kv/b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 16385\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("urn:akkakv:problem:value-too-large");
        server.Door.LastPut.ShouldBeNull();
    }

    [Fact]
    public async Task A_chunked_value_past_the_limit_is_refused_while_it_is_read()
    {
        await using var server = await TestServer.StartAsync();
        var chunk = "1000\r\n" + new string('x', 4096) + "\r\n";
        var answer = await server.RawAsync("PUT /kv/b/k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat(Enumerable.Repeat(chunk, 5)) + "0\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("urn:akkakv:problem:value-too-large");
        server.Door.LastPut.ShouldBeNull();
    }

    [Fact]
    public async Task What_the_web_server_refuses_has_the_right_status()
    {
        await using var server = await TestServer.StartAsync();
        (await server.RawAsync("GET /kv/b/k HTTP/1.1\r\nHost: h\r\nX-Big: " + new string('x', 50_000) + "\r\n\r\n")).ShouldStartWith("HTTP/1.1 431");
        (await server.RawAsync("GET /kv/b/" + new string('k', 9_000) + " HTTP/1.1\r\nHost: h\r\n\r\n")).ShouldStartWith("HTTP/1.1 414");
        (await server.RawAsync("nonsense\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
        (await server.RawAsync("GET /kv/b/%00 HTTP/1.1\r\nHost: h\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
    }

    [Fact]
    public async Task A_body_that_does_not_come_gives_its_place_back()
    {
        await using var server = await TestServer.StartAsync(options => options with { BodyTimeout = TimeSpan.FromMilliseconds(50), RequestsInFlightMax = 1 });
        var answer = await server.RawAsync("PUT /kv/b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("urn:akkakv:problem:body-timeout");
        (await server.PutAsync("/kv/b/k", "v")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Past_the_bound_of_requests_the_answer_is_busy_at_once()
    {
        await using var server = await TestServer.StartAsync(options => options with { RequestsInFlightMax = 1 });
        var (inside, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Door.Before = _ =>
        {
            inside.TrySetResult();
            return release.Task;
        };
        var held = server.GetAsync("/kv/b/k");
        await inside.Task;
        var busy = await server.GetAsync("/kv/b/k");
        (await busy.ProblemAsync(429, "busy")).GetProperty("retryable").GetBoolean().ShouldBeTrue();
        busy.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await server.GetAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        release.SetResult();
        (await held).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.GetAsync("/kv/b/k")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Past_the_bound_of_bytes_the_answer_is_busy_and_all_are_given_back()
    {
        await using var server = await TestServer.StartAsync(options => options with { RequestBytesInFlightMax = 10 });
        var (inside, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Door.Before = _ =>
        {
            inside.TrySetResult();
            return release.Task;
        };
        var held = server.PutAsync("/kv/b/k", "12345678");
        await inside.Task;
        await (await server.PutAsync("/kv/b/k", "12345678")).ProblemAsync(429, "busy");
        release.SetResult();
        (await held).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.PutAsync("/kv/b/k", "1234567890")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_client_that_leaves_cancels_its_request_and_gives_its_place_back()
    {
        await using var server = await TestServer.StartAsync(options => options with { RequestsInFlightMax = 1 });
        var (inside, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Door.Before = async cancellation =>
        {
            inside.TrySetResult();
            await using var registration = cancellation.Register(cancelled.SetResult);
            await cancelled.Task;
            cancellation.ThrowIfCancellationRequested();
        };
        using var leave = new CancellationTokenSource();
        var request = server.Client.GetAsync(new Uri(server.Url, "/kv/b/k"), leave.Token);
        await inside.Task;
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(request);
        await cancelled.Task;
        server.Door.Before = _ => Task.CompletedTask;
        HttpStatusCode status;
        do
            status = (await server.GetAsync("/kv/b/k")).StatusCode;
        while (status == HttpStatusCode.TooManyRequests);
        status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_failure_of_the_door_is_a_problem_and_not_a_broken_connection()
    {
        await using var server = await TestServer.StartAsync();
        server.Door.Before = _ => throw new InvalidOperationException("secret detail");
        var answer = await server.GetAsync("/kv/b/k");
        await answer.ProblemAsync(500, "internal-error");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret");
    }

    [Fact]
    public void A_gate_counts_back_to_zero()
    {
        var gate = new RequestGate(2, 10);
        gate.TryEnter().ShouldBeTrue();
        gate.TryEnter().ShouldBeTrue();
        gate.TryEnter().ShouldBeFalse();
        gate.Leave();
        gate.TryReserve(10).ShouldBeTrue();
        gate.TryReserve(1).ShouldBeFalse();
        gate.Release(10);
        gate.Bytes.ShouldBe(0);
        gate.Requests.ShouldBe(1);
    }
}
