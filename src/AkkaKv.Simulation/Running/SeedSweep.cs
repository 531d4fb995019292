using System.Diagnostics;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// Runs many seeds, several at a time; each run is single-threaded and knows nothing of the others.
/// </summary>
internal sealed class SeedSweep(SweepOptions options)
{
    private readonly Lock _gate = new();
    private readonly SweepSummary _summary = new();
    private readonly List<RunResult> _failures = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _next;
    private bool _stopping;

    public IReadOnlyList<RunResult> Failures => _failures;

    public SweepSummary Summary => _summary;

    public void Stop() => Volatile.Write(ref _stopping, true);

    /// <summary>Runs until done, telling the progress now and then.</summary>
    public void Run(Action<string> progress, Action<RunResult> failed)
    {
        var workers = new Thread[(int)Math.Min(options.Workers, options.Seeds)];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(() => Work(failed)) { Name = "seeds-" + i, IsBackground = true };
            workers[i].Start();
        }

        foreach (Thread worker in workers)
        {
            while (!worker.Join(TimeSpan.FromSeconds(5)))
            {
                lock (_gate)
                    progress(_summary.Line(_watch.Elapsed));
            }
        }

        lock (_gate)
            _summary.RealTime = _watch.Elapsed;
    }

    private void Work(Action<RunResult> failed)
    {
        while (TryTake(out ulong seed))
        {
            RunResult result = SimulationRun.Of(options.Run with { Seed = seed });
            if (options.TwiceEvery > 0 && seed % (ulong)options.TwiceEvery == 0)
                result = CompareWithSecond(result);
            lock (_gate)
            {
                _summary.Add(result);
                if (result.Violation is null)
                    continue;
                _failures.Add(result);
                _stopping |= !options.Soak;
                failed(result);
            }
        }
    }

    // Promise 14, held against the product and the simulator together.
    private RunResult CompareWithSecond(RunResult first)
    {
        RunResult second = SimulationRun.Of(first.Options);
        lock (_gate)
            _summary.RunTwice++;
        if (second.TraceHash == first.TraceHash)
            return first;
        return first with { Violation = new World.Violation("the same seed gives the same trace", $"{first.TraceHash:x16} and {second.TraceHash:x16}") };
    }

    private bool TryTake(out ulong seed)
    {
        long index = Interlocked.Increment(ref _next) - 1;
        seed = options.FirstSeed + (ulong)index;
        return index < options.Seeds && !Volatile.Read(ref _stopping) && (options.Minutes is not { } minutes || _watch.Elapsed.TotalMinutes < minutes);
    }
}
