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
        return faults;
    }

    // 10 to 60 seconds, from early on: what is away that long misses most of the run.
    private static void AddLong(
        RandomSource random, WorldShape shape, long length, IReadOnlyCollection<FaultKind> kinds, int index, List<PlannedFault> faults)
    {
        int count = random.Between(1, 2);
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
