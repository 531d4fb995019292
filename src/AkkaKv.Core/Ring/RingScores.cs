using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// How well a member and a partition fit: smaller is better. A score is an exponential variable drawn from the hash of
/// the pair, divided by the member's rate, so that the order within a partition is a weighted draw without replacement,
/// and a member's score does not depend on who else is there.
/// </summary>
/// <remarks>
/// Source: weighted rendezvous hashing, Thaler and Ravishankar 1998. Only +, −, ×, ÷ are used on doubles, which IEEE 754
/// fixes to the last bit: every machine finds the same order. Math.Log would not promise that.
/// </remarks>
internal sealed class RingScores
{
    private readonly ulong[] _hashes;
    private readonly double[] _rates;

    public RingScores(RingMember[] members, double[] rates)
    {
        _rates = rates;
        _hashes = new ulong[members.Length];
        for (int i = 0; i < members.Length; i++)
            _hashes[i] = StableHash.Of(Encoding.UTF8.GetBytes(members[i].PlaceName));
    }

    public int Members => _hashes.Length;

    /// <summary>The score of a pair as an owner.</summary>
    public double Of(int partition, int member) =>
        Exponential(Mix(_hashes[member] ^ Mix((ulong)partition + 1))) / _rates[member];

    /// <summary>The score of a pair for the first rank, independent of the other.</summary>
    public double OfPrimary(int partition, int member) =>
        Exponential(Mix(_hashes[member] ^ Mix(~(ulong)partition)));

    /// <summary>−ln(1 − x) for x in [0, 1).</summary>
    public static double RateOf(double probability) => -Log(1 - Math.Min(probability, 1 - 1e-9));

    // The hash as a number in (0, 1), then −ln of it.
    private static double Exponential(ulong hash) => -Log(((hash >> 12) + 0.5) * (1.0 / (1UL << 52)));

    // ln x for a normal x > 0: x = mantissa × 2^exponent with the mantissa near 1, whose logarithm is 2 artanh(s).
    private static double Log(double x)
    {
        const double ln2 = 0.693147180559945309417;
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.414213562373095)
        {
            mantissa *= 0.5;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1);
        double q = s * s;
        double series = 1 + (q * ((1.0 / 3) + (q * ((1.0 / 5) + (q * ((1.0 / 7) + (q * ((1.0 / 9) + (q * ((1.0 / 11) + (q / 13)))))))))));
        return (exponent * ln2) + (2 * s * series);
    }

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
