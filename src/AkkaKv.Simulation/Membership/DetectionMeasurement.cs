using AkkaKv.Core.Membership;

namespace AkkaKv.Simulation.Membership;

/// <summary>How long until a dead node is suspected, and how often a living one is.</summary>
internal static class DetectionMeasurement
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    public static void Run(MeasurementOptions options, TextWriter output)
    {
        output.WriteLine("| S | loss | runs | median, s | p99, s | largest, s | by the formula, s | false suspicions | in node-days | per node-day |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (int nodes in options.DetectionNodes)
        {
            foreach (double loss in options.Losses)
                output.WriteLine(Row(options, nodes, loss));
        }
    }

    private static string Row(MeasurementOptions options, int nodes, double loss)
    {
        var times = new Percentiles();
        var expected = new Percentiles();
        int runs = Math.Max(3, options.Runs * 10 / Math.Max(10, nodes * nodes / 10));
        int falseOnes = 0;
        for (int run = 0; run < runs; run++)
            falseOnes += Kill(new MembershipShape(options.Seed + (ulong)run, nodes, loss) { Options = options.Membership, AgeTicks = options.AgeTicks }, times, expected);
        double nodeDays = runs * nodes * WarmUp.TotalDays;
        double quietDays = options.NodeDays / nodes;
        falseOnes += CountFalse(new MembershipShape(options.Seed, nodes, loss) { Options = options.Membership, AgeTicks = options.AgeTicks }, TimeSpan.FromDays(quietDays));
        nodeDays += options.NodeDays;
        string rate = falseOnes == 0 ? FormattableString.Invariant($"0 (below {3 / nodeDays:0.00})") : FormattableString.Invariant($"{falseOnes / nodeDays:0.00}");
        return FormattableString.Invariant($"| {nodes:N0} | {loss:0 %} | {runs:N0} | {times.At(0.5):0.00} | {times.At(0.99):0.00} | {times.At(1):0.00} | {expected.Mean:0.00} | {falseOnes} | {nodeDays:0.0} | {rate} |");
    }

    // The formula: phi reaches the threshold at the last arrival + the acceptable pause + the window's mean + y deviations
    // (y from phi(y) = threshold); the last arrival was so long before the death; and it is looked at once a tick.
    private static int Kill(MembershipShape shape, Percentiles times, Percentiles expected)
    {
        var world = new MembershipWorld(shape);
        var suspected = new bool[shape.Nodes];
        long diedAt = 0;
        int dead = world.Draws.Next(shape.Nodes);
        int left = shape.Nodes - 1;
        int falseOnes = 0;
        world.OpinionChanged = (observer, snapshot) =>
        {
            if (diedAt == 0)
            {
                falseOnes += snapshot.Reachable.Count < shape.Nodes && world.Now > TimeSpan.TicksPerSecond * 2 ? 1 : 0;
            }
            else if (!suspected[observer] && !snapshot.IsReachable(world.Members[dead]))
            {
                suspected[observer] = true;
                left--;
                times.Add((world.Now - diedAt) / (double)TimeSpan.TicksPerSecond);
            }
        };
        world.Run(WarmUp + (shape.Options.Tick * world.Draws.NextDouble()));
        world.Kill(dead);
        diedAt = world.Now;
        for (int observer = 0; observer < shape.Nodes; observer++)
        {
            if (observer == dead)
                continue;
            MemberStatus status = world.Ask(observer)[dead];
            expected.Add((status.SuspectAfter - status.HeartbeatAge.GetValueOrDefault() + (shape.Options.Tick / 2)).TotalSeconds);
        }

        for (TimeSpan waited = default; left > 0 && waited < Patience; waited += shape.Options.Tick)
            world.Run(shape.Options.Tick);
        if (left > 0)
            throw new InvalidOperationException($"{left} nodes did not suspect the dead one in {Patience.TotalSeconds} s; shape {shape}");
        return falseOnes;
    }

    private static int CountFalse(MembershipShape shape, TimeSpan length)
    {
        var world = new MembershipWorld(shape);
        int falseOnes = 0;
        var last = new int[shape.Nodes];
        Array.Fill(last, shape.Nodes);
        world.OpinionChanged = (observer, snapshot) =>
        {
            falseOnes += Math.Max(0, last[observer] - snapshot.Reachable.Count);
            last[observer] = snapshot.Reachable.Count;
        };
        world.Run(length);
        return falseOnes;
    }
}
