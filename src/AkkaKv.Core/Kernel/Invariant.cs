using System.Diagnostics.CodeAnalysis;

namespace AkkaKv.Core.Kernel;

/// <summary>What must hold, checked always, also in production: a node that is wrong stops rather than spreads it.</summary>
public static class Invariant
{
    /// <summary>Fails loudly when the condition does not hold.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="facts">What was required and what was found.</param>
    /// <exception cref="InvariantException">When it is false.</exception>
    public static void Require([DoesNotReturnIf(false)] bool condition, string facts)
    {
        if (!condition)
            throw new InvariantException(facts);
    }

    /// <summary>As above; the facts are put into words only when they are needed.</summary>
    public static void Require<TFact>([DoesNotReturnIf(false)] bool condition, string rule, TFact found)
    {
        if (!condition)
            throw new InvariantException($"{rule}; found {found}");
    }
}

/// <summary>An invariant did not hold: a fault in this program, not in its input.</summary>
public sealed class InvariantException(string facts) : Exception("Invariant broken: " + facts);
