using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Kernel;

public class RandomSourceTests
{
    [Fact]
    public void Sequence_is_that_of_SplitMix64()
    {
        // The published first outputs for the seed 1234567.
        var random = new RandomSource(1234567);
        random.NextUInt64().ShouldBe(6457827717110365317UL);
        random.NextUInt64().ShouldBe(3203168211198807973UL);
        random.NextUInt64().ShouldBe(9817491932198370423UL);
        random.NextUInt64().ShouldBe(4593380528125082431UL);
        random.NextUInt64().ShouldBe(16408922859458223821UL);
    }

    [Fact]
    public void Bounded_numbers_stay_below_the_bound_and_reach_every_value()
    {
        var random = new RandomSource(7);
        var seen = new int[10];
        for (int i = 0; i < 10_000; i++)
            seen[random.Next(10)]++;
        seen.ShouldAllBe(count => count > 850 && count < 1150);
        random.Next(1).ShouldBe(0);
    }

    [Fact]
    public void Fractions_lie_from_0_to_less_than_1_around_a_half()
    {
        var random = new RandomSource(7);
        double sum = 0;
        for (int i = 0; i < 10_000; i++)
        {
            double next = random.NextDouble();
            next.ShouldBeInRange(0, 1 - double.Epsilon);
            next.ShouldNotBe(1);
            sum += next;
        }

        (sum / 10_000).ShouldBe(0.5, 0.02);
    }

    [Fact]
    public void A_bound_below_1_is_refused() => Should.Throw<InvariantException>(() => new RandomSource(1).Next(0));
}
