using System.Numerics;
using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// What is known of a member: its newest heartbeat. Ordered by incarnation, then counter. As small as its own digest, so
/// a digest is news already.
/// </summary>
/// <param name="Member">The 32-bit hash of the member's name, see <see cref="HashOf"/>.</param>
/// <param name="Incarnation">Which process of the member, from 1; 0 when nothing is known.</param>
/// <param name="Counter">Heartbeats of that process, from 1.</param>
public readonly record struct GossipEntry(uint Member, ulong Incarnation, ulong Counter)
{
    /// <summary>A process would need centuries to get here: what is larger is not believed.</summary>
    public const ulong IncarnationMax = uint.MaxValue;

    /// <inheritdoc cref="IncarnationMax"/>
    public const ulong CounterMax = 1UL << 48;

    /// <summary>Nothing is known, or nothing that could be true.</summary>
    public bool IsBelievable => Incarnation is > 0 and <= IncarnationMax && Counter is > 0 and <= CounterMax;

    /// <summary>Bytes on the wire: the hash, then two varints.</summary>
    public int WireBytes => 4 + VarIntBytes(Incarnation) + VarIntBytes(Counter);

    public bool IsNewerThan(in GossipEntry other) =>
        Incarnation != other.Incarnation ? Incarnation > other.Incarnation : Counter > other.Counter;

    /// <summary>The lower half of XXH64 of the name's UTF-8: 4 bytes whatever the name.</summary>
    public static uint HashOf(NodeId member) => (uint)StableHash.Of(Encoding.UTF8.GetBytes(member.Name));

    private static int VarIntBytes(ulong value) => Math.Max(1, (BitOperations.Log2(value | 1) + 7) / 7);
}
