namespace AkkaKv.Server.Launch;

/// <summary>On which threads what waited for a socket goes on.</summary>
internal static class SocketThreads
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string ThreadCount = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>
    /// On the thread that saw the socket ready, instead of a thread of the pool. The runtime has no other switch for
    /// it and reads this one at the first socket: so call it before. What the environment says already stays.
    /// </summary>
    /// <remarks>
    /// What goes on there, parsing a request or sorting a peer's frames into inboxes, takes microseconds and never
    /// blocks; waking another thread for it costs more than the work.
    /// </remarks>
    public static void Prefer() => SetDefault(InlineCompletions, "1");

    /// <summary>Nodes that share the cores, and inherit this environment, share them with these threads too: by default each would have one for each core.</summary>
    public static void ShareAmong(int nodes) => SetDefault(ThreadCount, LoopsOfEach(nodes).ToString());

    /// <summary>Event loops, and socket threads, of each of so many nodes on this machine.</summary>
    public static int LoopsOfEach(int nodes) => Math.Max(1, Environment.ProcessorCount / nodes);

    private static void SetDefault(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
            Environment.SetEnvironmentVariable(name, value);
    }
}
