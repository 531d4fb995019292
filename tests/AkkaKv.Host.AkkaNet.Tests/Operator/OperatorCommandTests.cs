using AkkaKv.Api;
using AkkaKv.Fakes;
using AkkaKv.Host.AkkaNet.Operator;
using AkkaKv.Host.Doors;
using AkkaKv.Server.Tests.Http;

namespace AkkaKv.Host.AkkaNet.Tests.Operator;

/// <summary>What the verbs for operators answer, whoever brings the question.</summary>
public sealed class OperatorCommandTests
{
    private static readonly DateTimeOffset Begun = new(2026, 11, 22, 9, 59, 0, TimeSpan.Zero);

    private readonly FakeAkkaKv _node = new();
    private readonly ShortTime _time = new();

    [Theory]
    [InlineData("reap", new string[0], "akkakv has the verbs status, ring, where, hints, repair; found 'reap'. Choose one of them.")]
    [InlineData("status", new[] { "now" }, "status takes no arguments; found 'now'. Write: akkakv status")]
    [InlineData("repair", new[] { "--node", "node-1" }, "repair takes no arguments; found '--node'. Write: akkakv repair")]
    [InlineData("where", new string[0], "where needs a key; found none. Write: akkakv where -k KEY [-b BUCKET]")]
    [InlineData("where", new[] { "-b", "b" }, "where needs a key; found none. Write: akkakv where -k KEY [-b BUCKET]")]
    [InlineData("where", new[] { "k", "-b" }, "where needs a bucket behind -b; found nothing. Write: akkakv where -k KEY [-b BUCKET]")]
    [InlineData("where", new[] { "k", "l" }, "where takes no more arguments; found 'l'. Write: akkakv where -k KEY [-b BUCKET]")]
    [InlineData("where", new[] { "k", "--key", "l" }, "where takes one key; found 'k' and 'l'. Write: akkakv where -k KEY [-b BUCKET]")]
    [InlineData("where", new[] { "-n", "3" }, "where takes the switches -k, --key, -b, --bucket; found '-n'. Write: akkakv where -k KEY [-b BUCKET]")]
    public async Task Bad_arguments_are_told_with_what_to_write(string verb, string[] words, string told) =>
        (await AnswerAsync(verb, words)).ShouldHaveSingleItem().ShouldBe(new OperatorLine(told, IsError: true));

    [Theory]
    [InlineData("status")]
    [InlineData("ring")]
    [InlineData("hints")]
    [InlineData("repair")]
    public async Task A_node_that_is_starting_says_so(string verb)
    {
        var commands = new OperatorCommands(new StartingDoor("node-1", new KvLimits()), _time);

        OperatorLine line = (await OperatorAnswer.OfAsync(commands.RunAsync(verb, []))).ShouldHaveSingleItem();

        line.IsError.ShouldBeTrue();
        line.Text.ShouldBe(
            $"{verb} needs a node that is ready; found node-1 not ready: The node is starting: it opens its store and looks for its peers. Ask again after a moment, or ask another node.");
    }

    [Fact]
    public async Task Where_is_refused_as_the_door_refuses_it()
    {
        var starting = new OperatorCommands(new StartingDoor("node-1", new KvLimits()), _time);
        (await OperatorAnswer.OfAsync(starting.RunAsync("where", ["k"]))).ShouldHaveSingleItem().Text.ShouldStartWith("not-ready: The node is starting");

        OperatorLine line = (await AnswerAsync("where", ["k", "-b", ""])).ShouldHaveSingleItem();
        line.ShouldBe(new OperatorLine("invalid-bucket: The bucket must have 1 to 64 characters.", IsError: true));
    }

    [Theory]
    [InlineData("default", new[] { "k" })]
    [InlineData("b", new[] { "k", "-b", "b" })]
    [InlineData("b", new[] { "--bucket", "b", "--key", "k" })]
    public async Task Where_takes_its_key_with_and_without_a_switch(string bucket, string[] words)
    {
        OperatorLine[] lines = await AnswerAsync("where", words);

        _node.LastKey.ShouldBe(EntryKey.FromText(bucket, "k"));
        lines.ShouldAllBe(line => !line.IsError);
        lines[0].Text.ShouldBe($"{bucket}/k: hash 0xfedcba9876543210, partition 1");
        lines[1].Text.ShouldBe("ROLE     NODE    ZONE  ENDPOINT               REACHABLE");
        lines[2].Text.ShouldBe("owner 1  node-1        http://127.0.0.1:7001  yes");
    }

    [Fact]
    public async Task Status_names_whom_it_asked_and_what_needs_an_operator()
    {
        var away = new MemberHealth("disconnected", 1, null, null, Begun, 0, 0, null, 0, 0);
        var other = new MemberInfo("node-2", "127.0.0.1:7102", null, "", 1, Reachable: false, Self: false, 2) { Health = away };
        _node.Report = _node.Report with { Members = [FakeAkkaKv.Self, other], Hints = [new HintsInfo("node-2", 7, 70, TimeSpan.FromHours(2))] };

        string[] lines = Texts(await AnswerAsync("status", []));

        lines[1].ShouldMatch(@"^node-1 \* .* yes ");
        lines[2].ShouldMatch(@"^node-2 .* disconnected +unknown +1\.0 +7 ");
        lines.ShouldContain(line => line.StartsWith("! node-1: it keeps 7 keys for node-2, the oldest for 2h 0m", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("! node-2: node-1 has no connection to it for 1m 0s", StringComparison.Ordinal));
        lines[^1].ShouldStartWith("Asked was node-1 alone (*)");
    }

    [Fact]
    public async Task Hints_say_whose_they_are_and_when_some_are_missing()
    {
        Texts(await AnswerAsync("hints", [])).ShouldBe(["No hints wait.", "Every node keeps hints of its own: these are those of node-1."]);

        _node.Report = _node.Report with { Hints = [new HintsInfo("node-2", 1234, 5678, TimeSpan.FromMinutes(62))], IsComplete = false };
        Texts(await AnswerAsync("hints", [])).ShouldBe(
        [
            "KEPT BY  FOR     KEYS   BYTES  OLDEST",
            "node-1   node-2  1,234  5,678  1h 2m",
            "1,234 hints wait; one is sent when its target is back.",
            "! node-1 is missing here, in whole or in part: it did not say everything in time: ask again",
            "Every node keeps hints of its own: these are those of node-1.",
        ]);
    }

    [Fact]
    public async Task A_repair_tells_how_it_goes_and_what_it_waits_for()
    {
        _node.Repair = () => Repair(0, "");
        await using IAsyncEnumerator<OperatorLine> lines = Commands.RunAsync("repair", []).GetAsyncEnumerator();

        (await NextAsync(lines)).ShouldBe("node-1: started");
        (await NextAsync(lines)).ShouldBe("node-1: 0 of 64 partitions, 4 keys differed, 5 moved (6 bytes); compares");
        _node.Report = _node.Report with { Repair = Repair(10, "node-3 is away") };
        (await NextAsync(lines)).ShouldBe("node-1: 10 of 64 partitions, 4 keys differed, 5 moved (6 bytes); waits: node-3 is away");
        _time.Pauses.Count.ShouldBe(10, "a line every five seconds");
        _node.Report = _node.Report with { Repair = Repair(64, "") with { FinishedAt = Begun.AddSeconds(90) } };

        (await NextAsync(lines)).ShouldBe("NODE    STATE  PARTITIONS  DIFFERED  MOVED  BYTES  DAMAGED  TOOK");
        (await NextAsync(lines)).ShouldBe("node-1  done   64 of 64    4         5      6      0        1m 30s");
        (await NextAsync(lines)).ShouldStartWith("Every node repairs what it owns: this was node-1.");
        (await lines.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_operator_joins_a_repair_that_is_under_way()
    {
        _node.Report = _node.Report with { Repair = Repair(12, "") };
        _node.Repair = () => Repair(12, "");
        await using IAsyncEnumerator<OperatorLine> lines = Commands.RunAsync("repair", []).GetAsyncEnumerator();

        (await NextAsync(lines)).ShouldBe("node-1: joins the repair that runs since 2026-11-22 09:59:00Z, started by someone else or earlier");
    }

    [Fact]
    public async Task A_repair_that_did_not_repair_everything_ends_as_an_error()
    {
        _node.Repair = () => Repair(64, "") with { FinishedAt = Begun.AddSeconds(90), DamagedKeys = 2 };

        OperatorLine[] lines = await AnswerAsync("repair", []);

        lines[^2].Text.ShouldStartWith("! node-1: 2 keys cannot be read");
        lines[^1].IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_that_stops_is_not_followed_for_ever()
    {
        _node.Repair = () => Repair(1, "");
        await using IAsyncEnumerator<OperatorLine> lines = Commands.RunAsync("repair", []).GetAsyncEnumerator();
        await NextAsync(lines);
        _node.Report = NodeReport.Nothing;

        var rest = new List<OperatorLine>();
        while (await lines.MoveNextAsync())
            rest.Add(lines.Current);

        rest.ShouldContain(line => line.Text.StartsWith("! node-1: it does not answer any longer", StringComparison.Ordinal));
        rest[^1].IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_goes_away_ends_the_following()
    {
        using var gone = new CancellationTokenSource();
        _node.Repair = () => Repair(1, "");
        await using IAsyncEnumerator<OperatorLine> lines = Commands.RunAsync("repair", [], gone.Token).GetAsyncEnumerator();
        await NextAsync(lines);
        await NextAsync(lines);

        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await lines.MoveNextAsync());
    }

    private OperatorCommands Commands => new(_node, _time);

    private Task<OperatorLine[]> AnswerAsync(string verb, string[] words) => OperatorAnswer.OfAsync(Commands.RunAsync(verb, words));

    private static string[] Texts(OperatorLine[] lines) => [.. lines.Select(line => line.Text)];

    private static async Task<string> NextAsync(IAsyncEnumerator<OperatorLine> lines)
    {
        (await lines.MoveNextAsync()).ShouldBeTrue();
        lines.Current.IsError.ShouldBeFalse();
        return lines.Current.Text;
    }

    private static RepairInfo Repair(int done, string waitingFor) => new(Begun, null, done, 64, 4, 5, 6, 0, waitingFor);
}
