using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>Whether a client's write may be made of what the replica holds.</summary>
internal static class PutRules
{
    /// <param name="dot">The next one; it is taken only when nothing is refused.</param>
    /// <returns>Null when it may.</returns>
    public static ReplicaOutcome? RefusalOf(SiblingSet staged, ReplicaPut put, Dot dot)
    {
        // Not an invariant: the set may come from a peer that knows what this store forgot (a backup that was restored
        // without a new identity), or that a stranger's context misled.
        if (staged.Seen.Covers(dot))
            return ReplicaOutcome.Corrupt;
        if (put.Context.Covers(dot))
            return ReplicaOutcome.ContextAhead;
        int actorsMax = put.Content.IsTombstone ? VersionVector.ActorsOfDeletesMax : VersionVector.ActorsOfWritesMax;
        return staged.Seen.Join(put.Context).HasRoomFor(dot.Actor, actorsMax) ? null : ReplicaOutcome.TooManyActors;
    }
}
