namespace AkkaKv.Cli.Bench.Targets;

/// <summary>Keys of one length, so that requests can be patched in place: <c>key-0000000042</c>, 14 bytes.</summary>
internal static class BenchKey
{
    public const int Length = 14;

    public static void Write(Span<byte> target, int number)
    {
        "key-"u8.CopyTo(target);
        for (int at = Length - 1; at >= 4; at--)
        {
            target[at] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }

    /// <summary>A value that does not compress, fixed by the seed.</summary>
    public static byte[] Value(int length, ulong seed)
    {
        var random = new SeededRandom(seed);
        var value = new byte[length];
        for (int at = 0; at < length; at++)
            value[at] = (byte)random.Next(256);
        return value;
    }
}
