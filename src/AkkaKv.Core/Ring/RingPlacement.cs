using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>Places partitions on members; members are indexes into the list ordered by name.</summary>
internal sealed class RingPlacement
{
    private readonly ulong[] _hashes;

    public RingPlacement(RingMember[] members, int partitions, int owners)
    {
        _hashes = new ulong[members.Length];
        for (int i = 0; i < members.Length; i++)
            _hashes[i] = StableHash.Of(Encoding.UTF8.GetBytes(members[i].Node.Name));
        Owners = new int[partitions * owners];
        for (int partition = 0; partition < partitions; partition++)
            WalkOf(partition).AsSpan(0, owners).CopyTo(Owners.AsSpan(partition * owners));
    }

    /// <summary>Slot partition × owners + rank: the member in that rank.</summary>
    public int[] Owners { get; }

    /// <summary>All members in the partition's order.</summary>
    public int[] WalkOf(int partition)
    {
        var walk = new int[_hashes.Length];
        var scores = new ulong[_hashes.Length];
        for (int i = 0; i < walk.Length; i++)
        {
            walk[i] = i;
            scores[i] = new RandomSource(_hashes[i] + (ulong)partition).NextUInt64();
        }

        Array.Sort(scores, walk);
        return walk;
    }
}
