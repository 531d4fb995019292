using System.Globalization;
using AkkaKv.Simulation.Faults;

namespace AkkaKv.Simulation.Running;

/// <summary>What the command was asked to do.</summary>
internal sealed record SweepOptions
{
    public ulong FirstSeed { get; init; } = 1;

    public long Seeds { get; init; } = 100;

    public double? Minutes { get; init; }

    /// <summary>Runs until stopped, and goes on after a failure.</summary>
    public bool Soak { get; init; }

    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Runs this one seed, with its transcript.</summary>
    public ulong? Replay { get; init; }

    /// <summary>Every so-manieth seed is run twice and the hashes compared.</summary>
    public int TwiceEvery { get; init; } = 50;

    public bool Shrinks { get; init; } = true;

    /// <summary>With a replay: tells every event that contains this text, or all for the empty one; null for the last ones of a failure.</summary>
    public string? Tell { get; init; }

    public SimulationOptions Run { get; init; } = new(0);
}

/// <summary>Reads the command line; what it does not know is an error.</summary>
internal static class CommandLine
{
    public const string Usage = """
        akkakv-simulation: breaks clusters on purpose and looks whether they keep their promises.

          --seeds N          how many seeds to run (100)
          --first SEED       the first seed (1)
          --minutes M        stop after so long, whatever --seeds says
          --soak             run until stopped; report failures and go on
          --nodes S          nodes of each cluster, 1 to 32 (5)
          --operations K     client operations of each run (500)
          --faults A,B | none  only these kinds of faults (all)
          --changes WHEN     whether the members change: always, never or sometimes (sometimes)
          --ids WHEN         whether clients ask for unique ids: always, never or sometimes (sometimes)
          --without I,J      leave out planned faults by their index
          --workers W        runs at a time (one for each core)
          --twice-every N    run each N-th seed twice and compare the traces (50; 0 for never)
          --no-shrink        report a failure as it is
          --replay SEED      run one seed and print what happened
          --tell TEXT        with --replay: print every event that contains the text

        """;

    public static SweepOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SweepOptions();
        for (int i = 0; i < arguments.Count; i++)
        {
            string flag = arguments[i];
            if (flag is "--soak" or "--no-shrink")
            {
                options = flag == "--soak" ? options with { Soak = true, Seeds = long.MaxValue } : options with { Shrinks = false };
                continue;
            }

            if (!flag.StartsWith("--", StringComparison.Ordinal))
                throw new UsageException($"A flag begins with --; found '{flag}'.");
            string value = i + 1 < arguments.Count ? arguments[++i] : throw new UsageException($"{flag} needs a value.");
            options = Apply(options, flag, value);
        }

        return options;
    }

    private static SweepOptions Apply(SweepOptions options, string flag, string value) => flag switch
    {
        "--seeds" => options with { Seeds = Number(flag, value, 1, long.MaxValue) },
        "--first" => options with { FirstSeed = Seed(flag, value) },
        "--minutes" => options with { Minutes = Minutes(value), Seeds = options.Seeds == 100 ? long.MaxValue : options.Seeds },
        "--workers" => options with { Workers = (int)Number(flag, value, 1, 256) },
        "--twice-every" => options with { TwiceEvery = (int)Number(flag, value, 0, int.MaxValue) },
        "--tell" => options with { Tell = value },
        "--replay" => options with { Replay = Seed(flag, value) },
        "--nodes" => options with { Run = options.Run with { Nodes = (int)Number(flag, value, 1, 32) } },
        "--operations" => options with { Run = options.Run with { Operations = (int)Number(flag, value, 1, 1_000_000) } },
        "--faults" => options with { Run = options.Run with { Faults = Kinds(value) } },
        "--changes" => options with { Run = options.Run with { Changes = When(flag, value) } },
        "--ids" => options with { Run = options.Run with { Ids = When(flag, value) } },
        "--without" => options with { Run = options.Run with { Without = [.. value.Split(',').Select(part => (int)Number(flag, part, 0, int.MaxValue))] } },
        _ => throw new UsageException($"There is no flag {flag}."),
    };

    private static FaultKind[] Kinds(string value)
    {
        if (value == "none")
            return [];
        return [.. value.Split(',').Select(part => Enum.TryParse(part, ignoreCase: true, out FaultKind kind) && !char.IsAsciiDigit(part[0])
            ? kind
            : throw new UsageException($"There is no fault '{part}'; there are {string.Join(", ", Enum.GetNames<FaultKind>())}."))];
    }

    private static Occurrence When(string flag, string value) =>
        Enum.TryParse(value, ignoreCase: true, out Occurrence when) && !char.IsAsciiDigit(value[0])
            ? when
            : throw new UsageException($"{flag} takes always, never or sometimes; found '{value}'.");

    private static long Number(string flag, string value, long min, long max) =>
        long.TryParse(value, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max
            ? number
            : throw new UsageException($"{flag} takes a whole number from {min} to {max}; found '{value}'.");

    private static ulong Seed(string flag, string value) =>
        ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw new UsageException($"{flag} takes a seed, 0 to 2^64 - 1; found '{value}'.");

    private static double Minutes(string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out double minutes) && minutes > 0
            ? minutes
            : throw new UsageException($"--minutes takes a positive number; found '{value}'.");
}

/// <summary>The command line is not one that the simulator understands.</summary>
internal sealed class UsageException(string message) : Exception(message);
