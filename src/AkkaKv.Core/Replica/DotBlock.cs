using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>
/// A run of counters that the store reserved for one replica: dots are made from it without asking the store each time.
/// </summary>
/// <remarks>
/// Invariant: the counters taken strictly increase, across blocks too, as long as the actor stays the same. What is
/// left of a block at a stop is never used.
/// </remarks>
public sealed class DotBlock
{
    private ulong _actor;
    private ulong _next;
    private ulong _end;

    public bool IsEmpty => _next == _end;

    /// <summary>Goes on with a new block; what was left of the old one is given up.</summary>
    public void Refill(ulong actor, ulong first, int count)
    {
        Invariant.Require(count > 0, "a block has at least one counter", count);
        Invariant.Require(first > 0, "counters start at 1", first);
        Invariant.Require(actor != _actor || first >= _end, "a new block lies after the old one", first);
        _actor = actor;
        _next = first;
        _end = first + (ulong)count;
    }

    /// <summary>What is left is taken under another actor from now on.</summary>
    public void Rename(ulong actor) => _actor = actor;

    /// <summary>The next dot, without taking it.</summary>
    public Dot Peek()
    {
        Invariant.Require(!IsEmpty, "an empty block is refilled before a dot is taken", _end);
        return new Dot(_actor, _next);
    }

    public Dot Take()
    {
        Dot dot = Peek();
        _next++;
        return dot;
    }
}
