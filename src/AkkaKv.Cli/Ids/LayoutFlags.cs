using System.CommandLine;
using System.Globalization;
using AkkaKv.Cli.Shell;
using AkkaKv.Core.Ids;

namespace AkkaKv.Cli.Ids;

/// <summary>A layout of Snowflake ids, as flags.</summary>
internal sealed class LayoutFlags
{
    private readonly Option<int?> _time = Bits("--time-bits", "Bits of milliseconds. Default 41.");
    private readonly Option<int?> _datacenter = Bits("--datacenter-bits", "Bits of the datacenter. Default 5.");
    private readonly Option<int?> _machine = Bits("--machine-bits", "Bits of the machine. Default 5.");
    private readonly Option<int?> _sequence = Bits("--sequence-bits", "Bits of the sequence within a millisecond. Default 12.");

    private readonly Option<string?> _epoch = new("--epoch")
    {
        Description = "From when the time counts: a date such as 2026-01-01, or milliseconds since 1970. Default 2026-01-01.",
        HelpName = "DATE|MILLIS",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_time);
        command.Options.Add(_datacenter);
        command.Options.Add(_machine);
        command.Options.Add(_sequence);
        command.Options.Add(_epoch);
    }

    public bool AreGiven(ParseResult parse) =>
        parse.GetValue(_time) is not null || parse.GetValue(_datacenter) is not null || parse.GetValue(_machine) is not null
        || parse.GetValue(_sequence) is not null || parse.GetValue(_epoch) is not null;

    /// <summary>The layout, checked; what was not given is the default's.</summary>
    public SnowflakeLayout Read(ParseResult parse)
    {
        SnowflakeLayout usual = SnowflakeLayout.Default;
        var layout = new SnowflakeLayout
        {
            TimeBits = parse.GetValue(_time) ?? usual.TimeBits,
            DatacenterBits = parse.GetValue(_datacenter) ?? usual.DatacenterBits,
            MachineBits = parse.GetValue(_machine) ?? usual.MachineBits,
            SequenceBits = parse.GetValue(_sequence) ?? usual.SequenceBits,
            EpochUnixMillis = parse.GetValue(_epoch) is { } epoch ? ParseEpoch(epoch) : usual.EpochUnixMillis,
        };
        return layout.Faults() is { Count: > 0 } faults ? throw new UsageException(string.Join(" ", faults)) : layout;
    }

    private static long ParseEpoch(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long millis))
            return millis;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTimeOffset moment))
            return moment.ToUnixTimeMilliseconds();
        throw new UsageException($"--epoch must be a date such as 2026-01-01, or milliseconds since 1970; found '{text}'");
    }

    private static Option<int?> Bits(string name, string description) => new(name) { Description = description, HelpName = "BITS" };
}
