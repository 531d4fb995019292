using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Versions;

/// <summary>
/// For each actor the newest counter that was seen of one key; it covers every dot of that actor up to it.
/// </summary>
/// <remarks>
/// Invariants: dots are in strictly increasing order of actor, one for each; counters are positive. An actor makes the
/// dots of one key one after the other on top of what it holds, so whoever saw counter c of an actor saw what became of
/// all its earlier ones: that is why one number per actor is enough.
/// </remarks>
public sealed class VersionVector : IEquatable<VersionVector>
{
    /// <summary>
    /// More actors than this in one vector are refused on decoding. So whatever would have more is refused before it is
    /// written: a key that nobody can read is lost.
    /// </summary>
    public const int ActorsMax = 1024;

    /// <summary>
    /// A new write brings no further actor to a vector of so many. The rest is left to merges, which have no other to turn to:
    /// more than the nodes that may write to a key before they hear of each other.
    /// </summary>
    public const int ActorsOfWritesMax = ActorsMax - 64;

    /// <summary>As <see cref="ActorsOfWritesMax"/>, for a delete: with it the key, and its vector, can be forgotten.</summary>
    public const int ActorsOfDeletesMax = ActorsMax - 32;

    private readonly Dot[] _newest;

    private VersionVector(Dot[] newest) => _newest = newest;

    /// <summary>Saw nothing.</summary>
    public static VersionVector Empty { get; } = new([]);

    public bool IsEmpty => _newest.Length == 0;

    /// <summary>The newest dot of each actor, by actor.</summary>
    public ReadOnlySpan<Dot> Newest => _newest;

    /// <summary>Builds a vector from dots in strictly increasing order of actor.</summary>
    public static VersionVector Of(params ReadOnlySpan<Dot> newest)
    {
        for (int i = 0; i < newest.Length; i++)
        {
            Invariant.Require(newest[i].Counter > 0, "a counter starts at 1", newest[i]);
            Invariant.Require(i == 0 || newest[i - 1].Actor < newest[i].Actor, "the actors of a vector strictly increase", newest[i]);
        }

        return newest.IsEmpty ? Empty : new VersionVector(newest.ToArray());
    }

    /// <summary>False for one that is to be refused: it could not be decoded again.</summary>
    public bool IsReadable => _newest.Length <= ActorsMax;

    /// <summary>True when a new dot of the actor may be added, so that there are no more actors than that if it is a further one.</summary>
    public bool HasRoomFor(ulong actor, int actorsMax) => CounterOf(actor) > 0 ? IsReadable : _newest.Length < actorsMax;

    /// <summary>The newest counter seen of an actor; 0 for none.</summary>
    public ulong CounterOf(ulong actor)
    {
        foreach (Dot dot in _newest)
        {
            if (dot.Actor == actor)
                return dot.Counter;
        }

        return 0;
    }

    /// <summary>True when the write was seen.</summary>
    public bool Covers(Dot dot) => CounterOf(dot.Actor) >= dot.Counter;

    /// <summary>True when all that the other saw was seen here too.</summary>
    public bool Covers(VersionVector other)
    {
        foreach (Dot dot in other._newest)
        {
            if (!Covers(dot))
                return false;
        }

        return true;
    }

    /// <summary>What both saw together: the larger counter of each actor.</summary>
    public VersionVector Join(VersionVector other)
    {
        if (Covers(other))
            return this;
        if (other.Covers(this))
            return other;
        var joined = new List<Dot>(_newest.Length + other._newest.Length);
        int left = 0, right = 0;
        while (left < _newest.Length || right < other._newest.Length)
        {
            if (right == other._newest.Length || (left < _newest.Length && _newest[left].Actor < other._newest[right].Actor))
                joined.Add(_newest[left++]);
            else if (left == _newest.Length || other._newest[right].Actor < _newest[left].Actor)
                joined.Add(other._newest[right++]);
            else
                joined.Add(_newest[left].Counter >= other._newest[right].Counter ? Take(_newest, left++, ref right) : Take(other._newest, right++, ref left));
        }

        return new VersionVector(joined.ToArray());
    }

    /// <summary>This vector with one more write seen.</summary>
    public VersionVector With(Dot dot) => Covers(dot) ? this : Join(new VersionVector([dot]));

    public bool Equals(VersionVector? other) => other is not null && _newest.AsSpan().SequenceEqual(other._newest);

    public override bool Equals(object? obj) => Equals(obj as VersionVector);

    public override int GetHashCode()
    {
        ulong hash = 17;
        foreach (Dot dot in _newest)
            hash = (((hash * 31) + dot.Actor) * 31) + dot.Counter;
        return (int)(hash ^ (hash >> 32));
    }

    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (Dot dot in _newest)
            text.Append(text.Length > 1 ? ", " : "").Append(dot);
        return text.Append('}').ToString();
    }

    // The larger of two counters of the same actor; steps over the smaller one too.
    private static Dot Take(Dot[] larger, int at, ref int smallerAt)
    {
        smallerAt++;
        return larger[at];
    }
}
