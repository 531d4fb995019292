using AkkaKv.Simulation.Measuring;
using AkkaKv.Simulation.Membership;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Shrink;

try
{
    if (args.Length == 1 && args[0] is "--help" or "-h")
    {
        Console.Write(CommandLine.Usage + MeasuringCommand.Usage + MembershipCommand.Usage);
        return 0;
    }

    if (args.Length > 0 && args[0] == MeasuringCommand.Name)
    {
        Console.Write(MeasuredCluster.Measure(MeasuringCommand.Parse(args[1..])).Report());
        return 0;
    }

    if (args.Length > 0 && args[0] == "membership")
        return MembershipCommand.Run(args[1..]);

    SweepOptions options = CommandLine.Parse(args);
    return options.Replay is { } seed ? Replay(options.Run with { Seed = seed }, options.Tell) : Sweep(options);
}
catch (UsageException error)
{
    Console.Error.WriteLine(error.Message);
    Console.Error.Write(CommandLine.Usage);
    return 2;
}

static int Replay(SimulationOptions options, string? tell)
{
    RunResult result = tell is null ? SimulationRun.Of(options) : SimulationRun.Told(options, line =>
    {
        if (line.Contains(tell, StringComparison.Ordinal))
            Console.WriteLine(line);
    });
    if (result.Violation is null)
    {
        Console.WriteLine($"seed {options.Seed}: every promise held; trace hash {result.TraceHash:x16}, {result.Events} events, "
            + $"{result.VirtualTicks / (double)TimeSpan.TicksPerSecond:0.0} virtual seconds");
        return 0;
    }

    Console.Write(tell is null ? FailureReport.WithTranscript(result) : FailureReport.Of(result));
    return 1;
}

static int Sweep(SweepOptions options)
{
    var sweep = new SeedSweep(options);
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        sweep.Stop();
    };
    sweep.Run(Console.WriteLine, failure => Console.Write(FailureReport.Of(failure)));
    Console.Write(sweep.Summary.Report());
    if (sweep.Failures.Count == 0)
        return 0;
    if (options.Shrinks)
    {
        RunResult smallest = new Shrinker(SimulationRun.Of).Shrink(sweep.Failures[0]);
        Console.WriteLine("Reduced:");
        Console.Write(FailureReport.WithTranscript(smallest));
    }

    return 1;
}
