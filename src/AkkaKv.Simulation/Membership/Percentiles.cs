namespace AkkaKv.Simulation.Membership;

/// <summary>Samples, and the value below which a part of them lies.</summary>
internal sealed class Percentiles
{
    private readonly List<double> _samples = [];
    private bool _sorted;

    public int Count => _samples.Count;

    public double Mean => _samples.Count == 0 ? double.NaN : _samples.Average();

    public void Add(double sample)
    {
        _samples.Add(sample);
        _sorted = false;
    }

    /// <param name="part">0.5 for the median, 1 for the largest.</param>
    public double At(double part)
    {
        if (_samples.Count == 0)
            return double.NaN;
        if (!_sorted)
            _samples.Sort();
        _sorted = true;
        return _samples[Math.Clamp((int)Math.Ceiling(part * _samples.Count) - 1, 0, _samples.Count - 1)];
    }
}
