using System.Net;
using System.Text.Json;
using AkkaKv.Api;

namespace AkkaKv.Server.Tests.Http;

public class ClusterRouteTests
{
    [Fact]
    public async Task Members_ring_and_placement_are_json_in_camel_case()
    {
        await using var server = await TestServer.StartAsync();
        var member = (await JsonAsync(server, "/cluster/members")).GetProperty("members")[0];
        member.GetProperty("name").GetString().ShouldBe("node-1");
        member.GetProperty("httpEndpoint").GetString().ShouldBe("http://127.0.0.1:7001");
        member.GetProperty("reachable").GetBoolean().ShouldBeTrue();
        var ring = await JsonAsync(server, "/cluster/ring");
        ring.GetProperty("partitions").GetInt32().ShouldBe(2);
        ring.GetProperty("owners")[1][0].GetString().ShouldBe("node-1");
        var placement = await JsonAsync(server, "/kv/b/a%2Fb/placement?n=1");
        placement.GetProperty("key").GetString().ShouldBe("a/b");
        placement.GetProperty("hash").GetString().ShouldBe("0xfedcba9876543210");
        placement.GetProperty("owners")[0].GetProperty("name").GetString().ShouldBe("node-1");
        (await JsonAsync(server, "/kv/b//placement?key=%00")).GetProperty("keyBase64").GetString().ShouldBe("AA==");
    }

    [Fact]
    public async Task Ready_says_why_not()
    {
        await using var server = await TestServer.StartAsync();
        (await server.GetAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JsonAsync(server, "/ready")).GetProperty("ready").GetBoolean().ShouldBeTrue();
        server.Door.Health = new NodeHealth("node-1", Ready: false, ["The disk failed."], new Dictionary<string, string>());
        var answer = await server.GetAsync("/ready");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("reasons")[0].GetString().ShouldBe("The disk failed.");
    }

    [Fact]
    public async Task The_root_says_what_to_try()
    {
        await using var server = await TestServer.StartAsync();
        (await (await server.GetAsync("/")).Content.ReadAsStringAsync()).ShouldContain($"{server.Url}kv/demo/greeting");
        var json = await server.GetAsync("/", ("Accept", "application/json"));
        JsonDocument.Parse(await json.Content.ReadAsStringAsync()).RootElement.GetProperty("product").GetString().ShouldBe("AkkaKv");
        (await server.SendAsync("HEAD", "/", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<JsonElement> JsonAsync(TestServer server, string path)
    {
        var answer = await server.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
