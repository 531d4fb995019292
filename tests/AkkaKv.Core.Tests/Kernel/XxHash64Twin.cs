using System.Numerics;

namespace AkkaKv.Core.Tests.Kernel;

/// <summary>XXH64 written down from the steps of its specification, slowly and with byte indexes: the dumb twin.</summary>
internal static class XxHash64Twin
{
    private static readonly BigInteger Modulus = BigInteger.One << 64;
    private static readonly BigInteger P1 = 11400714785074694791;
    private static readonly BigInteger P2 = 14029467366897019727;
    private static readonly BigInteger P3 = 1609587929392839161;
    private static readonly BigInteger P4 = 9650029242287828579;
    private static readonly BigInteger P5 = 2870177450012600261;

    public static ulong Of(byte[] input, ulong seed)
    {
        BigInteger acc;
        int at = 0;
        if (input.Length < 32)
        {
            acc = Wrap(seed + P5);
        }
        else
        {
            BigInteger[] lanes = [Wrap(seed + P1 + P2), Wrap(seed + P2), seed, Wrap(seed - P1)];
            for (; at + 32 <= input.Length; at += 32)
            {
                for (int lane = 0; lane < 4; lane++)
                    lanes[lane] = Round(lanes[lane], Read(input, at + (8 * lane), 8));
            }

            acc = Wrap(Rotate(lanes[0], 1) + Rotate(lanes[1], 7) + Rotate(lanes[2], 12) + Rotate(lanes[3], 18));
            foreach (BigInteger lane in lanes)
                acc = Wrap(((acc ^ Round(0, lane)) * P1) + P4);
        }

        return (ulong)Finish(Tail(input, at, Wrap(acc + input.Length)));
    }

    private static BigInteger Tail(byte[] input, int at, BigInteger acc)
    {
        for (; at + 8 <= input.Length; at += 8)
            acc = Wrap((Rotate(acc ^ Round(0, Read(input, at, 8)), 27) * P1) + P4);
        for (; at + 4 <= input.Length; at += 4)
            acc = Wrap((Rotate(acc ^ Wrap(Read(input, at, 4) * P1), 23) * P2) + P3);
        for (; at < input.Length; at++)
            acc = Wrap(Rotate(acc ^ Wrap(input[at] * P5), 11) * P1);
        return acc;
    }

    private static BigInteger Finish(BigInteger acc)
    {
        acc = Wrap((acc ^ (acc >> 33)) * P2);
        acc = Wrap((acc ^ (acc >> 29)) * P3);
        return acc ^ (acc >> 32);
    }

    private static BigInteger Round(BigInteger acc, BigInteger lane) => Wrap(Rotate(Wrap(acc + (lane * P2)), 31) * P1);

    private static BigInteger Rotate(BigInteger x, int bits) => Wrap(x << bits) | (x >> (64 - bits));

    private static BigInteger Wrap(BigInteger x) => ((x % Modulus) + Modulus) % Modulus;

    private static BigInteger Read(byte[] input, int at, int count)
    {
        BigInteger value = 0;
        for (int i = count - 1; i >= 0; i--)
            value = (value << 8) | input[at + i];
        return value;
    }
}
