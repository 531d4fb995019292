using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using AkkaKv.Cli.Shell;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Load;

public sealed class LoadCommandTests : IDisposable
{
    private readonly FakeStore _store = new();
    private readonly ScratchDirectory _scratch = new();

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Every_record_is_stored_byte_for_byte_and_acknowledged()
    {
        string file = _scratch.Write("in.jsonl", string.Concat(Enumerable.Range(0, 500).Select(each => $"{{ \"id\": \"k{each}\", \"n\": {each} }}\n")));

        var load = await CliRun.AgainstAsync(_store, "load", file, "--key", "id", "--w", "2", "--ack-log", _scratch.File("acks"));

        load.Code.ShouldBe(ExitCode.Ok, load.Error);
        load.Out.ShouldContain("acknowledged   500");
        _store.KeyCount.ShouldBe(500);
        _store.Texts("/kv/default/k7").ShouldBe(["{ \"id\": \"k7\", \"n\": 7 }"]);
        _store.ContentType("/kv/default/k7").ShouldBe("application/json");
        File.ReadAllLines(_scratch.File("acks")).Order().ShouldBe(Enumerable.Range(0, 500).Select(each => $"k{each}").Order());
        File.Exists(file + ".failed.jsonl").ShouldBeFalse();
        _store.Node.Requests.ShouldContain(each => each.Method == "PUT" && each.Query == "w=2");
    }

    [Fact]
    public async Task Loading_a_file_twice_makes_no_siblings()
    {
        string file = _scratch.Write("in.jsonl", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n");

        await CliRun.AgainstAsync(_store, "load", file, "--key", "id");
        var again = await CliRun.AgainstAsync(_store, "load", file, "--key", "id");

        again.Code.ShouldBe(ExitCode.Ok, again.Error);
        _store.Values("/kv/default/a").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Csv_is_known_by_its_name()
    {
        string file = _scratch.Write("in.csv", "id,text\n1,\"one\ntwo\"\n");

        var load = await CliRun.AgainstAsync(_store, "load", file, "--key", "id", "-b", "rows");

        load.Code.ShouldBe(ExitCode.Ok, load.Error);
        _store.Texts("/kv/rows/1").ShouldBe(["{\"id\":\"1\",\"text\":\"one\\ntwo\"}"]);
    }

    [Fact]
    public async Task Records_of_one_key_are_written_in_the_files_order_and_never_two_at_once()
    {
        var inFlight = new ConcurrentDictionary<string, int>();
        int overlaps = 0;
        var order = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        _store.Before = request =>
        {
            if (request.Method == "PUT" && inFlight.AddOrUpdate(request.Path, 1, (_, count) => count + 1) > 1)
                Interlocked.Increment(ref overlaps);
            return null;
        };
        _store.After = request =>
        {
            if (request.Method != "PUT")
                return null;
            inFlight.AddOrUpdate(request.Path, 0, (_, count) => count - 1);
            using var value = JsonDocument.Parse(request.Body);
            order.GetOrAdd(request.Path, _ => new()).Enqueue(value.RootElement.GetProperty("n").GetInt32());
            return null;
        };
        string file = _scratch.Write("in.jsonl", string.Concat(Enumerable.Range(0, 400).Select(each => $"{{\"id\":\"k{each % 7}\",\"n\":{each}}}\n")));

        var load = await CliRun.AgainstAsync(_store, "load", file, "--key", "id", "-c", "16");

        load.Code.ShouldBe(ExitCode.Ok, load.Error);
        overlaps.ShouldBe(0);
        foreach (var writes in order.Values)
            writes.ShouldBe(writes.Order());
        _store.Values("/kv/default/k3").Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_malformed_or_refused_is_named_in_the_failed_file_with_its_reason()
    {
        _store.Before = request => request.Method == "PUT" && request.Path.EndsWith("bad", StringComparison.Ordinal)
            ? FakeAnswer.Problem(413, "value-too-large", "not-attempted", retryable: false)
            : null;
        string file = _scratch.Write("in.jsonl", "{\"id\":\"a\"}\nnonsense\n{\"id\":\"bad\"}\n{\"no\":1}\n{\"id\":\"b\"}\n");

        var load = await CliRun.AgainstAsync(_store, "load", file, "--key", "id", "-o", "json");

        load.Code.ShouldBe(ExitCode.LoadIncomplete);
        using var summary = JsonDocument.Parse(load.Out);
        summary.RootElement.GetProperty("acknowledged").GetInt64().ShouldBe(2);
        summary.RootElement.GetProperty("failed").GetInt64().ShouldBe(1);
        summary.RootElement.GetProperty("malformed").GetInt64().ShouldBe(2);
        var failed = File.ReadAllLines(file + ".failed.jsonl").Select(line => JsonDocument.Parse(line).RootElement).OrderBy(each => each.GetProperty("line").GetInt64()).ToList();
        failed.Select(each => each.GetProperty("line").GetInt64()).ShouldBe([2L, 3L, 4L]);
        failed[0].GetProperty("record").GetString().ShouldBe("nonsense");
        failed[1].GetProperty("reason").GetString().ShouldNotBeNull().ShouldStartWith("value-too-large");
        failed[1].GetProperty("outcome").GetString().ShouldBe("not-attempted");
        failed[2].GetProperty("outcome").GetString().ShouldBe("malformed");
    }

    [Fact]
    public async Task Broken_connections_and_refusals_are_retried_until_every_record_is_acknowledged()
    {
        const int seed = 5;
        var random = new Random(seed);
        _store.Before = request => request.Path.StartsWith("/kv", StringComparison.Ordinal) && Draw() < 0.1 ? FakeAnswer.Problem(503, "busy", "not-attempted", retryable: true) : null;
        _store.After = request => request.Method == "PUT" && Draw() < 0.1 ? FakeAnswer.Abort : null;
        using var closed = new ClosedPort();
        string file = _scratch.Write("in.jsonl", string.Concat(Enumerable.Range(0, 300).Select(each => $"{{\"id\":\"k{each}\"}}\n")));

        var load = await CliRun.RunAsync(["load", file, "--key", "id", "--deadline", "1h", "-e", closed.Url.ToString(), "-e", _store.Url.ToString()]);

        load.Code.ShouldBe(ExitCode.Ok, $"seed {seed}: {load.Out} {load.Error}");
        _store.KeyCount.ShouldBe(300);
        Enumerable.Range(0, 300).ShouldAllBe(each => _store.Values($"/kv/default/k{each}").Count == 1);
        load.Out.ShouldNotContain("retries        0\n");

        double Draw()
        {
            lock (random)
                return random.NextDouble();
        }
    }

    [Fact]
    public async Task An_unknown_outcome_is_named_when_it_is_not_to_be_repeated()
    {
        _store.After = request => request.Method == "PUT" ? FakeAnswer.Abort : null;
        string file = _scratch.Write("in.jsonl", "{\"id\":\"a\"}\n");

        var load = await CliRun.AgainstAsync(_store, "load", file, "--key", "id", "--retry-indeterminate", "false", "--failed", _scratch.File("lost"));

        load.Code.ShouldBe(ExitCode.LoadIncomplete);
        load.Out.ShouldContain("failed         1 (of which 1 may have taken effect)");
        File.ReadAllText(_scratch.File("lost")).ShouldContain("\"outcome\":\"indeterminate\"");
    }

    [Fact]
    public async Task A_cluster_that_stays_away_ends_the_load()
    {
        _store.Before = request => request.Path.StartsWith("/kv", StringComparison.Ordinal) ? FakeAnswer.Problem(503, "not-enough-replicas", "not-attempted", retryable: false) : null;
        string file = _scratch.Write("in.jsonl", string.Concat(Enumerable.Range(0, 20_000).Select(each => $"{{\"id\":\"k{each}\"}}\n")));

        var load = await CliRun.AgainstAsync(_store, "load", file, "--key", "id", "--give-up-after", "20", "-c", "4");

        load.Code.ShouldBe(ExitCode.LoadIncomplete);
        load.Error.ShouldContain("Gave up, because the cluster stayed unreachable: nothing behind the record on line");
        File.ReadAllText(file + ".failed.jsonl").ShouldContain("the load gave up before this record's turn");
    }

    [Fact]
    public async Task No_cluster_at_all_is_one_message()
    {
        using var closed = new ClosedPort();
        string file = _scratch.Write("in.jsonl", "{\"id\":\"a\"}\n");

        var load = await CliRun.RunAsync(["load", file, "--key", "id", "-e", closed.Url.ToString()]);

        load.Code.ShouldBe(ExitCode.Unavailable);
    }

    [Fact]
    public async Task An_interrupted_load_ends_with_counts_that_account_for_every_record_read()
    {
        using var stop = new CancellationTokenSource();
        int puts = 0;
        _store.After = request =>
        {
            if (request.Method == "PUT" && Interlocked.Increment(ref puts) == 50)
                stop.Cancel();
            return null;
        };
        string file = _scratch.Write("in.jsonl", string.Concat(Enumerable.Range(0, 50_000).Select(each => $"{{\"id\":\"k{each}\"}}\n")));

        var load = await CliRun.RunAsync(
            ["load", file, "--key", "id", "-c", "4", "-o", "json", "-e", _store.Url.ToString()], time: TimeProvider.System, cancellation: stop.Token);

        load.Code.ShouldBe(ExitCode.Interrupted);
        using var document = JsonDocument.Parse(load.Out);
        var summary = document.RootElement;
        summary.GetProperty("interrupted").GetBoolean().ShouldBeTrue();
        long acknowledged = summary.GetProperty("acknowledged").GetInt64();
        long notAttempted = summary.GetProperty("notAttempted").GetInt64();
        acknowledged.ShouldBe(_store.KeyCount);
        (acknowledged + notAttempted).ShouldBe(summary.GetProperty("lastLine").GetInt64());

        // There is no such file when the signal found nothing that was read and not sent.
        string failed = file + ".failed.jsonl";
        (File.Exists(failed) ? File.ReadAllLines(failed).Length : 0).ShouldBe((int)notAttempted);
    }

    [Fact]
    public async Task Standard_input_is_a_file_too()
    {
        var load = await CliRun.RunAsync(["load", "-", "--key", "id", "--failed", _scratch.File("f"), "-e", _store.Url.ToString()], Encoding.UTF8.GetBytes("{\"id\":\"a\"}\n"));

        load.Code.ShouldBe(ExitCode.Ok, load.Error);
        _store.KeyCount.ShouldBe(1);
    }
}
