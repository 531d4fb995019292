using System.Buffers.Binary;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>
/// What a Merkle tree knows of an object: a hash of what was seen and of the dots that are held, not of the payload. A dot
/// names one value for ever, so replicas with the same hash hold the same.
/// </summary>
public static class VersionHash
{
    /// <summary>The version of a key that is not there.</summary>
    public const ulong Absent = 0;

    /// <summary>The version of a key whose record cannot be read: equal to no other replica's.</summary>
    public const ulong Damaged = 1;

    private const int DotBytes = 16;

    /// <summary>XXH64 over the number of actors, the vector's dots and the values' dots, each as actor and counter.</summary>
    public static ulong Of(SiblingSet set)
    {
        if (set.Seen.IsEmpty && set.Count == 0)
            return Absent;
        int length = 8 + ((set.Seen.Newest.Length + set.Count) * DotBytes);
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, set.Seen.Newest.Length);
        int at = 8;
        foreach (Dot dot in set.Seen.Newest)
            Write(bytes, ref at, dot);
        foreach (VersionedValue value in set.Values)
            Write(bytes, ref at, value.Dot);
        ulong hash = StableHash.Of(bytes);
        return hash is Absent or Damaged ? hash + 2 : hash;
    }

    private static void Write(Span<byte> bytes, ref int at, Dot dot)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], dot.Actor);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(at + 8)..], dot.Counter);
        at += DotBytes;
    }
}
