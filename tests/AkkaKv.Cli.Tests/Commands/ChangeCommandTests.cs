using System.Text;
using AkkaKv.Cli.Shell;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Commands;

/// <summary>What an operator does when members join and leave.</summary>
public sealed class ChangeCommandTests : IDisposable
{
    private const string Plan = """
        {"epoch":7,"staged":[{"kind":"join","node":"node-2","member":{"name":"node-2","endpoint":"h:2","weight":1,"zone":"b"},"dead":false}],
        "partitionsMoved":2,"partitionsMin":2,"moves":[{"from":"node-1","to":"node-2","partitions":2}],
        "before":[{"node":"node-1","zone":"a","weight":1,"replicas":4,"share":1}],
        "after":[{"node":"node-1","zone":"a","weight":1,"replicas":2,"share":1},{"node":"node-2","zone":"b","weight":1,"replicas":2,"share":1}],
        "warnings":["2 members are fewer than N = 3"]}
        """;

    private readonly FakeStore _store = new();
    private readonly List<string> _orders = [];
    private readonly Queue<string> _changes = new();

    public ChangeCommandTests() => _store.Before = Answer;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Status_shows_members_states_and_what_waits()
    {
        _changes.Enqueue(Changes("write-both-read-old", partitionsDone: 1));

        CliRun run = await CliRun.AgainstAsync(_store, "cluster", "status");

        run.Code.ShouldBe(ExitCode.Ok, run.Error);
        run.Out.ShouldContain("cluster 00000000000000aa, epoch 8, write-both-read-old; 64 partitions, 3 replicas");
        run.Out.ShouldMatch(@"node-2 +h:2 .*joins +8 +7 until 2026-11-28 09:46Z +1 of 4 +10 +2,000 +1,000 +node-1 is unreachable");
        run.Out.ShouldMatch(@"node-1 .*member +\? +3 by hand");
        run.Out.ShouldContain("! waits: node-2");
    }

    [Theory]
    [InlineData("POST /cluster/changes {\"kind\":\"join\",\"node\":\"n4\",\"member\":{\"name\":\"n4\",\"endpoint\":\"h:1\",\"http\":\"\",\"weight\":2,\"zone\":\"z\",\"storeId\":\"\"},\"dead\":false}", "join", "n4", "--peer", "h:1", "--weight", "2", "--zone", "z")]
    [InlineData("POST /cluster/changes {\"kind\":\"leave\",\"node\":\"n4\",\"member\":null,\"dead\":true}", "leave", "n4", "--dead")]
    [InlineData("DELETE /cluster/changes {\"kind\":\"leave\",\"node\":\"n4\",\"member\":null,\"dead\":false}", "leave", "n4", "--undo")]
    [InlineData("POST /cluster/abort {\"dead\":[\"n4\"]}", "abort", "--dead", "n4")]
    [InlineData("POST /cluster/commit {\"epoch\":5}", "commit", "--epoch", "5")]
    public async Task An_order_is_sent_as_it_was_given(string order, params string[] arguments)
    {
        CliRun run = await CliRun.AgainstAsync(_store, ["cluster", .. arguments]);

        run.Code.ShouldBe(ExitCode.Ok, run.Error);
        _orders.ShouldBe([order]);
        run.Out.ShouldContain("as asked (epoch 8");
    }

    [Fact]
    public async Task A_join_says_where_the_node_is()
    {
        CliRun run = await CliRun.AgainstAsync(_store, "cluster", "join", "n4");

        run.Code.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("--peer must say where the other nodes reach n4");
    }

    [Fact]
    public async Task A_plan_shows_moves_balance_zones_and_warnings()
    {
        CliRun run = await CliRun.AgainstAsync(_store, "cluster", "plan");

        run.Code.ShouldBe(ExitCode.Ok, run.Error);
        run.Out.ShouldContain("staged: node-2 joins at h:2, weight 1, zone b");
        run.Out.ShouldMatch(@"node-1 +node-2 +2 ");
        run.Out.ShouldContain("2 replicas of partitions move; any scheme must move 2.");
        run.Out.ShouldContain("balance 1.000 before, 1.000 after");
        run.Out.ShouldContain("zones a 4 before, a 2, b 2 after");
        run.Out.ShouldContain("! 2 members are fewer than N = 3");
        run.Out.ShouldContain("'akkakv cluster commit --epoch 7'");
    }

    [Fact]
    public async Task A_commit_names_the_plan_and_is_followed_to_its_end()
    {
        _changes.Enqueue(Changes("settled", epoch: 7));
        _changes.Enqueue(Changes("write-both-read-old", partitionsDone: 1));
        _changes.Enqueue(Changes("settled", epoch: 12));

        CliRun run = await CliRun.AgainstAsync(_store, "cluster", "commit", "--wait");

        run.Code.ShouldBe(ExitCode.Ok, run.Error);
        _orders.ShouldBe(["POST /cluster/commit {\"epoch\":7}"]);
        run.Error.ShouldContain("write-both-read-old: 1 of 4 partitions, 2,000 bytes moved, 1,000 bytes/s, about 0:06 left; waits: node-2; node-2: node-1 is unreachable");
        run.Out.ShouldContain("The change is done: 1 members, epoch 12.");
    }

    [Fact]
    public async Task A_refusal_is_said_and_has_its_exit_code()
    {
        _store.Before = _ => FakeAnswer.Problem(409, "change-refused", "not-attempted", retryable: false);

        CliRun run = await CliRun.AgainstAsync(_store, "cluster", "commit", "--epoch", "5");

        run.Code.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("akkakv: said by the fake");
    }

    private static string Changes(string phase, int partitionsDone = 0, long epoch = 8) => $$"""
        {"epoch":{{epoch}},"clusterId":"00000000000000aa","phase":"{{phase}}","takenBack":false,"partitions":64,"n":3,
        "members":[{"name":"node-1","endpoint":"h:1","http":"","weight":1,"zone":"","storeId":""}],
        {{(phase == "settled" ? "" : """ "next":[{"name":"node-1","endpoint":"h:1","http":"","weight":1,"zone":"","storeId":""},{"name":"node-2","endpoint":"h:2","http":"","weight":1,"zone":"","storeId":""}],""")}}
        "gone":[],"staged":[],
        "progress":[{"node":"node-2","epoch":8,"enteredEpoch":8,"done":false,"partitionsDone":{{partitionsDone}},"partitions":4,"keysMoved":10,"bytesMoved":2000,"bytesPerSecond":1000,"waiting":"node-1 is unreachable"}],
        "workers":[{"worker":3,"node":"node-1","from":"1970-01-01T00:00:00+00:00","until":null},
        {"worker":7,"node":"node-2","from":"1970-01-01T00:00:00+00:00","until":"2026-11-28T09:46:00+00:00"}],
        "waiting":"node-2"}
        """;

    private FakeAnswer? Answer(FakeRequest request)
    {
        if (request.Path == "/cluster/plan")
            return FakeAnswer.Json(200, Plan);
        if (request is { Path: "/cluster/changes", Method: "GET" })
            return FakeAnswer.Json(200, _changes.Dequeue());
        if (request.Method is not ("POST" or "DELETE"))
            return null;
        _orders.Add($"{request.Method} {request.Path} {Encoding.UTF8.GetString(request.Body)}");
        return FakeAnswer.Json(200, """{"done":true,"detail":"as asked","epoch":8}""");
    }
}
