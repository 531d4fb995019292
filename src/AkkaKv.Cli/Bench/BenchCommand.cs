using System.CommandLine;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Bench;

/// <summary><c>akkakv bench</c>: the flags, checked.</summary>
internal sealed class BenchCommand(Terminal terminal, ConnectionFlags connection)
{
    private static readonly BenchOptions Defaults = new() { Target = "akkakv", Endpoints = [] };

    private readonly Option<string> _target = new("--target") { Description = "What is measured.", HelpName = "akkakv|etcd|redis", DefaultValueFactory = _ => Defaults.Target };
    private readonly Option<string> _bucket = new("--bucket", "-b") { Description = "The bucket of the keys.", HelpName = "NAME", DefaultValueFactory = _ => Defaults.Bucket };
    private readonly Option<int> _connections = Number("--connections", "Closed loops (1 to 4096).", Defaults.Connections);
    private readonly Option<int> _threads = Number("--threads", "Threads that drive them (1 to 64).", Defaults.Threads);
    private readonly Option<TimeSpan?> _duration = Span("--duration", "How long is measured. Default: 10s");
    private readonly Option<TimeSpan?> _warmup = Span("--warmup", "How long before that is not measured. Default: 2s");
    private readonly Option<int> _valueSize = Number("--value-size", "Bytes of a value (1 to 16777216).", Defaults.ValueBytes);
    private readonly Option<double> _readShare = new("--read-share") { Description = "0 is writes only, 1 reads only.", HelpName = "0..1", DefaultValueFactory = _ => Defaults.ReadShare };
    private readonly Option<int> _keys = Number("--keys", "How many different keys.", Defaults.Keys);
    private readonly Option<string> _distribution = new("--distribution") { Description = "How keys are drawn.", HelpName = "uniform|zipf", DefaultValueFactory = _ => Defaults.Distribution };
    private readonly Option<double> _theta = new("--theta") { Description = "The skew of zipf, between 0 and 1.", HelpName = "0..1", DefaultValueFactory = _ => Defaults.Theta };
    private readonly Option<int?> _r = new("--r") { Description = "Replies a read waits for.", HelpName = "R" };
    private readonly Option<int?> _w = new("--w") { Description = "Acknowledgements a write waits for; redis: WAIT for W - 1 replicas.", HelpName = "W" };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Fixes keys, values and the mix.", HelpName = "N", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<bool> _noPreload = new("--no-preload") { Description = "Does not write the keys first." };
    private readonly Option<bool> _serializable = new("--serializable") { Description = "etcd: reads that may be stale." };
    private readonly Option<int> _waitMillis = Number("--wait-millis", "redis: how long WAIT waits.", Defaults.WaitMillis);

    public Command Build()
    {
        var command = new Command("bench", "Measures throughput and latency in closed loops over keep-alive connections.");
        _target.AcceptOnlyFromAmong("akkakv", "etcd", "redis");
        _distribution.AcceptOnlyFromAmong("uniform", "zipf");
        Option[] all =
        [
            _target, _bucket, _connections, _threads, _duration, _warmup, _valueSize, _readShare, _keys, _distribution, _theta, _r, _w, _seed,
            _noPreload, _serializable, _waitMillis,
        ];
        foreach (var option in all)
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken interrupt)
    {
        var options = Read(parse);
        var report = await new BenchEngine(options).RunAsync(interrupt);
        if (connection.IsJson(parse))
            await terminal.OutText.WriteLineAsync(JsonText.Of(report));
        else
            report.Print(terminal);
        if (interrupt.IsCancellationRequested)
            return ExitCode.Interrupted;
        if (report.Reads.Count + report.Writes.Count > 0)
            return ExitCode.Ok;
        await terminal.Error.WriteLineAsync($"akkakv: no operation succeeded at {string.Join(", ", options.Endpoints)}: check that {options.Target} runs there");
        return ExitCode.Unavailable;
    }

    private BenchOptions Read(ParseResult parse)
    {
        string target = parse.GetRequiredValue(_target);
        return new BenchOptions
        {
            Target = target,
            Endpoints = [.. Endpoints(parse, target)],
            Bucket = parse.GetRequiredValue(_bucket),
            Connections = Within(parse, _connections, 1, 4096),
            Threads = Within(parse, _threads, 1, 64),
            Duration = parse.GetValue(_duration) ?? Defaults.Duration,
            Warmup = parse.GetValue(_warmup) ?? Defaults.Warmup,
            ValueBytes = Within(parse, _valueSize, 1, 16 << 20),
            ReadShare = Within(parse, _readShare, 0.0, 1.0),
            Keys = Within(parse, _keys, 1, 100_000_000),
            Distribution = parse.GetRequiredValue(_distribution),
            Theta = Within(parse, _theta, 0.01, 0.9999),
            R = parse.GetValue(_r),
            W = parse.GetValue(_w),
            Seed = parse.GetValue(_seed),
            Preload = !parse.GetValue(_noPreload),
            Serializable = parse.GetValue(_serializable),
            WaitMillis = Within(parse, _waitMillis, 1, 60_000),
        };
    }

    private IEnumerable<Uri> Endpoints(ParseResult parse, string target)
    {
        IReadOnlyList<string> named = (target == "akkakv" ? connection.Named(parse) : connection.Flagged(parse)) ?? target switch
        {
            "etcd" => ["http://127.0.0.1:2379"],
            "redis" => ["redis://127.0.0.1:6379"],
            _ => ["http://127.0.0.1:7001", "http://127.0.0.1:7002", "http://127.0.0.1:7003"],
        };
        foreach (string text in named)
        {
            if (target == "redis")
                yield return RedisUrl(text);
            else
                yield return ConnectionFlags.ParseUrl(text);
        }
    }

    private static Uri RedisUrl(string text)
    {
        string withScheme = text.Contains("://", StringComparison.Ordinal) ? text : "redis://" + text;
        if (Uri.TryCreate(withScheme, UriKind.Absolute, out var url) && url.Port > 0)
            return url;
        throw new UsageException($"'{text}' is not a Redis address: write it like 127.0.0.1:6379");
    }

    private static T Within<T>(ParseResult parse, Option<T> option, T least, T most)
        where T : IComparable<T>
    {
        var value = parse.GetRequiredValue(option);
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new UsageException($"{option.Name} is {least} to {most}, not {value}");
        return value;
    }

    private static Option<int> Number(string name, string description, int normal) => new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => normal };

    private static Option<TimeSpan?> Span(string name, string description) => new(name) { Description = description, HelpName = "DURATION", CustomParser = DurationText.Parse };
}
