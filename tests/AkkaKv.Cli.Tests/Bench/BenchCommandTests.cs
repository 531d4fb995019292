using System.Text.Json;
using AkkaKv.Cli.Shell;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Bench;

public sealed class BenchCommandTests : IDisposable
{
    private static readonly string[] Short = ["bench", "--duration", "300ms", "--warmup", "50ms", "--connections", "4", "--keys", "20", "--value-size", "100", "-o", "json"];

    private readonly FakeStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task It_preloads_then_measures_the_mix()
    {
        var bench = await CliRun.AgainstAsync(_store, [.. Short, "--w", "2", "--distribution", "zipf"]);

        bench.Code.ShouldBe(ExitCode.Ok, bench.Error);
        _store.KeyCount.ShouldBe(20);
        _store.Values("/kv/bench/key-0000000019").ShouldHaveSingleItem().Length.ShouldBe(100);
        using var document = JsonDocument.Parse(bench.Out);
        var report = document.RootElement;
        report.GetProperty("reads").GetProperty("count").GetInt64().ShouldBeGreaterThan(0);
        report.GetProperty("writes").GetProperty("count").GetInt64().ShouldBeGreaterThan(0);
        report.GetProperty("misses").GetInt64().ShouldBe(0);
        report.GetProperty("errors").EnumerateObject().ShouldBeEmpty();
        report.GetProperty("reads").GetProperty("p50").GetDouble().ShouldBeLessThanOrEqualTo(report.GetProperty("reads").GetProperty("max").GetDouble());
    }

    [Fact]
    public async Task Without_a_preload_reads_miss_and_it_warns()
    {
        var bench = await CliRun.AgainstAsync(_store, [.. Short, "--no-preload", "--read-share", "1"]);

        bench.Code.ShouldBe(ExitCode.Ok, bench.Error);
        using var document = JsonDocument.Parse(bench.Out);
        document.RootElement.GetProperty("misses").GetInt64().ShouldBeGreaterThan(0);
        document.RootElement.GetProperty("warnings")[0].GetString().ShouldNotBeNull();
        _store.KeyCount.ShouldBe(0);
    }

    [Fact]
    public async Task Errors_are_counted_by_kind_and_broken_connections_are_replaced()
    {
        int requests = 0;
        _store.Before = _ => Interlocked.Increment(ref requests) % 10 == 0 ? FakeAnswer.Problem(503, "busy", "not-attempted", retryable: true) : null;
        _store.After = _ => requests % 57 == 0 ? FakeAnswer.Abort : null;

        var bench = await CliRun.AgainstAsync(_store, [.. Short, "--no-preload"]);

        bench.Code.ShouldBe(ExitCode.Ok, bench.Error);
        using var document = JsonDocument.Parse(bench.Out);
        document.RootElement.GetProperty("errors").GetProperty("http 503").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Several_endpoints_and_threads_share_the_work()
    {
        using var second = new FakeStore();

        var bench = await CliRun.RunAsync([.. Short, "--threads", "2", "--no-preload", "-e", _store.Url.ToString(), "-e", second.Url.ToString()]);

        bench.Code.ShouldBe(ExitCode.Ok, bench.Error);
        _store.Node.Requests.ShouldNotBeEmpty();
        second.Node.Requests.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Nothing_there_is_exit_code_5()
    {
        using var closed = new ClosedPort();

        var bench = await CliRun.RunAsync([.. Short, "--no-preload", "-e", closed.Url.ToString()]);

        bench.Code.ShouldBe(ExitCode.Unavailable);
        bench.Error.ShouldContain("no operation succeeded");
    }

    [Fact]
    public async Task For_people_it_is_a_table()
    {
        var bench = await CliRun.AgainstAsync(_store, "bench", "--duration", "100ms", "--warmup", "20ms", "--connections", "2", "--keys", "5");

        bench.Code.ShouldBe(ExitCode.Ok, bench.Error);
        bench.Out.ShouldContain("P99.9");
        bench.Out.ShouldContain("throughput");
        bench.Out.ShouldContain("CPU steal");
    }
}
