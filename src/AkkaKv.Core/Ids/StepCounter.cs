using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>
/// Every n-th number: of n counters with different indexes, no two ever give the same. Numbers are reserved before they
/// are given, so that one that comes back knows what it may have given.
/// </summary>
/// <remarks>Invariant: a number is given once, and only below the bound that is durable.</remarks>
public sealed class StepCounter
{
    private readonly long _step;
    private readonly long _index;
    private long _next;
    private long _bound;

    /// <param name="step">n.</param>
    /// <param name="index">0 to n − 1: gives index + 1, index + 1 + n, …</param>
    /// <param name="from">Numbers below are never given; at least 1.</param>
    public StepCounter(long step, long index, long from)
    {
        Invariant.Require(step > 0, "a counter goes up", step);
        Invariant.Require(index >= 0 && index < step, "a counter is one of n", index);
        Invariant.Require(from > 0, "a counter starts above 0", from);
        _step = step;
        _index = index;
        _next = AtOrAfter(from);
    }

    /// <summary>How many can be given without a further reservation.</summary>
    public long Reserved => _bound > _next ? ((_bound - _next - 1) / _step) + 1 : 0;

    /// <summary>Starts at or beyond what was durable before a restart.</summary>
    public void StartBeyond(long bound)
    {
        Invariant.Require(_bound == 0, "a counter starts once", _bound);
        _next = Math.Max(_next, AtOrAfter(Math.Max(bound, 1)));
    }

    /// <summary>The bound that must be durable so that so many can be given; null when numbers end before.</summary>
    public long? BoundFor(long count)
    {
        Int128 bound = _next + ((Int128)count * _step);
        return bound > long.MaxValue ? null : (long)bound;
    }

    /// <summary>Says that a bound is durable.</summary>
    public void Raise(long bound) => _bound = Math.Max(_bound, bound);

    /// <returns>False when so many are not reserved.</returns>
    public bool TryTake(int count, out IdRange range)
    {
        range = new IdRange(_next, count, _step);
        if (count > Reserved)
            return false;
        _next += count * _step;
        return true;
    }

    private long AtOrAfter(long number)
    {
        long past = (number - 1 - _index) % _step;
        return past == 0 ? number : number + (past < 0 ? -past : _step - past);
    }
}
