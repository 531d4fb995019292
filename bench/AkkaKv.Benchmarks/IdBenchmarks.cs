using AkkaKv.Core.Ids;
using AkkaKv.Ids;
using BenchmarkDotNet.Attributes;

namespace AkkaKv.Benchmarks;

/// <summary>
/// What an id costs, with 22 bits of sequence so that no millisecond runs out of them: 4,194,304 of one millisecond would take
/// 0.24 ns each.
/// </summary>
[MemoryDiagnoser]
public class IdBenchmarks
{
    private readonly SnowflakeSource _source = IdSources.Of(IdSources.Wide);
    private readonly LockedSnowflake _locked = new(IdSources.Wide, 1, TimeProvider.System);
    private readonly long[] _block = new long[1_000];

    [Benchmark(Baseline = true)]
    public long LockFree() => _source.Next();

    [Benchmark]
    public long Locked() => _locked.Next();

    [Benchmark(OperationsPerInvoke = 1_000)]
    public void LockFreeBlockOf1000() => _source.Next(_block);

    [Benchmark]
    public Guid UuidV7() => Guid.CreateVersion7();

    [Benchmark]
    public Guid UuidV4() => Guid.NewGuid();

    /// <summary>What part of an id is the look at the clock.</summary>
    [Benchmark]
    public DateTimeOffset Clock() => TimeProvider.System.GetUtcNow();
}

/// <summary>The same rules under a lock: the simplest thing that is right.</summary>
internal sealed class LockedSnowflake(SnowflakeLayout layout, int worker, TimeProvider clock)
{
    private static readonly SnowflakeBounds Anything = new(-1, long.MaxValue, long.MaxValue);

    private readonly Lock _turn = new();
    private readonly SnowflakeRules _rules = new(layout, 0, 50);
    private long _state = SnowflakeRules.Beginning;

    public long Next()
    {
        lock (_turn)
        {
            while (true)
            {
                SnowflakeStep step = _rules.Next(_state, clock.GetUtcNow().ToUnixTimeMilliseconds() - layout.EpochUnixMillis, Anything, 1);
                _state = step.State;
                if (step.Outcome == SnowflakeOutcome.Issued)
                    return layout.Compose(_rules.MillisOf(_state), worker, _rules.SequenceOf(_state));
            }
        }
    }
}

/// <summary>Sources as an embedder makes them, with a mark in memory.</summary>
internal static class IdSources
{
    /// <summary>22 bits of sequence, 41 of time, one worker.</summary>
    public static SnowflakeLayout Wide { get; } = new() { DatacenterBits = 0, MachineBits = 0, SequenceBits = 22 };

    public static SnowflakeSource Of(SnowflakeLayout layout) => new(new SnowflakeSourceOptions
    {
        Layout = layout,
        Grant = WorkerGrant.AssignedByHand(0, 0),
        Mark = new MemoryMark(),
        Clock = TimeProvider.System,
    });
}
