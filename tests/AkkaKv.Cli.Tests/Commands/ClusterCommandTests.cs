using System.Text.Json;
using AkkaKv.Cli.Shell;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Commands;

public sealed class ClusterCommandTests : IDisposable
{
    private readonly FakeStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Status_is_a_plain_table_where_output_is_redirected()
    {
        var status = await CliRun.AgainstAsync(_store, "status");

        status.Code.ShouldBe(ExitCode.Ok, status.Error);
        status.Out.ShouldContain("node-1 *");
        status.Out.ShouldMatch(@"KEYS +LIVE BYTES +DURABILITY");
        status.Out.ShouldMatch(@"node-1 \*.* 7 ");
        status.Out.ShouldContain("1 of 1 nodes are ready");
        status.Out.ShouldNotContain("\x1b");
        status.Out.ShouldNotContain("│");
    }

    [Fact]
    public async Task Status_names_the_reasons_of_a_node_that_is_not_ready()
    {
        _store.Before = request => request.Path == "/ready"
            ? FakeAnswer.Json(503, """{"node":"node-1","ready":false,"reasons":["its disk failed"],"store":{}}""")
            : null;

        var status = await CliRun.AgainstAsync(_store, "status");

        status.Out.ShouldContain("node-1: its disk failed");
        status.Out.ShouldContain("0 of 1 nodes are ready");
    }

    [Fact]
    public async Task Status_as_json_has_a_row_per_node()
    {
        var status = await CliRun.AgainstAsync(_store, "status", "-o", "json");

        using var document = JsonDocument.Parse(status.Out);
        var row = document.RootElement.EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("member").GetProperty("name").GetString().ShouldBe("node-1");
        row.GetProperty("ready").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Ring_shows_shares_and_balance()
    {
        const string ring = """
            {"epoch":3,"partitions":4,"n":2,"owners":[["a","b"],["b","a"],["a","b"],["a","c"]],
             "members":[{"name":"a","weight":2,"zone":"z1"},{"name":"b","weight":1},{"name":"c","weight":1}]}
            """;
        _store.Before = request => request.Path == "/cluster/ring" ? FakeAnswer.Json(200, ring) : null;

        var text = await CliRun.AgainstAsync(_store, "ring", "--partitions");
        var json = await CliRun.AgainstAsync(_store, "ring", "-o", "json");

        text.Code.ShouldBe(ExitCode.Ok, text.Error);
        text.Out.ShouldContain("epoch 3, 4 partitions, 2 replicas, 3 members");
        text.Out.ShouldContain("50.0 %");
        text.Out.ShouldContain("a, c");
        using var document = JsonDocument.Parse(json.Out);
        // 8 replicas over a weight of 4 is 2 in the mean; the hottest is b with 3 over 1.
        document.RootElement.GetProperty("balance").GetDouble().ShouldBe(2 / 3.0, 1e-9);
    }

    [Fact]
    public async Task Where_shows_hash_partition_and_owners()
    {
        var where = await CliRun.AgainstAsync(_store, "where", "a");

        where.Code.ShouldBe(ExitCode.Ok, where.Error);
        where.Out.ShouldContain("default/a: hash 0xffffffffffffffff, partition 3");
        where.Out.ShouldContain("owner 1");
    }
}
