using System.Net;
using System.Text;
using System.Text.Json;
using AkkaKv.Api;
using AkkaKv.Server.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AkkaKv.Server.Tests.Http;

public class SiblingTests
{
    [Fact]
    public async Task Concurrent_values_are_multipart_and_each_part_parses()
    {
        await using var server = await ConflictAsync();
        var get = await server.GetAsync("/kv/b/k");
        get.StatusCode.ShouldBe(HttpStatusCode.MultipleChoices);
        get.Header("X-AkkaKv-Siblings").ShouldBe("3");
        get.Headers.Contains("X-AkkaKv-Context").ShouldBeTrue();
        var type = get.Content.Headers.ContentType!;
        type.MediaType.ShouldBe("multipart/mixed");
        var reader = new MultipartReader(type.Parameters.Single().Value!, await get.Content.ReadAsStreamAsync());
        var parts = new List<(string Tag, string ETag, string Type, bool Deleted, string Body)>();
        while (await reader.ReadNextSectionAsync() is { } part)
        {
            using var body = new StreamReader(part.Body);
            parts.Add((part.Headers!["X-AkkaKv-Tag"]!, part.Headers["ETag"]!, part.ContentType!, part.Headers.ContainsKey("X-AkkaKv-Deleted"), await body.ReadToEndAsync()));
        }

        parts.ShouldBe(
        [
            ("a:1", "\"a:1\"", "text/one", false, "one"),
            ("a:2", "\"a:2\"", "application/octet-stream", false, "two\r\n--x"),
            ("a:3", "\"a:3\"", "application/octet-stream", true, ""),
        ]);
    }

    [Fact]
    public async Task Concurrent_values_are_json_for_those_who_ask()
    {
        await using var server = await ConflictAsync();
        var get = await server.GetAsync("/kv/b/k", ("Accept", "application/json"));
        get.StatusCode.ShouldBe(HttpStatusCode.MultipleChoices);
        var root = JsonDocument.Parse(await get.Content.ReadAsStringAsync()).RootElement;
        root.GetProperty("context").GetString().ShouldBe(get.Header("X-AkkaKv-Context"));
        var siblings = root.GetProperty("siblings").EnumerateArray().ToArray();
        siblings.Select(one => one.GetProperty("tag").GetString()).ShouldBe(["a:1", "a:2", "a:3"]);
        Encoding.UTF8.GetString(siblings[0].GetProperty("value").GetBytesFromBase64()).ShouldBe("one");
        siblings[0].GetProperty("contentType").GetString().ShouldBe("text/one");
        siblings[1].GetProperty("contentType").ValueKind.ShouldBe(JsonValueKind.Null);
        siblings.Select(one => one.GetProperty("deleted").GetBoolean()).ShouldBe([false, false, true]);
    }

    [Theory]
    [InlineData("*/*", "multipart/mixed")]
    [InlineData("text/html", "multipart/mixed")]
    [InlineData("application/json;q=0.5, multipart/mixed", "multipart/mixed")]
    [InlineData("application/json, */*;q=0.1", "application/json")]
    public async Task The_form_follows_accept(string accept, string type)
    {
        await using var server = await ConflictAsync();
        (await server.GetAsync("/kv/b/k", ("Accept", accept))).Content.Headers.ContentType!.MediaType.ShouldBe(type);
    }

    [Fact]
    public async Task Each_sibling_can_be_fetched_by_its_tag()
    {
        await using var server = await ConflictAsync();
        var one = await server.GetAsync("/kv/b/k?sibling=a%3A1");
        one.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await one.Content.ReadAsStringAsync()).ShouldBe("one");
        one.Headers.ETag!.Tag.ShouldBe("\"a:1\"");
        var tombstone = await server.GetAsync("/kv/b/k?sibling=a:3");
        tombstone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        tombstone.Header("X-AkkaKv-Deleted").ShouldBe("true");
        var problem = await (await server.GetAsync("/kv/b/k?sibling=nope")).ProblemAsync(404, "sibling-not-found");
        problem.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ShouldBe(["a:1", "a:2", "a:3"]);
    }

    [Fact]
    public async Task The_etag_of_several_changes_with_the_set_and_saves_the_body()
    {
        await using var server = await ConflictAsync();
        var etag = (await server.GetAsync("/kv/b/k")).Headers.ETag!.Tag;
        (await server.GetAsync("/kv/b/k", ("If-None-Match", etag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await server.PutAsync("/kv/b/k", "four");
        var later = await server.GetAsync("/kv/b/k", ("If-None-Match", etag));
        later.StatusCode.ShouldBe(HttpStatusCode.MultipleChoices);
        later.Headers.ETag!.Tag.ShouldNotBe(etag);
    }

    [Fact]
    public async Task A_context_that_covers_all_resolves_the_conflict()
    {
        await using var server = await ConflictAsync();
        var seen = (await server.GetAsync("/kv/b/k")).Header("X-AkkaKv-Context");
        (await server.PutAsync("/kv/b/k", "merged", ("X-AkkaKv-Context", seen))).Header("X-AkkaKv-Siblings").ShouldBe("1");
        (await (await server.GetAsync("/kv/b/k")).Content.ReadAsStringAsync()).ShouldBe("merged");
    }

    [Fact]
    public void The_etag_does_not_depend_on_the_order()
    {
        EntityTags.Of([Of("a:1", ""), Of("b:1", "")]).ShouldBe(EntityTags.Of([Of("b:1", ""), Of("a:1", "")]));
    }

    [Fact]
    public void A_boundary_occurs_in_no_value()
    {
        var first = SiblingsWriter.Boundary("\"e\"", [Of("a:1", "x")]);
        var second = SiblingsWriter.Boundary("\"e\"", [Of("a:1", $"x{first}y")]);
        second.ShouldNotBe(first);
        SiblingsWriter.Boundary("\"e\"", [Of("a:1", first), Of("a:2", second)]).ShouldNotBeOneOf(first, second);
    }

    private static Sibling Of(string tag, string value) =>
        new(tag, Encoding.UTF8.GetBytes(value), null, DateTimeOffset.UnixEpoch, null, Deleted: false);

    private static async Task<TestServer> ConflictAsync()
    {
        var server = await TestServer.StartAsync();
        await server.PutAsync("/kv/b/k", "one", ("Content-Type", "text/one"));
        await server.PutAsync("/kv/b/k", "two\r\n--x");
        await server.SendAsync("DELETE", "/kv/b/k", null);
        return server;
    }
}
