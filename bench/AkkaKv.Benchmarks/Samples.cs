using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Benchmarks;

/// <summary>Keys and objects, the same in every run.</summary>
internal static class Samples
{
    public static StoreKey Key(int number) => StoreKey.Of("bench", BitConverter.GetBytes((ulong)number));

    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    public static ValueContent Content(int bytes) => new(Bytes(bytes), "application/octet-stream", 1_700_000_000_000);

    /// <summary>One value, written by the actor.</summary>
    public static SiblingSet Written(ulong actor, ulong counter, int bytes) =>
        SiblingSet.Empty.Put(VersionVector.Empty, new Dot(actor, counter), Content(bytes));
}
