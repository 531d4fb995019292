using System.Text.Json;
using AkkaKv.Cli.Shell;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Commands;

/// <summary>What an operator sees and does: health in a status, hints, tombstones, and a repair that is followed.</summary>
public sealed class OperatorCommandTests : IDisposable
{
    // ShortTime's clock stands at 10:00.
    private const string Long = "2026-11-22T09:00:00Z";

    private readonly FakeStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Status_shows_what_is_known_of_each_member()
    {
        Reports($"{Self},{Other("reachable", """ "phi":0.4,"heartbeatAge":"700ms","clockSkew":"-3ms","sinceExchange":"185000ms","differingKeys":5,"partitionsNeverCompared":0""")}", """{"target":"node-2","keys":1234,"bytes":5,"oldestAge":"60000ms"}""");

        var status = await CliRun.AgainstAsync(_store, "status");

        status.Code.ShouldBe(ExitCode.Ok, status.Error);
        status.Out.ShouldMatch(@"STATE +READY +PHI +HEARTBEAT +SKEW +HINTS +COMPARED +DIFFERING");
        status.Out.ShouldMatch(@"node-2 .*reachable +unknown +0\.4 +700ms +-3ms +1,234 +3m 5s +5 ");
        status.Out.ShouldNotContain("! ");
    }

    [Fact]
    public async Task Status_says_in_words_what_needs_an_operator()
    {
        Reports(
            $"{Self},{Other("suspected", """ "phi":1064823.4,"heartbeatAge":"3600000ms","clockSkew":"2500ms" """)},{Other("reachable", """ "partitionsNeverCompared":64""", "node-3")},{Other("unknown", """ "phi":0""", "node-4")}",
            """{"target":"node-2","keys":7,"bytes":5,"oldestAge":"7200000ms"}""",
            isComplete: false);

        var status = await CliRun.AgainstAsync(_store, "status");
        var json = await CliRun.AgainstAsync(_store, "status", "-o", "json");

        status.Out.ShouldMatch(@"node-2 .*suspected +unknown +> 999 +1h 0m +2s");
        status.Out.ShouldContain("! node-2: node-1 suspects it for 1h 0m (since 2026-11-22 09:00:00Z)");
        status.Out.ShouldContain("! node-2: its clock is 2s ahead of node-1's");
        status.Out.ShouldContain("! node-3: 64 partitions that it shares with node-1 were not compared since node-1 started");
        status.Out.ShouldContain("! node-4: node-1 never reached it, for 1h 0m");
        status.Out.ShouldContain("! node-1: it keeps 7 keys for node-2, the oldest for 2h 0m");
        status.Out.ShouldContain("! node-1: it did not say everything in time");
        status.Out.ShouldContain("! node-1 did not say in time what it thinks of every member");
        using var document = JsonDocument.Parse(json.Out);
        document.RootElement[1].GetProperty("warnings").GetArrayLength().ShouldBe(2);
        document.RootElement[1].GetProperty("hintsPending").GetInt64().ShouldBe(7);
        document.RootElement[1].GetProperty("member").GetProperty("health").GetProperty("heartbeatAge").GetString().ShouldBe("3600000ms");
    }

    [Fact]
    public async Task An_absence_of_seconds_needs_nobody()
    {
        Reports($"{Self},{Other("disconnected", """ "phi":1""", since: "2026-11-22T09:59:30Z")}", "");

        (await CliRun.AgainstAsync(_store, "status")).Out.ShouldNotContain("! ");
    }

    [Fact]
    public async Task Hints_are_listed_by_keeper_and_target_and_silence_is_named()
    {
        Reports($"{Self},{Other("reachable", """ "phi":0""")}", """{"target":"node-2","keys":1234,"bytes":5678,"oldestAge":"3723000ms"}""");

        var table = await CliRun.AgainstAsync(_store, "hints");
        var json = await CliRun.AgainstAsync(_store, "hints", "-o", "json");

        table.Code.ShouldBe(ExitCode.Ok, table.Error);
        table.Out.ShouldMatch(@"KEPT BY +FOR +KEYS +BYTES +OLDEST");
        table.Out.ShouldMatch(@"node-1 +node-2 +1,234 +5,678 +1h 2m");
        table.Out.ShouldContain("! node-2 is missing here, in whole or in part: no Http is configured for it");
        using var document = JsonDocument.Parse(json.Out);
        document.RootElement.GetProperty("hints")[0].GetProperty("oldestAge").GetString().ShouldBe("3723000ms");
        document.RootElement.GetProperty("isComplete").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Without_hints_that_is_said()
    {
        (await CliRun.AgainstAsync(_store, "hints")).Out.ShouldBe("No hints wait.\n");
    }

    [Fact]
    public async Task Tombstones_say_what_they_wait_for()
    {
        _store.Before = request => request.Path == "/cluster/report"
            ? FakeAnswer.Json(200, $$"""{"members":[{{Self}}],"tombstones":{"dead":9,"waiting":[{"reason":"the grace is not over","keys":7},{"reason":"a member is away","keys":2}]},"isComplete":true}""")
            : null;

        var table = await CliRun.AgainstAsync(_store, "tombstones");
        var json = await CliRun.AgainstAsync(_store, "tombstones", "-o", "json");

        table.Out.ShouldMatch(@"node-1 +9 +7 +the grace is not over");
        table.Out.ShouldMatch(@"\n +2 +a member is away");
        table.Out.ShouldContain("9 deleted or expired keys");
        using var document = JsonDocument.Parse(json.Out);
        document.RootElement.GetProperty("dead").GetInt64().ShouldBe(9);
    }

    [Fact]
    public async Task A_repair_is_followed_until_it_is_done()
    {
        int asked = 0;
        Repairs(request => request.Method == "POST" ? Repair("running", joined: false, done: 0, waits: "") : ++asked < 30 ? Repair("running", false, asked, "node-3 is away") : Repair("done", false, 64, ""));

        var repair = await CliRun.AgainstAsync(_store, "repair");

        repair.Code.ShouldBe(ExitCode.Ok, repair.Error);
        repair.Error.ShouldContain("node-1: started\n");
        repair.Error.ShouldContain("node-1: 10 of 64 partitions, 4 keys differed, 5 moved (6 bytes); waits: node-3 is away\n");
        repair.Out.ShouldMatch(@"node-1 +done +64 of 64 +4 +5 +6 +0 +1m 30s");
    }

    [Fact]
    public async Task Two_operators_share_one_repair_and_are_told()
    {
        Repairs(request => request.Method == "POST" ? Repair("running", joined: true, done: 12, waits: "") : Repair("done", false, 64, ""));

        var repair = await CliRun.AgainstAsync(_store, "repair", "-o", "json");

        repair.Code.ShouldBe(ExitCode.Ok, repair.Error);
        repair.Error.ShouldContain("node-1: joins the repair that runs since 2026-11-22 09:00:00Z, started by someone else or earlier");
        using var document = JsonDocument.Parse(repair.Out);
        document.RootElement[0].GetProperty("joined").GetBoolean().ShouldBeTrue();
        document.RootElement[0].GetProperty("state").GetString().ShouldBe("done");
    }

    [Fact]
    public async Task A_repair_can_be_started_and_left_alone()
    {
        Repairs(request => request.Method == "POST" ? Repair("running", joined: false, done: 0, waits: "") : null);

        var repair = await CliRun.AgainstAsync(_store, "repair", "--no-wait", "--node", "node-1");

        repair.Code.ShouldBe(ExitCode.Ok, repair.Error);
        repair.Out.ShouldMatch(@"node-1 +running +0 of 64");
        _store.Node.Requests.ShouldNotContain(request => request.Method == "GET" && request.Path == "/cluster/repair");
    }

    [Fact]
    public async Task A_node_that_restarts_has_forgotten_its_repair()
    {
        Repairs(request => request.Method == "POST" ? Repair("running", joined: false, done: 1, waits: "") : FakeAnswer.Json(200, """{"state":"none","isComplete":true}"""));

        var repair = await CliRun.AgainstAsync(_store, "repair");

        repair.Code.ShouldBe(ExitCode.RepairIncomplete);
        repair.Out.ShouldContain("! node-1: it restarted, and its repair is gone: run 'akkakv repair' again");
    }

    [Fact]
    public async Task A_node_that_goes_silent_is_given_up_after_a_while()
    {
        Repairs(request => request.Method == "POST" ? Repair("running", joined: false, done: 1, waits: "") : FakeAnswer.Json(200, """{"state":"unknown","isComplete":false}"""));

        var repair = await CliRun.AgainstAsync(_store, "repair");

        repair.Code.ShouldBe(ExitCode.RepairIncomplete);
        repair.Out.ShouldContain("its repair may go on");
    }

    [Fact]
    public async Task Keys_that_cannot_be_read_are_no_success()
    {
        Repairs(request => Repair("done", joined: false, done: 64, waits: "", damaged: 2));

        var repair = await CliRun.AgainstAsync(_store, "repair");

        repair.Code.ShouldBe(ExitCode.RepairIncomplete);
        repair.Out.ShouldContain("! node-1: 2 keys cannot be read on one of their replicas");
    }

    [Fact]
    public async Task A_repair_that_no_node_began_is_unavailable_and_a_stranger_is_usage()
    {
        Repairs(_ => FakeAnswer.Problem(503, "not-ready", "indeterminate", retryable: true));

        var refused = await CliRun.AgainstAsync(_store, "repair");
        var stranger = await CliRun.AgainstAsync(_store, "repair", "--node", "node-9");

        refused.Code.ShouldBe(ExitCode.Unavailable);
        refused.Error.ShouldContain("node-1: not started: ");
        stranger.Code.ShouldBe(ExitCode.Usage);
        stranger.Error.ShouldContain("--node must be a member; found 'node-9', the members are node-1");
    }

    [Fact]
    public async Task An_interrupted_operator_leaves_the_repair_running()
    {
        using var stop = new CancellationTokenSource();
        Repairs(request =>
        {
            if (request.Method == "GET")
                stop.Cancel();
            return Repair("running", joined: false, done: 1, waits: "");
        });

        var repair = await CliRun.RunAsync(["repair", "-e", _store.Url.ToString()], cancellation: stop.Token);

        repair.Code.ShouldBe(ExitCode.Interrupted);
        repair.Error.ShouldContain("the repair goes on in the cluster, and 'akkakv repair' joins it");
    }

    private string Self => $$"""{"name":"node-1","endpoint":"127.0.0.1:9","httpEndpoint":"{{_store.Url}}","reachable":true,"self":true,"partitions":4}""";

    private static string Other(string state, string health, string name = "node-2", string since = Long) =>
        $$"""{"name":"{{name}}","endpoint":"127.0.0.1:9","reachable":{{(state == "reachable" ? "true" : "false")}},"partitions":4,"health":{"state":"{{state}}","since":"{{since}}",{{health}} } }""";

    private void Reports(string members, string hints, bool isComplete = true) => _store.Before = request => request.Path switch
    {
        "/cluster/report" => FakeAnswer.Json(200, $$"""{"members":[{{members}}],"hints":[{{hints}}],"isComplete":{{(isComplete ? "true" : "false")}}}"""),
        "/cluster/members" => FakeAnswer.Json(200, $$"""{"members":[{{members}}],"isComplete":true}"""),
        _ => null,
    };

    private void Repairs(Func<FakeRequest, FakeAnswer?> answer) => _store.Before = request => request.Path == "/cluster/repair" ? answer(request) : null;

    private static FakeAnswer Repair(string state, bool joined, int done, string waits, int damaged = 0)
    {
        string finished = state == "done" ? """ "finishedAt":"2026-11-22T09:01:30Z",""" : "";
        return FakeAnswer.Json(
            202,
            $$"""{"state":"{{state}}","joined":{{(joined ? "true" : "false")}},"repair":{"startedAt":"{{Long}}",{{finished}}"partitionsDone":{{done}},"partitions":64,"differingKeys":4,"keysMoved":5,"bytesMoved":6,"damagedKeys":{{damaged}},"waitingFor":"{{waits}}"},"isComplete":true}""");
    }
}
