namespace AkkaKv.Server.Launch;

/// <summary>Starts a local cluster as child processes of this one, tells a person about it, and stops it.</summary>
internal sealed class ClusterLauncher(IReadOnlyList<PlannedNode> plan, SelfCommand self, bool restart, string dataDirectory, TextWriter output)
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly LineWriter lines = new(output);
    private readonly TaskCompletionSource<int> firstDeath = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until <paramref name="stop"/> is cancelled.</summary>
    /// <returns>The exit code: that of the first node that ends before the cluster is ready.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var children = plan.Select(node => new ChildNode(node, self, lines)).ToArray();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        foreach (var child in children)
            child.Start();
        var watches = children.Select(child => WatchAsync(child, ending.Token)).ToArray();
        try
        {
            var ready = WaitReadyAsync(ending.Token);
            if (await Task.WhenAny(ready, firstDeath.Task) == firstDeath.Task)
                return await firstDeath.Task;
            if (!await ready)
                return stop.IsCancellationRequested ? ExitCodes.Ok : ExitCodes.Failed;
            lines.Write(Banner.Ready(children, dataDirectory));
            await Task.WhenAny(Task.WhenAll(watches), PauseAsync(Timeout.InfiniteTimeSpan, ending.Token));
            return stop.IsCancellationRequested ? ExitCodes.Ok : ExitCodes.Failed;
        }
        finally
        {
            await ending.CancelAsync();
            await StopAsync(children, watches);
        }
    }

    private async Task WatchAsync(ChildNode child, CancellationToken ending)
    {
        while (true)
        {
            var code = await child.WaitAsync();
            if (ending.IsCancellationRequested)
                return;
            lines.Write(Banner.Died(child, code, self.Line(child.Plan.Arguments), restart));
            firstDeath.TrySetResult(code == ExitCodes.Ok ? ExitCodes.Failed : code > 128 ? ExitCodes.Failed : code);
            if (!restart || !await PauseAsync(RestartPause, ending))
                return;
            child.Start();
        }
    }

    private async Task<bool> WaitReadyAsync(CancellationToken ending)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        using var deadline = new CancellationTokenSource(ReadyTimeout);
        foreach (var node in plan)
        {
            while (!await IsReadyAsync(client, node))
            {
                if (deadline.IsCancellationRequested)
                    lines.Write($"{node.Name} must be ready within {ReadyTimeout.TotalSeconds:0} s; it is not. Its lines above say why; see also {node.Url}ready.");
                if (deadline.IsCancellationRequested || !await PauseAsync(ReadyPoll, ending))
                    return false;
            }
        }

        return true;
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, PlannedNode node)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(node.Url, "/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task StopAsync(ChildNode[] children, Task[] watches)
    {
        foreach (var child in children)
            child.AskToStop();
        var all = Task.WhenAll(watches.Concat(children.Where(child => !child.Ended).Select(child => child.WaitAsync())));
        if (await Task.WhenAny(all, Task.Delay(StopTimeout, CancellationToken.None)) != all)
        {
            foreach (var child in children.Where(child => !child.Ended))
            {
                lines.Write($"{child.Plan.Name} did not stop within {StopTimeout.TotalSeconds:0} s and is killed.");
                child.Kill();
            }

            await all;
        }

        foreach (var child in children)
            child.Dispose();
    }

    private static async Task<bool> PauseAsync(TimeSpan pause, CancellationToken ending)
    {
        await Task.Delay(pause, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !ending.IsCancellationRequested;
    }
}
