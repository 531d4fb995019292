using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>
/// How suspicious one member's silence is. Phi is −log₁₀ of the chance that a living member is silent for so long, if
/// its intervals are normally distributed with the mean and deviation of the window. Pure: time is an argument.
/// </summary>
/// <remarks>
/// Sources: Hayashibara, Défago, Yared and Katayama, "The φ Accrual Failure Detector", 2004, section 4; for the normal
/// distribution's tail the logistic form y·(1.5976 + 0.070566·y²), which Akka uses too. It is
/// evaluated as log₁₀(1 + eᵃ) without ever computing a probability, so it neither underflows nor becomes infinite.
/// Sums are whole microseconds: adding and removing an interval leaves no rounding behind.
/// </remarks>
public sealed class PhiAccrualDetector
{
    private const long IntervalMicrosMax = 1 << 30;

    // Past these phi is nothing, or above any threshold; they keep the cube finite.
    private const double DeviationsMin = -50;
    private const double DeviationsMax = 1_000;

    private PhiOptions _options;
    private readonly double _deviationsAtThreshold;
    private int[] _window = new int[8];
    private int _count;
    private int _oldest;
    private long _sum;
    private Int128 _sumOfSquares;
    private double _meanMicros;
    private double _deviationMicros;

    public PhiAccrualDetector(PhiOptions options)
    {
        options.Require();
        _options = options;
        _deviationsAtThreshold = DeviationsAt(options.Threshold);

        // Two made-up intervals around the estimate, so that the first real ones meet a deviation.
        long first = Math.Min(IntervalMicrosMax / 2, Micros(options.FirstInterval));
        Add(first - (first / 4));
        Add(first + (first / 4));
    }

    /// <summary>
    /// The cluster has another size, and hearts beat at another pace: what was measured stays, and where they are to come more
    /// rarely than ever was measured, that is expected.
    /// </summary>
    public void Adapt(PhiOptions options)
    {
        options.Require();
        Invariant.Require(options.WindowArrivals == _options.WindowArrivals, "a window keeps its length", options.WindowArrivals);
        _options = options;
        long first = Math.Min(IntervalMicrosMax / 2, Micros(options.FirstInterval));
        if (first > 2 * _meanMicros)
            Add(first);
        else
            Measure();
    }

    /// <summary>When progress was seen last, or watching began; null before.</summary>
    public TimeSpan? Last { get; private set; }

    /// <summary>The silence after which the member is suspected: where phi reaches the threshold, or the fixed limit.</summary>
    public TimeSpan SuspectAfter { get; private set; }

    /// <summary>Begins a silence now: the member is watched from here on, or came back as a new process.</summary>
    public void Restart(TimeSpan now) => Last = now;

    /// <summary>
    /// A new counter value arrived. A silence past suspicion enters the window only up to there, so that one long
    /// absence does not blind the detector, and yet it learns when arrivals become rarer; an absence past the fixed limit
    /// says nothing of the rhythm at all.
    /// </summary>
    public void Heard(TimeSpan now)
    {
        if (Last is { } last && now >= last && now - last < _options.NoProgressMax)
            Add(Micros(Min(now - last, SuspectAfter)));
        Last = now;
    }

    /// <summary>The observer slept for so long: nothing could be heard, so nothing is held against the member.</summary>
    public void Discount(TimeSpan gap, TimeSpan now)
    {
        if (Last is { } last)
            Last = Min(now, last + gap);
    }

    /// <summary>0 for no suspicion, growing without bound with silence; finite. 0 before watching began.</summary>
    public double Phi(TimeSpan now)
    {
        if (Last is not { } last)
            return 0;
        double expected = _meanMicros + _options.AcceptablePause.TotalMicroseconds;
        return PhiAt(((now - last).TotalMicroseconds - expected) / _deviationMicros);
    }

    public bool Suspects(TimeSpan now) => Last is { } last && now - last >= SuspectAfter;

    /// <summary>Half of the silence that makes a suspect: time to ask about it, before it is one.</summary>
    public bool Doubts(TimeSpan now) => Last is { } last && now - last >= SuspectAfter / 2;

    /// <summary>Phi at so many deviations past the expected arrival.</summary>
    public static double PhiAt(double deviations)
    {
        double y = Math.Clamp(deviations, DeviationsMin, DeviationsMax);
        double a = y * (1.5976 + (0.070566 * y * y));
        double log = a > 0 ? a + double.LogP1(Math.Exp(-a)) : double.LogP1(Math.Exp(a));
        return log / Math.Log(10);
    }

    // Found once: later a comparison of times is enough, and is the same on every machine.
    private static double DeviationsAt(double threshold)
    {
        double low = DeviationsMin;
        double high = DeviationsMax;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (PhiAt(middle) < threshold)
                low = middle;
            else
                high = middle;
        }

        return Math.Round(high, 6);
    }

    private void Add(long micros)
    {
        int interval = (int)Math.Clamp(micros, 0, IntervalMicrosMax);
        if (_count == _options.WindowArrivals)
        {
            long gone = _window[_oldest];
            _sum -= gone;
            _sumOfSquares -= gone * gone;
            _window[_oldest] = interval;
            _oldest = (_oldest + 1) % _count;
        }
        else
        {
            if (_count == _window.Length)
                Array.Resize(ref _window, Math.Min(_options.WindowArrivals, 2 * _count));
            _window[_count++] = interval;
        }

        _sum += interval;
        _sumOfSquares += (long)interval * interval;
        Measure();
    }

    private void Measure()
    {
        _meanMicros = (double)_sum / _count;
        Int128 variance = ((Int128)_count * _sumOfSquares) - ((Int128)_sum * _sum);
        _deviationMicros = Math.Max(_options.DeviationMin.TotalMicroseconds, Math.Sqrt((double)variance) / _count);
        double micros = _meanMicros + _options.AcceptablePause.TotalMicroseconds + (_deviationsAtThreshold * _deviationMicros);
        double limit = _options.NoProgressMax.TotalMicroseconds;
        SuspectAfter = TimeSpan.FromMicroseconds(Math.Clamp(micros, 1, limit));
    }

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
