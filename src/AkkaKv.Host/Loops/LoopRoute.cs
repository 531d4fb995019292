using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Loops;

/// <summary>
/// Which loop owns an address. A pure function of role, number and the number of loops, so that no table is shared:
/// a partition's replica is at its number modulo the loops, a request carries its loop in its number in the same way.
/// </summary>
public static class LoopRoute
{
    /// <summary>No loop: there can be no such actor.</summary>
    public const int Nowhere = -1;

    /// <summary>The loop of an actor of this node.</summary>
    public static int Of(ActorRole role, ulong number, int loops) => role switch
    {
        ActorRole.Store or ActorRole.Caller or ActorRole.Network => Nowhere,
        ActorRole.Membership or ActorRole.RingManager or ActorRole.AntiEntropy => 0,
        ActorRole.Agreement or ActorRole.Topology or ActorRole.Transfer => 0,
        ActorRole.Gateway => number < (ulong)loops ? (int)number : Nowhere,
        _ => (int)(number % (ulong)loops),
    };
}
