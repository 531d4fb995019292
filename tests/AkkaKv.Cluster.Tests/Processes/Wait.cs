using System.Diagnostics;

namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>Waits for what another process does, by asking again and again; the bound is for a broken product, not a timing.</summary>
internal static class Wait
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks until the answer is not null.</summary>
    public static async Task<T> ForAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? limit = null)
        where T : class
    {
        var bound = limit ?? Long;
        var watch = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(Pause);
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (watch.Elapsed > bound)
                throw new TimeoutException($"Waited {bound.TotalSeconds:0} s for this, and it did not come: {what}.");
            await ticks.WaitForNextTickAsync();
        }
    }

    /// <summary>Asks until it holds.</summary>
    public static Task UntilAsync(string what, Func<Task<bool>> holds, TimeSpan? limit = null) =>
        ForAsync(what, async () => await holds() ? what : null, limit);

    /// <summary>Asks until it holds.</summary>
    public static Task UntilAsync(string what, Func<bool> holds, TimeSpan? limit = null) =>
        UntilAsync(what, () => Task.FromResult(holds()), limit);
}
