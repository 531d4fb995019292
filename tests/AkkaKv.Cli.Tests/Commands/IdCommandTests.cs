using System.Text.Json;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Commands;

public sealed class IdCommandTests
{
    [Fact]
    public async Task Next_prints_one_id_per_line()
    {
        using var store = new FakeStore { Before = request => Ids(request, "9223372036854775806", "9223372036854775807") };

        var run = await CliRun.AgainstAsync(store, "id", "next", "--count", "2");

        run.Error.ShouldBeEmpty();
        run.Out.ShouldBe("9223372036854775806\n9223372036854775807\n");
    }

    [Fact]
    public async Task Next_asks_for_the_scheme_and_writes_JSON()
    {
        FakeRequest? asked = null;
        using var store = new FakeStore { Before = request => Ids(asked = request, "0199") };

        var run = await CliRun.AgainstAsync(store, "id", "next", "--scheme", "uuid-v7", "-o", "json");

        asked!.Path.ShouldBe("/ids/uuid-v7");
        asked.Query.ShouldContain("count=1");
        JsonDocument.Parse(run.Out).RootElement.GetProperty("ids")[0].GetString().ShouldBe("0199");
    }

    [Theory]
    [InlineData("next", "--count", "0")]
    [InlineData("next", "--count", "10001")]
    [InlineData("next", "--scheme", "snow")]
    [InlineData("decode", "-x", "1")]
    [InlineData("decode", "12x", "--time-bits=41")]
    [InlineData("layout", "--time-bits", "42")]
    [InlineData("layout", "--epoch", "yesterday")]
    public async Task What_cannot_be_is_a_misuse(params string[] arguments)
    {
        using var store = new FakeStore();

        var run = await CliRun.AgainstAsync(store, ["id", .. arguments]);

        run.Code.ShouldBe(2);
        run.Error.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_node_without_ids_is_unavailable()
    {
        const string Problem = """{"type":"urn:akkakv:problem:ids-unavailable","title":"t","status":503,"detail":"The clock is behind.","outcome":"not-attempted","retryable":false}""";
        using var store = new FakeStore { Before = _ => FakeAnswer.Json(503, Problem) };

        var run = await CliRun.AgainstAsync(store, "id", "next");

        run.Code.ShouldBe(5);
        run.Error.ShouldContain("ids-unavailable: The clock is behind.");
    }

    [Fact]
    public async Task Decode_asks_the_cluster_for_its_layout()
    {
        using var store = new FakeStore
        {
            Before = request => request.Path == "/ids/snowflake/77"
                ? FakeAnswer.Json(200, """{"id":"77","time":"2027-01-02T03:04:05.678+00:00","unixMillis":1798859045678,"datacenter":1,"machine":2,"sequence":3}""")
                : null,
        };

        var run = await CliRun.AgainstAsync(store, "id", "decode", "77");

        run.Code.ShouldBe(0);
        run.Out.ShouldContain("2027-01-02T03:04:05.678Z");
    }

    [Fact]
    public async Task Decode_works_without_a_cluster_when_the_layout_is_given()
    {
        var run = await CliRun.RunAsync(["id", "decode", "9223372036854775807", "--time-bits", "41", "-o", "json"]);

        JsonElement body = JsonDocument.Parse(run.Out).RootElement;
        body.GetProperty("id").GetString().ShouldBe("9223372036854775807");
        body.GetProperty("datacenter").GetInt32().ShouldBe(31);
        body.GetProperty("sequence").GetInt32().ShouldBe(4_095);
    }

    [Fact]
    public async Task Layout_shows_rate_and_horizon()
    {
        var run = await CliRun.RunAsync(["id", "layout"]);

        run.Code.ShouldBe(0);
        run.Out.ShouldContain("until 2095-09-07T15:47:35.551Z");
        run.Out.ShouldContain("69.7 years");
        run.Out.ShouldContain("a second");
    }

    [Fact]
    public async Task Compare_shows_all_ways_side_by_side()
    {
        var run = await CliRun.RunAsync(["id", "compare", "--for", "1ms", "-o", "json"]);

        JsonElement[] ways = [.. JsonDocument.Parse(run.Out).RootElement.GetProperty("ways").EnumerateArray()];
        ways.Select(way => way.GetProperty("name").GetString()).ShouldBe(["snowflake", "uuid-v4", "uuid-v7", "ticket", "increment"]);
        ways.ShouldAllBe(way => way.GetProperty("perSecond").GetDouble() > 0);
    }

    private static FakeAnswer? Ids(FakeRequest request, params string[] ids) => request.Path.StartsWith("/ids/", StringComparison.Ordinal)
        ? FakeAnswer.Json(200, JsonSerializer.Serialize(new { scheme = "s", count = ids.Length, ids }))
        : null;
}
