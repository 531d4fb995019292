using System.CommandLine;
using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Core.Ids;

namespace AkkaKv.Cli.Ids;

/// <summary><c>akkakv id decode</c>: what a Snowflake id says.</summary>
internal sealed class IdDecodeCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly Argument<string> _id = new("ID") { Description = "A Snowflake id, in decimal." };
    private readonly LayoutFlags _layout = new();

    public Command Build()
    {
        var command = new Command("decode", "Takes a Snowflake id apart: by the cluster's layout, or without a cluster by the one that is given.");
        command.Arguments.Add(_id);
        _layout.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string text = parse.GetRequiredValue(_id);
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            throw new UsageException($"a Snowflake id must be a whole number from 0 to {long.MaxValue}; found '{text}'");
        SnowflakeReply reply = _layout.AreGiven(parse) ? Decode(id, _layout.Read(parse)) : await AskAsync(parse, id, cancellation);
        if (reply.Error is { } error)
            return new ErrorPrinter(terminal, connection.IsJson(parse)).Print(error);
        Print(parse, reply.Info!);
        return ExitCode.Ok;
    }

    private async Task<SnowflakeReply> AskAsync(ParseResult parse, long id, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        return await client.Ids.DecodeAsync(id, cancellation);
    }

    private static SnowflakeReply Decode(long id, SnowflakeLayout layout)
    {
        SnowflakeId parts = SnowflakeId.Decode(id, layout);
        if (parts.UnixMillis > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            throw new UsageException($"{id} would be of after the year 9999 in this layout: it was made with another");
        return new SnowflakeReply(new SnowflakeInfo(
            id, DateTimeOffset.UnixEpoch.AddMilliseconds(parts.UnixMillis), parts.Datacenter, parts.Machine, parts.Sequence));
    }

    private void Print(ParseResult parse, SnowflakeInfo info)
    {
        string id = info.Id.ToString(CultureInfo.InvariantCulture);
        if (connection.IsJson(parse))
        {
            terminal.OutText.WriteLine(JsonText.Of(new { id, time = info.Time, datacenter = info.Datacenter, machine = info.Machine, sequence = info.Sequence }));
            return;
        }

        TablePrinter.ForOut(terminal).Print(
            ["ID", "TIME", "DATACENTER", "MACHINE", "SEQUENCE"],
            [[id, IdWords.Moment(info.Time.ToUnixTimeMilliseconds()), $"{info.Datacenter}", $"{info.Machine}", $"{info.Sequence}"]]);
    }
}
