namespace AkkaKv.Core.Versions;

/// <summary>
/// Names one write for ever: the store that made it and a number of that store's ever-growing sequence (from 1).
/// Ordered by actor, then counter; the order means nothing but is the same everywhere.
/// </summary>
/// <remarks>Source: dotted version vectors, Preguiça, Baquero, Almeida, Fonte and Gonçalves 2010.</remarks>
public readonly record struct Dot(ulong Actor, ulong Counter) : IComparable<Dot>
{
    public int CompareTo(Dot other) => Actor != other.Actor ? Actor.CompareTo(other.Actor) : Counter.CompareTo(other.Counter);

    /// <summary>The text that clients see as a sibling's tag: 16 hex digits of the actor, a dash, the counter.</summary>
    public override string ToString() => $"{Actor:x16}-{Counter}";

    public static bool operator <(Dot left, Dot right) => left.CompareTo(right) < 0;

    public static bool operator >(Dot left, Dot right) => left.CompareTo(right) > 0;

    public static bool operator <=(Dot left, Dot right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Dot left, Dot right) => left.CompareTo(right) >= 0;
}
