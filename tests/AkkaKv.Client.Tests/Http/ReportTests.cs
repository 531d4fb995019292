using AkkaKv.Api;
using AkkaKv.Fakes;

namespace AkkaKv.Client.Tests.Http;

/// <summary>What a node says of the cluster's health, and the repair that it is told to do.</summary>
public sealed class ReportTests : IDisposable
{
    private const string Running =
        """{"state":"running","joined":true,"repair":{"startedAt":"2026-11-22T10:00:00Z","partitionsDone":3,"partitions":8,"differingKeys":4,"keysMoved":5,"bytesMoved":6,"damagedKeys":7,"waitingFor":"node-3"},"isComplete":true}""";

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeStore _store = new();
    private readonly ClosedPort _closed = new();
    private readonly ShortTime _time = new();

    public void Dispose()
    {
        _store.Dispose();
        _closed.Dispose();
    }

    [Fact]
    public async Task A_report_is_read_whole()
    {
        const string body = """
            {"members":[{"name":"node-2","reachable":false,"health":{"state":"suspected","phi":9.5,"heartbeatAge":"12345ms","clockSkew":"-7ms","since":"2026-11-22T10:00:00Z",
              "hintsPending":3,"hintBytes":400,"sinceExchange":"120000ms","differingKeys":5,"partitionsNeverCompared":6}}],
             "hints":[{"target":"node-2","keys":3,"bytes":400,"oldestAge":"60000ms"}],
             "tombstones":{"dead":9,"waiting":[{"reason":"the grace","keys":7}]},
             "antiEntropy":{"treeBytes":1024,"pause":"2ms","waitingFor":"the window"},
             "repair":{"startedAt":"2026-11-22T10:00:00Z","finishedAt":"2026-11-22T10:01:00Z","partitionsDone":8,"partitions":8},
             "counters":{"read_repairs":12},"isComplete":true,"new":"passed over"}
            """;
        _store.Before = _ => FakeAnswer.Json(200, body);
        using var client = Client(_store.Url);

        var report = await client.ReportAsync(CancellationToken.None);

        report.Members.ShouldHaveSingleItem().Health.ShouldBe(new MemberHealth(
            "suspected", 9.5, TimeSpan.FromMilliseconds(12_345), TimeSpan.FromMilliseconds(-7), Start, 3, 400, TimeSpan.FromMinutes(2), 5, 6));
        report.Hints.ShouldBe([new HintsInfo("node-2", 3, 400, TimeSpan.FromMinutes(1))]);
        report.Reaping.Dead.ShouldBe(9);
        report.Reaping.Waiting.ShouldBe([new ReapReason("the grace", 7)]);
        report.AntiEntropy.ShouldBe(new AntiEntropyInfo(1024, TimeSpan.FromMilliseconds(2), "the window"));
        report.Repair.ShouldBe(new RepairInfo(Start, Start + TimeSpan.FromMinutes(1), 8, 8, 0, 0, 0, 0, ""));
        report.Counters["read_repairs"].ShouldBe(12);
        report.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task A_report_that_says_little_is_not_complete()
    {
        _store.Before = _ => FakeAnswer.Json(200, """{"members":[{"name":"node-1"}]}""");
        using var client = Client(_store.Url);

        var report = await client.ReportAsync(CancellationToken.None);

        report.IsComplete.ShouldBeFalse();
        report.Members.ShouldHaveSingleItem().Health.ShouldBeNull();
        report.Repair.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"members":7}""")]
    [InlineData("""[]""")]
    [InlineData("""{"members":[{"name":"a","health":{"heartbeatAge":"99999999999999999999ms","since":"never","phi":"x"}}],"hints":{},"repair":5,"counters":[]}""")]
    [InlineData("<html>")]
    public async Task Nonsense_is_an_error_or_is_passed_over_and_never_a_crash(string body)
    {
        _store.Before = _ => FakeAnswer.Json(200, body);
        using var client = Client(_store.Url);

        var (report, error) = await client.ReportOfAsync(_store.Url, CancellationToken.None);

        if (report is null)
            error!.Detail.ShouldContain("check that it is an AkkaKv node");
        else
            report.Members.ShouldHaveSingleItem().Health!.HeartbeatAge.ShouldBeNull();
    }

    [Fact]
    public async Task A_repair_is_started_by_a_post_without_a_body()
    {
        _store.Before = _ => FakeAnswer.Json(202, Running);
        using var client = Client(_store.Url);

        var repair = await client.RepairAsync(CancellationToken.None);

        repair.ShouldBe(new RepairInfo(Start, null, 3, 8, 4, 5, 6, 7, "node-3"));
        var request = _store.Node.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target, request.Body.Length).ShouldBe(("POST", "/cluster/repair", 0));
    }

    [Fact]
    public async Task A_repair_is_asked_for_again_like_a_read()
    {
        int failures = 2;
        _store.Before = _ => failures-- switch
        {
            2 => FakeAnswer.Abort,
            1 => FakeAnswer.Problem(503, "not-ready", "indeterminate", retryable: true),
            _ => FakeAnswer.Json(202, Running),
        };
        using var client = Client(_closed.Url, _store.Url);

        var repair = await client.RepairAsync(CancellationToken.None);

        repair!.PartitionsDone.ShouldBe(3);
        client.Retries.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task One_node_is_asked_for_its_repair_and_no_other_in_its_place()
    {
        _store.Before = request => FakeAnswer.Json(request.Method == "POST" ? 202 : 200, request.Method == "POST" ? Running : """{"state":"none","isComplete":true}""");
        using var client = Client(_store.Url);

        var (started, _) = await client.StartRepairOfAsync(_store.Url, CancellationToken.None);
        var (none, _) = await client.RepairOfAsync(_store.Url, CancellationToken.None);
        var (lost, error) = await client.RepairOfAsync(_closed.Url, CancellationToken.None);

        started!.Joined.ShouldBeTrue();
        none.ShouldBe(new RepairReply(null, Joined: false, IsComplete: true));
        lost.ShouldBeNull();
        error!.Code.ShouldBe(KvErrorCode.NotReady);
    }

    private AkkaKvClient Client(params Uri[] endpoints) => new(new AkkaKvClientOptions { Endpoints = endpoints }, _time, new Random(1));
}
