using System.Diagnostics;
using AkkaKv.Core.Ids;
using AkkaKv.Ids;

namespace AkkaKv.Cli.Ids;

/// <summary>One way of making ids, as measured and as it is.</summary>
/// <param name="PerSecond">Ids a second of one thread on this machine.</param>
/// <param name="IndexBytes">Of one key of an index, as a number or 16 bytes, and as text.</param>
internal sealed record IdWay(
    string Name, int Bits, string Sortable, bool IsNumeric, double PerSecond, int IndexBytes, int TextBytes, string NodeDies, string ClockBack);

/// <summary>Makes ids in each way for a while, one after the other, on one thread of this process.</summary>
internal static class IdContest
{
    /// <summary>Numbers of a counter for each synced write.</summary>
    public const int Block = 10_000;

    private const int RoundIds = 1_000;

    public static IReadOnlyList<IdWay> Run(TimeSpan each, CancellationToken cancellation)
    {
        var source = new SnowflakeSource(new SnowflakeSourceOptions
        {
            Grant = WorkerGrant.AssignedByHand(0, 0),
            Mark = new MemoryMark(),
            Clock = TimeProvider.System,
        });
        using var ticket = new SyncedCounter(TemporaryPath(), 2, Block);
        using var increment = new SyncedCounter(TemporaryPath(), 3, Block);
        return
        [
            new("snowflake", 63, "by time", true, Measure(each, () => source.Next() > 0, cancellation), 8, 19, "the others go on", "waits up to 50 ms, else an error"),
            new("uuid-v4", 122, "no", false, Measure(each, () => Guid.NewGuid() != default, cancellation), 16, 36, "nothing", "nothing"),
            new("uuid-v7", 122, "by time, to the ms", false, Measure(each, () => Guid.CreateVersion7() != default, cancellation), 16, 36, "nothing", "new ones sort before old ones"),
            new("ticket", 63, "by number", true, Measure(each, () => ticket.Next() > 0, cancellation), 8, 19, "the standby goes on; without one nobody does", "nothing"),
            new("increment", 63, "per node", true, Measure(each, () => increment.Next() > 0, cancellation), 8, 19, "the others go on; a new n needs all to stop", "nothing"),
        ];
    }

    private static string TemporaryPath() => Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    private static double Measure(TimeSpan each, Func<bool> make, CancellationToken cancellation)
    {
        for (int i = 0; i < RoundIds; i++)
            make();
        long made = 0;
        long started = Stopwatch.GetTimestamp();
        TimeSpan taken;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < RoundIds; i++)
                make();
            made += RoundIds;
            taken = Stopwatch.GetElapsedTime(started);
        }
        while (taken < each);
        return made / taken.TotalSeconds;
    }
}
