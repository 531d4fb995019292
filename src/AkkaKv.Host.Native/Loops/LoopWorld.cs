using AkkaKv.Core.Kernel;
using AkkaKv.Host.Callers;
using AkkaKv.Host.Native.Peers;

namespace AkkaKv.Host.Native.Loops;

/// <summary>What the loops of one node share.</summary>
internal sealed class LoopWorld(TimeProvider clock, CallTable calls, PeerTable peers, NativeHooks hooks, Action<NodeFailure> failed)
{
    private readonly long _started = clock.GetTimestamp();

    public TimeProvider Clock { get; } = clock;

    public CallTable Calls { get; } = calls;

    public PeerTable Peers { get; } = peers;

    public Func<LoopPort, ILoopService>? MakeStore { get; } = hooks.MakeStore;

    /// <summary>Takes what is for the host's connections; false when it is nothing of theirs. Set once before any loop runs.</summary>
    public Func<Message, bool> Network { get; set; } = static _ => false;

    public Action<NodeFailure> Failed { get; } = failed;

    /// <summary>All loops, set once before any of them runs.</summary>
    public IReadOnlyList<EventLoop> Loops { get; set; } = [];

    /// <summary>Monotonic time since the node was made.</summary>
    public long NowTicks() => Clock.GetElapsedTime(_started).Ticks;
}
