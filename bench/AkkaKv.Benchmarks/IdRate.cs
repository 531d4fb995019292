using System.Diagnostics;
using System.Globalization;
using AkkaKv.Core.Ids;
using AkkaKv.Ids;

namespace AkkaKv.Benchmarks;

/// <summary>
/// How near the default layout's ceiling of 4,096,000 ids a second this machine comes, with one thread and with two: <c>-- ids-rate</c>.
/// </summary>
/// <remarks>
/// A thread that is not given a processor makes no ids, and what it missed is gone: no id is of the past. So beside each rate
/// stand what the machine took: the time that the threads waited for a processor although they had work, steal, and how many of
/// the milliseconds were filled, partly filled, and missed altogether.
/// </remarks>
internal static class IdRate
{
    private const int Block = 1_024;

    // Longer than half of a mark: what is done for the first time, and allocates, is done before.
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(10);

    public static void Run()
    {
        Measure("one thread, one id at a time", 1, SnowflakeLayout.Default);
        Measure("two threads, one id at a time", 2, SnowflakeLayout.Default);
        Measure("one thread, blocks of 1,024", 1, SnowflakeLayout.Default, Block);
        Measure("22 bits of sequence, one thread", 1, IdSources.Wide);
        Measure("22 bits of sequence, two threads", 2, IdSources.Wide);
    }

    private static void Measure(string name, int threads, SnowflakeLayout layout, int block = 0)
    {
        SnowflakeSource source = IdSources.Of(layout);
        RunFor(source, threads, block, layout, Warm);
        (long stolen, long all) before = CpuJiffies();
        TakerSum sum = RunFor(source, threads, block, layout, Each);
        (long stolen, long all) after = CpuJiffies();
        double rate = sum.Ids / Each.TotalSeconds;
        double waited = sum.WaitedNanos / 1e9 / threads / Each.TotalSeconds;
        double steal = 100.0 * (after.stolen - before.stolen) / Math.Max(1, after.all - before.all);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {rate:#,0} ids/s, {100 * rate / layout.IdsPerSecond:0.00} % of the ceiling, {sum.Bytes} bytes allocated"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    milliseconds: {sum.Full} full, {sum.Partly} partly, {sum.Missed} missed; waited for a processor {100 * waited:0.0} % of the time, steal {steal:0.0} %"));
    }

    private static TakerSum RunFor(SnowflakeSource source, int threads, int block, SnowflakeLayout layout, TimeSpan time)
    {
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        Taker[] takers = [.. Enumerable.Range(0, threads).Select(_ => new Taker(source, layout, block, time))];
        Thread[] running = [.. takers.Select(taker => new Thread(() => taker.Run(end)))];
        Array.ForEach(running, static thread => thread.Start());
        Array.ForEach(running, static thread => thread.Join());
        return TakerSum.Of(takers, layout.SequenceMax + 1, (int)time.TotalMilliseconds);
    }

    // The line "cpu" of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
    private static (long Stolen, long All) CpuJiffies()
    {
        if (!File.Exists("/proc/stat"))
            return (0, 1);
        long[] fields = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(long.Parse)];
        return (fields[7], fields.Sum());
    }
}

/// <summary>One thread that takes ids and counts them by their millisecond.</summary>
internal sealed class Taker(SnowflakeSource source, SnowflakeLayout layout, int block, TimeSpan time)
{
    private readonly int _shift = layout.WorkerBits + layout.SequenceBits;
    private readonly long _first = source.Next() >> (layout.WorkerBits + layout.SequenceBits);
    private readonly long[] _block = new long[block];

    /// <summary>How many ids of each millisecond; room for a thread that ends late.</summary>
    public int[] ByMilli { get; } = new int[(int)time.TotalMilliseconds + 10_000];

    public long FirstMilli => _first;

    public long Bytes { get; private set; }

    public long WaitedNanos { get; private set; }

    public void Run(long end)
    {
        long waited = RunDelayNanos();
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (Stopwatch.GetTimestamp() < end)
        {
            for (int i = 0; i < 64; i++)
                Take();
        }

        Bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        WaitedNanos = RunDelayNanos() - waited;
    }

    private void Take()
    {
        if (_block.Length == 0)
        {
            ByMilli[(source.Next() >> _shift) - _first]++;
            return;
        }

        source.Next(_block);
        foreach (long id in _block)
            ByMilli[(id >> _shift) - _first]++;
    }

    // The second number of schedstat: nanoseconds in the queue of a processor.
    private static long RunDelayNanos() =>
        File.Exists("/proc/thread-self/schedstat") ? long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[1], CultureInfo.InvariantCulture) : 0;
}

/// <summary>What some threads made together.</summary>
internal sealed record TakerSum(long Ids, long Bytes, long WaitedNanos, int Full, int Partly, int Missed)
{
    public static TakerSum Of(IReadOnlyList<Taker> takers, int perMilli, int millis)
    {
        long origin = takers.Min(static taker => taker.FirstMilli);
        var made = new int[millis];
        long ids = 0;
        foreach (Taker taker in takers)
        {
            int offset = (int)(taker.FirstMilli - origin);
            for (int i = 0; i < taker.ByMilli.Length; i++)
            {
                ids += taker.ByMilli[i];
                if (i + offset < millis)
                    made[i + offset] += taker.ByMilli[i];
            }
        }

        return new TakerSum(
            ids,
            takers.Sum(static taker => taker.Bytes),
            takers.Sum(static taker => taker.WaitedNanos),
            made.Count(count => count >= perMilli),
            made.Count(count => count > 0 && count < perMilli),
            made.Count(static count => count == 0));
    }
}
