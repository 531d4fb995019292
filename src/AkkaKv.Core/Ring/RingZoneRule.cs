namespace AkkaKv.Core.Ring;

/// <summary>
/// Which members may still join a partition's owners so that its zones end up as even as they can be: each zone with its
/// base or one more, and no more than <paramref name="extras"/> zones with one more.
/// </summary>
internal sealed class RingZoneRule(int[] zoneOf, int[] zoneBase, int extras)
{
    /// <summary>The rule of a single rank: everyone may have it.</summary>
    public static RingZoneRule Free(int members) => new(new int[members], [1], 0);

    /// <summary>Whether the member may join the owners, without the one at rank <paramref name="leaving"/> (−1: with all).</summary>
    public bool Allows(ReadOnlySpan<int> owners, int leaving, int member)
    {
        int zone = zoneOf[member];
        int inZone = Count(owners, leaving, zone);
        if (inZone < zoneBase[zone])
            return true;
        return inZone == zoneBase[zone] && extras > 0 && ExtrasUsed(owners, leaving) < extras;
    }

    private int Count(ReadOnlySpan<int> owners, int leaving, int zone)
    {
        int count = 0;
        for (int rank = 0; rank < owners.Length; rank++)
            count += rank != leaving && zoneOf[owners[rank]] == zone ? 1 : 0;
        return count;
    }

    // An owner is the extra of its zone when the owners before it already fill the zone's base.
    private int ExtrasUsed(ReadOnlySpan<int> owners, int leaving)
    {
        int used = 0;
        for (int rank = 0; rank < owners.Length; rank++)
        {
            if (rank == leaving)
                continue;
            int zone = zoneOf[owners[rank]];
            int skip = leaving < rank ? leaving : -1;
            used += Count(owners[..rank], skip, zone) >= zoneBase[zone] ? 1 : 0;
        }

        return used;
    }
}
