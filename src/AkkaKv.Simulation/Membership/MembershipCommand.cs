using System.Globalization;
using AkkaKv.Core.Membership;
using AkkaKv.Simulation.Running;

namespace AkkaKv.Simulation.Membership;

/// <summary>What to measure, and how often.</summary>
internal sealed record MeasurementOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>For ten nodes; fewer where there are more.</summary>
    public int Runs { get; init; } = 1_000;

    /// <summary>Of undisturbed life, to count false suspicions in.</summary>
    public double NodeDays { get; init; } = 10;

    public IReadOnlyList<int> Nodes { get; init; } = [3, 10, 30, 100, 300, 1_000];

    public IReadOnlyList<int> RoundsNodes { get; init; } = [10, 30, 100, 300, 1_000];

    public IReadOnlyList<int> DetectionNodes { get; init; } = [10, 100];

    public IReadOnlyList<double> Losses { get; init; } = [0.01, 0.10];

    /// <summary>How the members gossip.</summary>
    public MembershipOptions Membership { get; init; } = new();

    /// <summary>Behind each node when it begins.</summary>
    public int AgeTicks { get; init; }

    /// <summary>Where to draw cost and rounds; null for nowhere.</summary>
    public string? Svg { get; init; }
}

/// <summary>The sub-command <c>membership</c>: measures the failure detector and the gossip, and prints markdown tables.</summary>
internal static class MembershipCommand
{
    public const string Usage = """
        membership: measures who finds out what of whom, and what it costs.

          membership detection | cost | rounds | plot (cost and rounds) | all
          --seed SEED        where random numbers begin (1)
          --runs N           runs with ten nodes; fewer with more (1000)
          --node-days D      undisturbed life to count false suspicions in (10)
          --sizes A,B        numbers of nodes, 2 to 1000
          --bytes N          largest gossip message (the default of the options)
          --age-ticks N      ticks that each node has behind it (0): old counters take more bytes
          --svg FILE         draw cost and rounds (with plot and all)

        """;

    public static int Run(IReadOnlyList<string> arguments)
    {
        string what = arguments.Count == 0 ? "all" : arguments[0];
        if (what is not ("detection" or "cost" or "rounds" or "plot" or "all"))
            throw new UsageException($"membership measures detection, cost, rounds, plot or all; found '{what}'.");
        MeasurementOptions options = Parse(arguments);
        TextWriter output = Console.Out;
        if (what is "detection" or "all")
            DetectionMeasurement.Run(options, output);
        output.WriteLine();
        IReadOnlyList<CostRow> cost = what is "cost" or "plot" or "all" ? CostMeasurement.Run(options, output) : [];
        output.WriteLine();
        IReadOnlyList<RoundsRow> rounds = what is "rounds" or "plot" or "all" ? RoundsMeasurement.Run(options, output) : [];
        if (options.Svg is { } path && what is ("plot" or "all"))
            File.WriteAllText(path, MembershipPlot.Of(options, cost, rounds));
        return 0;
    }

    private static MeasurementOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new MeasurementOptions();
        for (int i = 1; i < arguments.Count; i += 2)
        {
            string flag = arguments[i];
            string value = i + 1 < arguments.Count ? arguments[i + 1] : throw new UsageException($"{flag} needs a value.");
            options = flag switch
            {
                "--seed" => options with { Seed = (ulong)Number(flag, value, 0, long.MaxValue) },
                "--runs" => options with { Runs = (int)Number(flag, value, 1, 1_000_000) },
                "--node-days" => options with { NodeDays = Number(flag, value, 1, 10_000) },
                "--sizes" => WithSizes(options, [.. value.Split(',').Select(part => (int)Number(flag, part, 2, 1_000))]),
                "--bytes" => options with { Membership = options.Membership with { GossipBytesMax = (int)Number(flag, value, 128, 65_536) } },
                "--age-ticks" => options with { AgeTicks = (int)Number(flag, value, 0, 10_000_000) },
                "--svg" => options with { Svg = value },
                _ => throw new UsageException($"membership has no flag {flag}."),
            };
        }

        return options;
    }

    private static MeasurementOptions WithSizes(MeasurementOptions options, int[] sizes) =>
        options with { Nodes = sizes, RoundsNodes = sizes, DetectionNodes = sizes };

    private static long Number(string flag, string value, long min, long max) =>
        long.TryParse(value, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max
            ? number
            : throw new UsageException($"{flag} takes a whole number from {min} to {max}; found '{value}'.");
}
