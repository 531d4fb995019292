using System.Diagnostics;
using System.Net;
using AkkaKv.Cli.Bench.Targets;

namespace AkkaKv.Cli.Bench;

/// <summary>Preloads, warms up, measures, and adds up.</summary>
internal sealed class BenchEngine(BenchOptions options)
{
    private readonly IBenchTarget _target = options.Target switch
    {
        "etcd" => new EtcdTarget(options),
        "redis" => new RedisTarget(options),
        _ => new AkkaKvTarget(options),
    };

    public async Task<BenchReport> RunAsync(CancellationToken interrupt)
    {
        var endpoints = options.Endpoints.Select(url => (url, Resolve(url))).ToList();
        var preload = options.Preload ? await PreloadAsync(endpoints, interrupt) : null;
        bool lost = preload is { Succeeded: 0 };
        if (lost || interrupt.IsCancellationRequested)
            return BenchReport.Of(options, new BenchTally(), preload, TimeSpan.Zero, null);
        return await MeasureAsync(endpoints, preload, interrupt);
    }

    private async Task<BenchTally> PreloadAsync(List<(Uri Url, IPEndPoint Address)> endpoints, CancellationToken interrupt)
    {
        var patienceSpan = TimeSpan.FromSeconds(3);
        var phase = new BenchPhase();
        phase.BecomeRecording();
        var (workers, ended) = Start(endpoints, new PreloadSource(options.Keys), phase);
        // Where nothing answers, a preload would never end by itself.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        while (await Task.WhenAny(ended, Task.Delay(patienceSpan, patience.Token)) != ended)
        {
            if (interrupt.IsCancellationRequested || workers.Sum(worker => worker.Tally.Succeeded) == 0)
                phase.BecomeStopped();
        }
        await patience.CancelAsync();
        await ended;
        return Added(workers);
    }

    private async Task<BenchReport> MeasureAsync(List<(Uri Url, IPEndPoint Address)> endpoints, BenchTally? preload, CancellationToken interrupt)
    {
        var phase = new BenchPhase();
        var (workers, ended) = Start(endpoints, new MixSource(KeyChooser.Of(options), options.ReadShare), phase);
        await WaitAsync(options.Warmup, interrupt);
        var before = CpuTimes.Read();
        long started = Stopwatch.GetTimestamp();
        phase.BecomeRecording();
        await WaitAsync(options.Duration, interrupt);
        phase.BecomeStopped();
        var elapsed = Stopwatch.GetElapsedTime(started);
        var after = CpuTimes.Read();
        await ended;
        return BenchReport.Of(options, Added(workers), preload, elapsed, CpuTimes.StealShare(before, after));
    }

    private (List<BenchWorker> Workers, Task Ended) Start(List<(Uri Url, IPEndPoint Address)> endpoints, OperationSource source, BenchPhase phase)
    {
        var workers = new List<BenchWorker>();
        var ends = new List<Task>();
        int threads = Math.Min(options.Threads, options.Connections);
        for (int thread = 0; thread < threads; thread++)
        {
            var connections = new List<BenchConnection>();
            for (int number = thread; number < options.Connections; number += threads)
                connections.Add(new BenchConnection(_target, endpoints, number, SeededRandom.Stream(options.Seed, number)));
            var worker = new BenchWorker(connections, source, phase, options.OperationTimeout);
            workers.Add(worker);
            ends.Add(Task.Factory.StartNew(worker.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }
        return (workers, Task.WhenAll(ends));
    }

    private static BenchTally Added(List<BenchWorker> workers)
    {
        var sum = new BenchTally();
        foreach (var worker in workers)
            sum.Add(worker.Tally);
        return sum;
    }

    private static async Task WaitAsync(TimeSpan span, CancellationToken interrupt) =>
        await Task.Delay(span, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static IPEndPoint Resolve(Uri url)
    {
        var addresses = Dns.GetHostAddresses(url.Host);
        return new IPEndPoint(addresses[0], url.Port);
    }
}
