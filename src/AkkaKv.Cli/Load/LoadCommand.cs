using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Client;

namespace AkkaKv.Cli.Load;

/// <summary><c>akkakv load</c>: the flags, the files, and the run.</summary>
/// <remarks>
/// A record is read and then written with the context, so that loading a file twice, or over older data, replaces and
/// makes no siblings; and so that an unknown outcome can be repeated: the second read covers the first write. Last
/// write wins would not do: another coordinator need not hold what the first one wrote, and it would discard what
/// others wrote meanwhile.
/// </remarks>
internal sealed class LoadCommand(Terminal terminal, ConnectionFlags connection)
{
    /// <summary>A record can't be larger than the largest value that a cluster can be configured for.</summary>
    private const int RecordBytesMax = 16 << 20;

    private readonly Argument<string> _file = new("FILE") { Description = "The file, or - for standard input." };
    private readonly Option<string> _key = new("--key", "-k") { Description = "The field that holds the key.", HelpName = "FIELD", Required = true };
    private readonly Option<string?> _format = new("--format") { Description = "Default: by the file's name, else jsonl.", HelpName = "jsonl|csv" };
    private readonly Option<string> _bucket = KeyFlags.BucketOption();
    private readonly QuorumFlags _quorum = new();
    private readonly Option<int> _concurrency = new("--concurrency", "-c") { Description = "Records in flight at once (1 to 1024).", HelpName = "N", DefaultValueFactory = _ => 32 };
    private readonly Option<string?> _failed = new("--failed") { Description = "Where to write what was not loaded. Default: FILE.failed.jsonl", HelpName = "FILE" };
    private readonly Option<string?> _ackLog = new("--ack-log") { Description = "Writes the key of each acknowledged record to this file.", HelpName = "FILE" };
    private readonly Option<bool> _blind = new("--blind") { Description = "Does not read before it writes: faster, but a key that exists gets a sibling." };

    private readonly Option<bool> _retryIndeterminate = new("--retry-indeterminate")
    {
        Description = "Repeats records whose outcome is unknown.",
        HelpName = "true|false",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<TimeSpan?> _deadline = new("--deadline") { Description = "The time for one record with all retries. Default: 30s", HelpName = "DURATION", CustomParser = DurationText.Parse };
    private readonly Option<int> _giveUpAfter = new("--give-up-after") { Description = "Ends when so many records in a row found no cluster.", HelpName = "N", DefaultValueFactory = _ => 100 };

    public Command Build()
    {
        var command = new Command("load", "Loads a JSON Lines or CSV file. Exit code 0 only when every record was acknowledged.");
        _format.AcceptOnlyFromAmong("jsonl", "csv");
        command.Arguments.Add(_file);
        foreach (Option option in new Option[] { _key, _format, _bucket, _concurrency, _failed, _ackLog, _blind, _retryIndeterminate, _deadline, _giveUpAfter })
            command.Options.Add(option);
        _quorum.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken interrupt)
    {
        string file = parse.GetRequiredValue(_file);
        var options = Options(parse);
        await using var stream = Open(file);
        var reader = Reader(parse, file, stream);
        using var client = connection.Connect(parse, defaults => Patient(defaults, parse, options));
        // Before anything else: a cluster that is not there is one message, not one per record.
        await client.MembersAsync(interrupt);
        using var failures = new FailureFile(parse.GetValue(_failed) ?? (file == "-" ? "stdin.failed.jsonl" : file + ".failed.jsonl"));
        using var acks = parse.GetValue(_ackLog) is { } path ? new AckLog(path) : null;
        var counts = new LoadCounts();
        using var engine = new LoadEngine(options, Put(client, parse), counts, failures, acks, terminal.Time);
        var progress = new LoadProgress(terminal, counts, () => reader.BytesRead, stream.CanSeek ? stream.Length : null);
        using var shown = new CancellationTokenSource();
        var showing = progress.ShowAsync(shown.Token);
        await engine.RunAsync(reader, interrupt);
        await shown.CancelAsync();
        await showing;
        var summary = new LoadSummary(
            counts.Acknowledged, counts.Failed, counts.Indeterminate, counts.Malformed, counts.NotAttempted, client.Retries,
            progress.Elapsed.TotalSeconds, progress.Rate, interrupt.IsCancellationRequested, engine.GaveUp, counts.LastLine,
            failures.WasWritten ? failures.Path : null);
        if (connection.IsJson(parse))
            await terminal.OutText.WriteLineAsync(JsonText.Of(summary));
        else
            summary.Print(terminal);
        return summary.ExitCode;
    }

    private LoadOptions Options(ParseResult parse)
    {
        int concurrency = parse.GetValue(_concurrency);
        if (concurrency is < 1 or > 1024)
            throw new UsageException($"--concurrency is 1 to 1024, not {concurrency}");
        if (parse.GetValue(_giveUpAfter) < 1)
            throw new UsageException($"--give-up-after is at least 1, not {parse.GetValue(_giveUpAfter)}");
        return new LoadOptions { Bucket = parse.GetRequiredValue(_bucket), Concurrency = concurrency, GiveUpAfter = parse.GetValue(_giveUpAfter) };
    }

    private AkkaKvClientOptions Patient(AkkaKvClientOptions defaults, ParseResult parse, LoadOptions options) => defaults with
    {
        Deadline = parse.GetValue(_deadline) ?? TimeSpan.FromSeconds(30),
        AttemptsMax = 100,
        RetryIndeterminate = parse.GetValue(_retryIndeterminate),
        ConnectionsPerEndpointMax = options.Concurrency,
    };

    private RecordPut Put(AkkaKvClient client, ParseResult parse)
    {
        var quorum = _quorum.Read(parse);
        if (parse.GetValue(_blind))
            return (key, value, cancellation) => client.PutAsync(key, new PutRequest(value, "application/json"), quorum, cancellation);
        return (key, value, cancellation) => client.ReplaceAsync(key, new PutRequest(value, "application/json"), quorum, cancellation);
    }

    private Stream Open(string file)
    {
        if (file == "-")
            return terminal.In;
        if (!File.Exists(file))
            throw new UsageException($"{file}: there is no such file");
        return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
    }

    private IRecordReader Reader(ParseResult parse, string file, Stream stream)
    {
        string key = parse.GetRequiredValue(_key);
        bool csv = parse.GetValue(_format) is { } format ? format == "csv" : file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        var source = new ByteSource(stream);
        return csv ? new CsvReader(source, key, RecordBytesMax) : new JsonLinesReader(source, key, RecordBytesMax);
    }
}
