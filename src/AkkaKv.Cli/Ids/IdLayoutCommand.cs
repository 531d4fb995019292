using System.CommandLine;
using System.Globalization;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Core.Ids;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Ids;

/// <summary><c>akkakv id layout</c>: what a split of the bits gives.</summary>
internal sealed class IdLayoutCommand(Terminal terminal, ConnectionFlags connection)
{
    private const double MillisPerYear = 365.2425 * 24 * 3600 * 1000;

    private readonly LayoutFlags _layout = new();

    public Command Build()
    {
        var command = new Command("layout", "Shows the rate and the horizon of a layout of Snowflake ids; needs no cluster.");
        _layout.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        SnowflakeLayout layout = _layout.Read(parse);
        double years = layout.MillisMax / MillisPerYear;
        if (IdWords.HorizonWarning(layout, terminal.Time.GetUtcNow()) is { } warning)
            terminal.Error.WriteLine($"akkakv: {warning}");
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.Of(Json(layout, years)));
        else
            Print(layout, years);
        return ExitCode.Ok;
    }

    private void Print(SnowflakeLayout layout, double years) => TablePrinter.ForOut(terminal).Print(
        ["PART", "BITS", "WHAT IT GIVES"],
        [
            ["sign", "1", "always 0: ids are positive in every language"],
            ["time", $"{layout.TimeBits}", $"milliseconds since {IdWords.Moment(layout.EpochUnixMillis)}: {years.ToString("0.0", CultureInfo.InvariantCulture)} years, until {IdWords.Moment(layout.HorizonUnixMillis)}"],
            ["datacenter", $"{layout.DatacenterBits}", Shown.Count(1L << layout.DatacenterBits)],
            ["machine", $"{layout.MachineBits}", $"{Shown.Count(1L << layout.MachineBits)} in each datacenter, {Shown.Count(layout.WorkerMax + 1L)} workers in all"],
            ["sequence", $"{layout.SequenceBits}", $"{Shown.Count(layout.SequenceMax + 1L)} ids a millisecond from each worker, {Shown.Count(layout.IdsPerSecond)} a second"],
        ]);

    private static object Json(SnowflakeLayout layout, double years) => new
    {
        timeBits = layout.TimeBits,
        datacenterBits = layout.DatacenterBits,
        machineBits = layout.MachineBits,
        sequenceBits = layout.SequenceBits,
        epoch = IdWords.Moment(layout.EpochUnixMillis),
        horizon = IdWords.Moment(layout.HorizonUnixMillis),
        years = Math.Round(years, 1),
        workers = layout.WorkerMax + 1L,
        idsPerMillisecond = layout.SequenceMax + 1L,
        idsPerSecond = layout.IdsPerSecond,
    };
}
