using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Running;

/// <summary>What a run came to.</summary>
/// <param name="Shape">What the seed made of the cluster, in words.</param>
/// <param name="TraceHash">Names everything that happened; the same for the same options, on every machine.</param>
/// <param name="VirtualTicks">How long it took in the world.</param>
/// <param name="Injected">Faults that took effect, by kind.</param>
/// <param name="Planned">Indexes of the faults that were planned.</param>
/// <param name="Counted">What the actors counted, by <see cref="Core.Kernel.Counter"/>.</param>
public sealed record RunResult(
    SimulationOptions Options,
    Violation? Violation,
    string Shape,
    ulong TraceHash,
    long Events,
    long VirtualTicks,
    RunCounts Counts,
    IReadOnlyList<int> Injected,
    IReadOnlyList<int> Planned,
    IReadOnlyList<long> Counted,
    IReadOnlyList<string> Transcript);

/// <summary>How the operations ended, and what was looked at.</summary>
public sealed record RunCounts(long Operations, long Succeeded, long NotAttempted, long Indeterminate, long NewThenOld, long SessionMisses, long LostDisks, long OrdersTaken, long Changes, long LivingDead);
