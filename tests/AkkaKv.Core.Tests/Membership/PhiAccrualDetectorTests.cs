using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;

namespace AkkaKv.Core.Tests.Membership;

public sealed class PhiAccrualDetectorTests
{
    private static readonly PhiOptions NoPause = new() { AcceptablePause = TimeSpan.Zero };

    [Fact]
    public void Without_a_beginning_there_is_no_suspicion()
    {
        var detector = new PhiAccrualDetector(new PhiOptions());
        detector.Phi(TimeSpan.FromDays(1)).ShouldBe(0);
        detector.Suspects(TimeSpan.FromDays(1)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 0.30103)]
    [InlineData(1, 0.79955)]
    [InlineData(2, 1.64302)]
    [InlineData(3, 2.86895)]
    public void Phi_is_the_logarithm_of_the_normal_tail(double deviations, double exact) =>
        PhiAt(deviations).ShouldBe(exact, 0.05);

    [Fact]
    public void Phi_grows_and_stays_finite_however_long_the_silence()
    {
        PhiAccrualDetector detector = Beating(100, TimeSpan.FromSeconds(1), NoPause);
        double before = -1;
        foreach (double seconds in (double[])[-5, 0, 0.5, 1, 1.5, 2, 5, 60, 3_600, 1e6, 1e9])
        {
            double phi = detector.Phi(detector.Last!.Value + TimeSpan.FromSeconds(seconds));
            double.IsFinite(phi).ShouldBeTrue();
            phi.ShouldBeGreaterThanOrEqualTo(before);
            before = phi;
        }

        before.ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public void It_suspects_where_phi_reaches_the_threshold()
    {
        PhiAccrualDetector detector = Beating(100, TimeSpan.FromSeconds(1), new PhiOptions());
        TimeSpan at = detector.Last!.Value + detector.SuspectAfter;
        detector.Phi(at).ShouldBe(8, 0.001);
        detector.Suspects(at).ShouldBeTrue();
        detector.Suspects(at - TimeSpan.FromMilliseconds(1)).ShouldBeFalse();

        // Mean 1 s, pause 3 s, and y = 5.22 deviations of the least 0.2 s.
        detector.SuspectAfter.TotalSeconds.ShouldBe(5.04, 0.02);
    }

    [Fact]
    public void It_doubts_after_half_of_the_silence_that_makes_a_suspect()
    {
        PhiAccrualDetector detector = Beating(100, TimeSpan.FromSeconds(1), new PhiOptions());
        TimeSpan at = detector.Last!.Value + (detector.SuspectAfter / 2);
        detector.Doubts(at).ShouldBeTrue();
        detector.Doubts(at - TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        new PhiAccrualDetector(new PhiOptions()).Doubts(at).ShouldBeFalse("nobody watched yet");
    }

    [Fact]
    public void It_learns_when_arrivals_become_rarer()
    {
        PhiAccrualDetector detector = Beating(100, TimeSpan.FromSeconds(1), new PhiOptions());
        TimeSpan before = detector.SuspectAfter;
        TimeSpan now = detector.Last!.Value;
        for (int i = 0; i < 100; i++)
            detector.Heard(now += TimeSpan.FromSeconds(6));
        detector.SuspectAfter.ShouldBeGreaterThan(before + TimeSpan.FromSeconds(3));
        detector.Suspects(now + TimeSpan.FromSeconds(6)).ShouldBeFalse();
    }

    [Fact]
    public void A_long_absence_does_not_blind_it()
    {
        PhiAccrualDetector detector = Beating(100, TimeSpan.FromSeconds(1), new PhiOptions());
        TimeSpan before = detector.SuspectAfter;
        detector.Heard(detector.Last!.Value + TimeSpan.FromHours(1));
        detector.SuspectAfter.ShouldBe(before);
    }

    [Fact]
    public void The_fixed_limit_holds_whatever_the_window_says()
    {
        var options = new PhiOptions { NoProgressMax = TimeSpan.FromSeconds(10), FirstInterval = TimeSpan.FromSeconds(9) };
        PhiAccrualDetector detector = Beating(100, TimeSpan.FromSeconds(9), options);
        detector.SuspectAfter.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_sleep_of_the_observer_is_held_against_nobody()
    {
        PhiAccrualDetector detector = Beating(100, TimeSpan.FromSeconds(1), new PhiOptions());
        TimeSpan now = detector.Last!.Value + TimeSpan.FromSeconds(61);
        detector.Suspects(now).ShouldBeTrue();
        detector.Discount(TimeSpan.FromSeconds(60), now);
        detector.Suspects(now).ShouldBeFalse();
        detector.Discount(TimeSpan.FromHours(1), now);
        detector.Last.ShouldBe(now);
    }

    [Fact]
    public void The_window_agrees_with_one_that_is_summed_anew()
    {
        var random = new RandomSource(5);
        var options = new PhiOptions { WindowArrivals = 10, AcceptablePause = TimeSpan.Zero, NoProgressMax = TimeSpan.FromDays(1) };
        var detector = new PhiAccrualDetector(options);
        var twin = new List<double> { 750_000, 1_250_000 };
        TimeSpan now = TimeSpan.Zero;
        detector.Restart(now);
        for (int i = 0; i < 1_000; i++)
        {
            var interval = TimeSpan.FromMicroseconds(random.Next(3_000_000));
            twin.Add(Math.Min(interval.TotalMicroseconds, Math.Floor(detector.SuspectAfter.TotalMicroseconds)));
            detector.Heard(now += interval);
            double[] window = [.. twin.TakeLast(10)];
            double mean = window.Average();
            double deviation = Math.Max(200_000, Math.Sqrt(window.Average(sample => (sample - mean) * (sample - mean))));
            double phi = PhiAccrualDetector.PhiAt((2_000_000 - mean) / deviation);
            detector.Phi(now + TimeSpan.FromSeconds(2)).ShouldBe(phi, 1e-6 + (phi * 1e-6));
        }
    }

    [Fact]
    public void A_clock_that_stands_still_or_goes_back_harms_nothing()
    {
        var detector = new PhiAccrualDetector(NoPause);
        detector.Restart(TimeSpan.FromSeconds(10));
        for (int i = 0; i < 200; i++)
            detector.Heard(TimeSpan.FromSeconds(10));
        detector.Heard(TimeSpan.FromSeconds(5));
        detector.SuspectAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        double.IsFinite(detector.Phi(TimeSpan.FromSeconds(11))).ShouldBeTrue();
    }

    private static double PhiAt(double deviations) => PhiAccrualDetector.PhiAt(deviations);

    private static PhiAccrualDetector Beating(int beats, TimeSpan every, PhiOptions options)
    {
        var detector = new PhiAccrualDetector(options);
        detector.Restart(TimeSpan.Zero);
        for (int i = 1; i <= beats; i++)
            detector.Heard(every * i);
        return detector;
    }
}
