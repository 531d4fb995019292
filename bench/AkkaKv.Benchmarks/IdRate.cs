using System.Diagnostics;
using System.Globalization;
using AkkaKv.Core.Ids;
using AkkaKv.Ids;

namespace AkkaKv.Benchmarks;

/// <summary>
/// How near the default layout's ceiling of 4,096,000 ids a second this machine comes, with one thread and with two: <c>-- ids-rate</c>.
/// Steal is printed beside each figure: a machine that loses its processor can't be judged.
/// </summary>
internal static class IdRate
{
    private const int Block = 1_024;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(5);

    public static void Run()
    {
        Measure("one thread, one id at a time", 1, static source => source.Next());
        Measure("two threads, one id at a time", 2, static source => source.Next());
        Measure("one thread, blocks of 1,024", 1, static source => Blocks(source), Block);
        Measure("22 bits of sequence, one thread", 1, static source => source.Next(), layout: IdSources.Wide);
        Measure("22 bits of sequence, two threads", 2, static source => source.Next(), layout: IdSources.Wide);
    }

    [ThreadStatic]
    private static long[]? block;

    private static void Blocks(SnowflakeSource source) => source.Next(block ??= new long[Block]);

    private static void Measure(string name, int threads, Action<SnowflakeSource> make, int idsPerCall = 1, SnowflakeLayout? layout = null)
    {
        SnowflakeLayout chosen = layout ?? SnowflakeLayout.Default;
        SnowflakeSource source = IdSources.Of(chosen);
        RunFor(source, threads, make, Warm, out _);
        (long stolen, long busy) before = CpuJiffies();
        long calls = RunFor(source, threads, make, Each, out long allocated);
        (long stolen, long busy) after = CpuJiffies();
        double rate = calls * idsPerCall / Each.TotalSeconds;
        double steal = 100.0 * (after.stolen - before.stolen) / Math.Max(1, after.busy - before.busy);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {rate:#,0} ids/s, {100 * rate / chosen.IdsPerSecond:0.00} % of the ceiling, {(double)allocated / (calls * idsPerCall):0.000000} bytes an id, steal {steal:0.0} %"));
    }

    private static long RunFor(SnowflakeSource source, int threads, Action<SnowflakeSource> make, TimeSpan time, out long allocated)
    {
        long calls = 0;
        long bytes = 0;
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        Thread[] running = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            long own = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (Stopwatch.GetTimestamp() < end)
            {
                for (int i = 0; i < 64; i++)
                    make(source);
                own += 64;
            }

            Interlocked.Add(ref bytes, GC.GetAllocatedBytesForCurrentThread() - before);
            Interlocked.Add(ref calls, own);
        }))];
        Array.ForEach(running, static thread => thread.Start());
        Array.ForEach(running, static thread => thread.Join());
        allocated = bytes;
        return calls;
    }

    // The line "cpu" of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
    private static (long Stolen, long Total) CpuJiffies()
    {
        if (!File.Exists("/proc/stat"))
            return (0, 1);
        long[] fields = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(long.Parse)];
        return (fields[7], fields.Sum());
    }
}
