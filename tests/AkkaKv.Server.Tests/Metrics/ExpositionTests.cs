using System.Diagnostics.Metrics;
using AkkaKv.Server.Metrics;

namespace AkkaKv.Server.Tests.Metrics;

public sealed class ExpositionTests
{
    [Fact]
    public void Families_are_sorted_by_name_and_samples_by_label()
    {
        using var meter = new Meter("m");
        meter.CreateObservableGauge("m.temperature", () => new[] { Of(1.5, "room", "b"), Of(-2, "room", "a") }, unit: null, "How warm.");
        meter.CreateObservableCounter("m.doors", () => 9_007_199_254_740_993L, unit: null, "Doors opened.");

        Exposition.Of(meter).ShouldBe(
            """
            # HELP m_doors_total Doors opened.
            # TYPE m_doors_total counter
            m_doors_total 9007199254740993
            # HELP m_temperature How warm.
            # TYPE m_temperature gauge
            m_temperature{room="a"} -2
            m_temperature{room="b"} 1.5

            """);
    }

    [Fact]
    public void Hostile_labels_help_and_names_stay_inside_their_line()
    {
        using var meter = new Meter("m");
        meter.CreateObservableGauge("m.9-lives", () => new[] { Of(1, "na.me", "a\\b\"} 5\nm_fake 7") }, unit: null, "One\\two\nthree \"four\"");

        Exposition.Of(meter).ShouldBe(
            """
            # HELP m_9_lives One\\two\nthree "four"
            # TYPE m_9_lives gauge
            m_9_lives{na_me="a\\b\"} 5\nm_fake 7"} 1

            """);
    }

    [Fact]
    public void Numbers_that_are_none_have_their_words()
    {
        using var meter = new Meter("m");
        double[] values = [double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e300, 0.1];
        meter.CreateObservableGauge("m.v", () => values.Select((value, at) => Of(value, "at", at)));

        Exposition.Of(meter).ShouldBe(
            """
            # TYPE m_v gauge
            m_v{at="0"} +Inf
            m_v{at="1"} -Inf
            m_v{at="2"} NaN
            m_v{at="3"} 1E+300
            m_v{at="4"} 0.1

            """);
    }

    [Fact]
    public void Only_the_meter_itself_is_shown_and_nothing_without_a_value()
    {
        using var meter = new Meter("m");
        using var twin = new Meter("m");
        meter.CreateObservableGauge("m.none", () => Array.Empty<Measurement<double>>());
        twin.CreateObservableGauge("m.other", () => 1.0);

        Exposition.Of(meter).ShouldBeEmpty();
    }

    private static Measurement<double> Of(double value, string name, object label) => new(value, new KeyValuePair<string, object?>(name, label));
}
