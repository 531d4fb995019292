using System.Collections.Concurrent;
using System.Diagnostics;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>A hundred new keys a second, through the given nodes in turn, until they are ended. Nothing is tried twice.</summary>
internal sealed class SteadyWrites : IAsyncDisposable
{
    private const int Writers = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly string _prefix;
    private readonly IReadOnlyList<NodeProcess> _nodes;
    private readonly ConcurrentQueue<string> _written = new();
    private readonly ConcurrentQueue<string> _failed = new();
    private readonly ConcurrentQueue<TimeSpan> _durations = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    private SteadyWrites(string prefix, IReadOnlyList<NodeProcess> nodes)
    {
        _prefix = prefix;
        _nodes = nodes;
        _running = Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));
    }

    public static SteadyWrites Start(string prefix, IReadOnlyList<NodeProcess> nodes) => new(prefix, nodes);

    /// <summary>Stops, and fails where any of the requests did.</summary>
    /// <returns>The keys that were written, and a line of what was measured.</returns>
    public async Task<(IReadOnlyList<string> Keys, string Measured)> EndAsync()
    {
        await StopAsync();
        _failed.Take(20).ShouldBeEmpty($"{_failed.Count} of {_failed.Count + _written.Count} writes failed");
        return ([.. _written], $"{_written.Count} writes \"{_prefix}\" and no failed one, the longest took {_durations.Max().TotalMilliseconds:0} ms");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _ending.Dispose();
    }

    private async Task StopAsync()
    {
        await _ending.CancelAsync();
        await _running;
    }

    private async Task WriteAsync(int writer)
    {
        using var ticks = new PeriodicTimer(Pause);
        for (int number = 0; !_ending.IsCancellationRequested; number++)
        {
            NodeProcess node = _nodes[(writer + number) % _nodes.Count];
            string key = $"{_prefix} {writer} {number}";
            var watch = Stopwatch.StartNew();
            try
            {
                KvAnswer answer = await node.Http.PutAsync(AkkaKeys.PathOf(key), AkkaKeys.ValueOf(key));
                (answer.Status == 204 ? _written : _failed).Enqueue(answer.Status == 204 ? key : $"{key} through {node.Name} after {watch.ElapsedMilliseconds} ms: {answer}");
            }
            catch (HttpRequestException failure)
            {
                _failed.Enqueue($"{key} through {node.Name} after {watch.ElapsedMilliseconds} ms: {failure.Message}");
            }

            _durations.Enqueue(watch.Elapsed);
            await ticks.WaitForNextTickAsync();
        }
    }
}
