using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Faults;

/// <summary>One fault, wholly decided before the run begins, so that others can be left out without changing it.</summary>
/// <param name="Index">Its place in the schedule, by which it is left out.</param>
/// <param name="At">Ticks after the quiet beginning.</param>
/// <param name="Duration">Ticks; what it means depends on the kind.</param>
/// <param name="Number">Anything else that the kind needs.</param>
internal sealed record PlannedFault(int Index, FaultKind Kind, long At, int Node, int Peer, long Duration, ulong Number);

/// <summary>Draws the faults of a seed.</summary>
internal static class FaultSchedule
{
    private const int LongMax = 2;

    public static IReadOnlyList<PlannedFault> Draw(RandomSource random, WorldShape shape, long length, IReadOnlyCollection<FaultKind> kinds)
    {
        // A seed has a theme: with everything at once, always, nothing ever succeeds long enough to be lost.
        FaultKind[] all = [.. Enum.GetValues<FaultKind>().Where(kind => kind < FaultKind.LongPartition)];
        int themes = random.Between(2, all.Length);
        for (int i = 0; i < themes; i++)
        {
            int other = random.Between(i, all.Length - 1);
            (all[i], all[other]) = (all[other], all[i]);
        }

        int count = random.Between(4, 30);
        var faults = new List<PlannedFault>(count);
        for (int i = 0; i < count; i++)
        {
            int node = random.Next(shape.Machines);
            var fault = new PlannedFault(
                i,
                all[random.Next(themes)],
                (long)(length * random.NextDouble()),
                node,
                (node + 1 + random.Next(Math.Max(1, shape.Machines - 1))) % shape.Machines,
                random.Micros(2_000, 2_500_000),
                random.NextUInt64());
            if (kinds.Contains(fault.Kind))
                faults.Add(fault);
        }

        if (shape.IsLong)
            AddLong(random, shape, length, kinds, count, faults);
        if (shape.Ids is not null && kinds.Contains(FaultKind.ClockJump))
            AddCorrections(random, shape, length, count + LongMax, faults);
        return faults;
    }

    // Makers of ids wait for a clock that goes back a little: that must meet a question at the right moment.
    private static void AddCorrections(RandomSource random, WorldShape shape, long length, int index, List<PlannedFault> faults)
    {
        int count = random.Between(0, 12);
        for (int i = 0; i < count; i++)
        {
            // The two upper bits say how far it jumps: none set is a correction.
            ulong number = random.NextUInt64() >> (random.Chance(0.8) ? 2 : 0);
            faults.Add(new PlannedFault(index + i, FaultKind.ClockJump, (long)(length * random.NextDouble()), random.Next(shape.Machines), 0, 0, number));
        }
    }

    // 10 to 60 seconds, from early on: what is away that long misses most of the run.
    private static void AddLong(
        RandomSource random, WorldShape shape, long length, IReadOnlyCollection<FaultKind> kinds, int index, List<PlannedFault> faults)
    {
        int count = random.Between(1, LongMax);
        for (int i = 0; i < count; i++)
        {
            var fault = new PlannedFault(
                index + i,
                random.Of(FaultKind.LongPartition, FaultKind.LongPause, FaultKind.LongAbsence, FaultKind.LongWipe),
                (long)(length * 0.3 * random.NextDouble()),
                random.Next(shape.Machines),
                0,
                random.Between(10_000, 60_000) * TimeSpan.TicksPerMillisecond,
                random.NextUInt64());
            if (kinds.Contains(fault.Kind))
                faults.Add(fault);
        }
    }
}
