using System.Numerics;

namespace AkkaKv.Cli.Bench;

/// <summary>Picks the next key's number, from 0 to the number of keys − 1. Immutable: workers share one.</summary>
internal abstract class KeyChooser
{
    public abstract int Next(SeededRandom random);

    public static KeyChooser Of(BenchOptions options) =>
        options.Distribution == "zipf" ? new ZipfKeyChooser(options.Keys, options.Theta) : new UniformKeyChooser(options.Keys);
}

/// <summary>Every key is equally likely.</summary>
internal sealed class UniformKeyChooser(int keys) : KeyChooser
{
    public override int Next(SeededRandom random) => random.Next(keys);
}

/// <summary>
/// The key of rank k is drawn with a probability proportional to 1 / k^theta; ranks are spread over the key space, so
/// that the hot keys are not neighbours.
/// </summary>
/// <remarks>Source: Gray et al. 1994, "Quickly generating billion-record synthetic databases"; the generator of YCSB.</remarks>
internal sealed class ZipfKeyChooser : KeyChooser
{
    private readonly int _keys;
    private readonly double _theta;
    private readonly double _zeta;
    private readonly double _alpha;
    private readonly double _eta;
    private readonly int _step;

    public ZipfKeyChooser(int keys, double theta)
    {
        _keys = keys;
        _theta = theta;
        for (int rank = 1; rank <= keys; rank++)
            _zeta += 1 / Math.Pow(rank, theta);
        double zetaOfTwo = 1 + Math.Pow(0.5, theta);
        _alpha = 1 / (1 - theta);
        _eta = keys <= 2 ? 0 : (1 - Math.Pow(2.0 / keys, 1 - theta)) / (1 - (zetaOfTwo / _zeta));
        _step = CoprimeStep(keys);
    }

    public override int Next(SeededRandom random) => KeyOf(NextRank(random));

    /// <summary>The next rank; 0 is the most frequent one.</summary>
    public int NextRank(SeededRandom random)
    {
        double u = random.NextDouble();
        double scaled = u * _zeta;
        if (scaled < 1 || _keys == 1)
            return 0;
        if (scaled < 1 + Math.Pow(0.5, _theta) || _keys == 2)
            return 1;
        return Math.Min(_keys - 1, (int)(_keys * Math.Pow((_eta * u) - _eta + 1, _alpha)));
    }

    /// <summary>Each rank has a key of its own: a step that shares no divisor with the number of keys visits all.</summary>
    public int KeyOf(int rank) => (int)((long)rank * _step % _keys);

    private static int CoprimeStep(int keys)
    {
        int step = Math.Max(1, (int)(keys * 0.618));
        while (BigInteger.GreatestCommonDivisor(step, keys) != 1)
            step++;
        return step;
    }
}
