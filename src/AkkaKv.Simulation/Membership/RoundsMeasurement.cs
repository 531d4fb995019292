using AkkaKv.Core.Membership;

namespace AkkaKv.Simulation.Membership;

/// <summary>The median of rounds until all know, in so many runs.</summary>
internal sealed record RoundsRow(int Nodes, int Runs, double Rounds);

/// <summary>Rounds until a piece of news, the first word of a restarted node to one member, has reached all.</summary>
internal static class RoundsMeasurement
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private const int PollsPerRound = 4;
    private const int RoundsMax = 60;

    public static IReadOnlyList<RoundsRow> Run(MeasurementOptions options, TextWriter output)
    {
        var rows = new List<RoundsRow>();
        output.WriteLine("| S | runs | half of all: mean | all: median | all: largest | log₂ S |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (int nodes in options.RoundsNodes)
        {
            var half = new Percentiles();
            var all = new Percentiles();
            int runs = Math.Clamp(options.Runs * 10 / nodes, 5, 200);
            for (int run = 0; run < runs; run++)
                Spread(new MembershipShape(options.Seed + (ulong)run, nodes, 0.01) { Options = options.Membership, AgeTicks = options.AgeTicks }, half, all);
            rows.Add(new RoundsRow(nodes, runs, all.At(0.5)));
            output.WriteLine(FormattableString.Invariant(
                $"| {nodes:N0} | {runs} | {half.Mean:0.0} | {all.At(0.5):0.0} | {all.At(1):0.0} | {Math.Log2(nodes):0.0} |"));
        }

        return rows;
    }

    private static void Spread(MembershipShape shape, Percentiles half, Percentiles all)
    {
        var world = new MembershipWorld(shape);
        world.Run(WarmUp);
        int restarted = world.Draws.Next(shape.Nodes);
        int first = (restarted + 1 + world.Draws.Next(shape.Nodes - 1)) % shape.Nodes;

        // The process of before is gone, so that nobody answers for it.
        world.Kill(restarted);
        GossipEntry news = new(GossipEntry.HashOf(world.Members[restarted]), 2, 1);
        world.Post(first, new GossipDigest(world.Members[restarted], 0, [news]));
        bool toldHalf = false;
        for (int poll = 1; poll <= RoundsMax * PollsPerRound; poll++)
        {
            world.Run(shape.Options.Tick / PollsPerRound);
            int known = Known(world, restarted);
            if (!toldHalf && known >= shape.Nodes / 2)
            {
                half.Add(poll / (double)PollsPerRound);
                toldHalf = true;
            }

            if (known < shape.Nodes - 1)
                continue;
            all.Add(poll / (double)PollsPerRound);
            return;
        }

        throw new InvalidOperationException($"News did not reach all in {RoundsMax} rounds; shape {shape}");
    }

    private static int Known(MembershipWorld world, int restarted)
    {
        int known = 0;
        for (int node = 0; node < world.Shape.Nodes; node++)
            known += world.IsAlive(node) && world.Ask(node)[restarted].Incarnation == 2 ? 1 : 0;
        return known;
    }
}
