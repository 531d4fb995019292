using System.Globalization;
using System.Net;
using System.Text;
using AkkaKv.Api;

namespace AkkaKv.Server.Tests.Http;

public class EntryTests
{
    [Fact]
    public async Task A_value_comes_back_byte_for_byte_with_its_type_and_tag()
    {
        await using var server = await TestServer.StartAsync();
        byte[] bytes = [0, 255, 13, 10, 128];
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", "image/x-test");
        var put = await server.SendAsync("PUT", "/kv/b/k", content);
        put.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        put.Header("X-AkkaKv-Quorum").ShouldBe("n=3 w=2 got=2 overlapping=true");
        put.Header("X-AkkaKv-Coordinator").ShouldBe("node-1");
        put.Header("X-AkkaKv-Siblings").ShouldBe("1");
        put.Headers.ETag!.Tag.ShouldBe("\"a:1\"");

        var get = await server.GetAsync("/kv/b/k");
        get.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await get.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        get.Content.Headers.ContentType!.MediaType.ShouldBe("image/x-test");
        get.Content.Headers.ContentLength.ShouldBe(5);
        get.Headers.ETag!.Tag.ShouldBe("\"a:1\"");
        get.Header("X-AkkaKv-Quorum").ShouldBe("n=3 r=2 got=2 overlapping=true");
        get.Header("X-AkkaKv-Context").ShouldBe(put.Header("X-AkkaKv-Context"));
    }

    [Fact]
    public async Task A_value_without_a_type_and_without_bytes_is_a_value()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutAsync("/kv/b/k", "");
        server.Door.LastPut!.ContentType.ShouldBeNull();
        var get = await server.GetAsync("/kv/b/k");
        get.StatusCode.ShouldBe(HttpStatusCode.OK);
        get.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        get.Content.Headers.ContentLength.ShouldBe(0);
    }

    [Fact]
    public async Task Head_has_the_headers_of_get_and_no_body()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutAsync("/kv/b/k", "12345");
        var head = await server.SendAsync("HEAD", "/kv/b/k", null);
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(5);
        head.Headers.ETag!.Tag.ShouldBe("\"a:1\"");
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        (await server.SendAsync("HEAD", "/kv/b/none", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_deleted_key_is_not_found_and_still_gives_its_context()
    {
        await using var server = await TestServer.StartAsync();
        var never = await server.GetAsync("/kv/b/k");
        (await never.ProblemAsync(404, "not-found")).GetProperty("deleted").GetBoolean().ShouldBeFalse();
        never.Headers.Contains("X-AkkaKv-Context").ShouldBeFalse();

        var put = await server.PutAsync("/kv/b/k", "v");
        var delete = await server.SendAsync("DELETE", "/kv/b/k", null, ("X-AkkaKv-Context", put.Header("X-AkkaKv-Context")));
        delete.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var get = await server.GetAsync("/kv/b/k");
        (await get.ProblemAsync(404, "not-found")).GetProperty("deleted").GetBoolean().ShouldBeTrue();
        get.Header("X-AkkaKv-Context").ShouldBe(delete.Header("X-AkkaKv-Context"));
    }

    [Fact]
    public async Task A_context_replaces_what_it_covers()
    {
        await using var server = await TestServer.StartAsync();
        var first = await server.PutAsync("/kv/b/k", "1");
        var second = await server.PutAsync("/kv/b/k", "2", ("X-AkkaKv-Context", first.Header("X-AkkaKv-Context")));
        second.Header("X-AkkaKv-Siblings").ShouldBe("1");
        (await (await server.GetAsync("/kv/b/k")).Content.ReadAsStringAsync()).ShouldBe("2");
    }

    [Fact]
    public async Task The_longest_context_travels_both_ways_and_a_longer_one_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        server.Door.Context = new CausalContext(new byte[CausalContext.TokenBytesMax]);
        (await server.PutAsync("/kv/b/k", "1")).Header("X-AkkaKv-Context").ShouldBe(server.Door.Context.ToString());
        var seen = (await server.GetAsync("/kv/b/k")).Header("X-AkkaKv-Context");
        (await server.PutAsync("/kv/b/k", "2", ("X-AkkaKv-Context", seen))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        server.Door.LastPut!.Context.ShouldBe(server.Door.Context);
        await (await server.PutAsync("/kv/b/k", "3", ("X-AkkaKv-Context", seen + "AAAA"))).ProblemAsync(400, "invalid-context");
    }

    [Theory]
    [InlineData("not base64url!")]
    [InlineData("A")]
    public async Task A_context_that_is_none_is_refused(string text)
    {
        await using var server = await TestServer.StartAsync();
        await (await server.PutAsync("/kv/b/k", "1", ("X-AkkaKv-Context", text))).ProblemAsync(400, "invalid-context");
        await (await server.SendAsync("DELETE", "/kv/b/k", null, ("X-AkkaKv-Context", text))).ProblemAsync(400, "invalid-context");
        server.Door.LastKey.ShouldBeNull();
    }

    [Theory]
    [InlineData("/kv/b/a%2Fb", "612f62")]
    [InlineData("/kv/b/%FF%fe", "fffe")]
    [InlineData("/kv/b/%C3%A9", "c3a9")]
    [InlineData("/kv/b/a+b", "612b62")]
    [InlineData("/kv/b/%25", "25")]
    [InlineData("/kv/b?key=%00%2f", "002f")]
    [InlineData("/kv/b/?r=1&key=k", "6b")]
    [InlineData("/kv/b/..", "2e2e")]
    public async Task A_key_is_exactly_the_bytes_of_the_raw_target(string path, string hex)
    {
        await using var server = await TestServer.StartAsync();
        (await server.PutAsync(path, "v")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        server.Door.LastKey!.Bucket.ShouldBe("b");
        Convert.ToHexStringLower(server.Door.LastKey.Name.Span).ShouldBe(hex);
        (await server.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_target_in_absolute_form_names_the_same_key()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutAsync("/kv/b/a%2Fb", "v");
        var answer = await server.RawAsync("GET http://other/kv/b/a%2Fb?r=1 HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 200");
    }

    [Fact]
    public async Task Query_parameters_reach_the_door()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutAsync("/kv/b/k?n=5&r=3&w=4&quorum=strict&timeout=500ms&lww=true", "v");
        server.Door.LastOptions.ShouldBe(new RequestOptions(5, 3, 4, QuorumMode.Strict, TimeSpan.FromMilliseconds(500)));
        server.Door.LastPut!.LastWriteWins.ShouldBeTrue();
        await server.GetAsync("/kv/b/k?timeout=250&quorum=sloppy");
        server.Door.LastOptions.ShouldBe(new RequestOptions(Mode: QuorumMode.Sloppy, Timeout: TimeSpan.FromMilliseconds(250)));
        await server.GetAsync("/kv/b/k");
        server.Door.LastOptions.ShouldBeSameAs(RequestOptions.Default);
    }

    [Fact]
    public async Task Expiry_comes_from_the_header_or_from_a_life_time()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutAsync("/kv/b/k", "v", ("X-AkkaKv-Expires", "Sun, 22 Nov 2099 15:52:17 GMT"));
        server.Door.LastPut!.ExpiresAt.ShouldBe(DateTimeOffset.Parse("2099-11-22T15:52:17Z", CultureInfo.InvariantCulture));
        (await server.GetAsync("/kv/b/k")).Header("X-AkkaKv-Expires").ShouldBe("2099-11-22T15:52:17.000Z");
        await server.PutAsync("/kv/b/k", "v", ("X-AkkaKv-Expires", "2099-11-22T15:52:17+01:00"));
        server.Door.LastPut!.ExpiresAt!.Value.UtcDateTime.Hour.ShouldBe(14);
        var before = DateTimeOffset.UtcNow;
        await server.PutAsync("/kv/b/k?ttl=30s", "v");
        server.Door.LastPut!.ExpiresAt!.Value.ShouldBeInRange(before.AddSeconds(30), DateTimeOffset.UtcNow.AddSeconds(30));
        await (await server.PutAsync("/kv/b/k", "v", ("X-AkkaKv-Expires", "tomorrow"))).ProblemAsync(400, "invalid-header");
        await (await server.PutAsync("/kv/b/k", "v", ("X-AkkaKv-Expires", "2099-11-22T15:52:17"))).ProblemAsync(400, "invalid-header");
        await (await server.PutAsync("/kv/b/k?ttl=1s", "v", ("X-AkkaKv-Expires", "2099-11-22T15:52:17Z"))).ProblemAsync(400, "invalid-query");
        await (await server.PutAsync("/kv/b/k?ttl=9999999d", "v")).ProblemAsync(400, "invalid-query");
    }

    [Theory]
    [InlineData("\"a:1\"", HttpStatusCode.NotModified)]
    [InlineData("W/\"a:1\", \"x\"", HttpStatusCode.NotModified)]
    [InlineData("*", HttpStatusCode.NotModified)]
    [InlineData("\"a:2\"", HttpStatusCode.OK)]
    public async Task If_none_match_saves_the_body(string header, HttpStatusCode status)
    {
        await using var server = await TestServer.StartAsync();
        await server.PutAsync("/kv/b/k", "v");
        var get = await server.GetAsync("/kv/b/k", ("If-None-Match", header));
        get.StatusCode.ShouldBe(status);
        get.Headers.ETag!.Tag.ShouldBe("\"a:1\"");
        get.Headers.Contains("X-AkkaKv-Context").ShouldBeTrue();
    }

    [Theory]
    [InlineData("If-Match", "\"a:1\"", 400, "unsupported-precondition")]
    [InlineData("If-None-Match", "*", 400, "unsupported-precondition")]
    [InlineData("Content-Encoding", "gzip", 415, "unsupported-encoding")]
    [InlineData("Content-Range", "bytes 0-1/2", 400, "unsupported-encoding")]
    public async Task What_would_be_lost_or_misunderstood_is_refused(string header, string value, int status, string slug)
    {
        await using var server = await TestServer.StartAsync();
        await (await server.PutAsync("/kv/b/k", "v", (header, value))).ProblemAsync(status, slug);
        server.Door.LastPut.ShouldBeNull();
    }

    [Fact]
    public async Task A_large_value_passes_in_both_directions()
    {
        await using var server = await TestServer.StartAsync(door: new FakeAkkaKv { Limits = new KvLimits(ValueBytesMax: 3 << 20) });
        var bytes = new byte[3 << 20];
        new Random(7).NextBytes(bytes);
        (await server.SendAsync("PUT", "/kv/b/k", new ByteArrayContent(bytes))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await (await server.GetAsync("/kv/b/k")).Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_chunked_body_is_read_to_its_exact_limit()
    {
        await using var server = await TestServer.StartAsync();
        var chunked = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(new string('x', 16_384))));
        (await server.SendAsync("PUT", "/kv/b/k", chunked, ("Transfer-Encoding", "chunked"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        server.Door.LastPut!.Value.Length.ShouldBe(16_384);
    }
}
