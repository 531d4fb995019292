using AkkaKv.Cli.Bench;

namespace AkkaKv.Cli.Tests.Bench;

public sealed class KeyChooserTests
{
    [Fact]
    public void Zipf_draws_each_rank_as_often_as_its_law_says()
    {
        const int keys = 1000;
        const int draws = 400_000;
        const double theta = 0.99;
        const ulong seed = 3;
        var chooser = new ZipfKeyChooser(keys, theta);
        var random = new SeededRandom(seed);
        var counts = new int[keys];
        for (int draw = 0; draw < draws; draw++)
            counts[chooser.NextRank(random)]++;

        double zeta = Enumerable.Range(1, keys).Sum(rank => 1 / Math.Pow(rank, theta));
        foreach (int rank in new[] { 1, 2 })
            (counts[rank - 1] / (double)draws).ShouldBe(1 / Math.Pow(rank, theta) / zeta, 0.005, $"seed {seed}, rank {rank}");
        // Beyond the first two ranks the generator is an approximation: hold the shape, not each rank.
        double topTen = counts.Take(10).Sum() / (double)draws;
        double expectedTopTen = Enumerable.Range(1, 10).Sum(rank => 1 / Math.Pow(rank, theta)) / zeta;
        topTen.ShouldBe(expectedTopTen, 0.03);
        double lowerHalf = counts.Skip(keys / 2).Sum() / (double)draws;
        double expectedLowerHalf = Enumerable.Range((keys / 2) + 1, keys / 2).Sum(rank => 1 / Math.Pow(rank, theta)) / zeta;
        lowerHalf.ShouldBe(expectedLowerHalf, 0.03);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(9973)]
    public void Each_rank_has_a_key_of_its_own(int keys)
    {
        var chooser = new ZipfKeyChooser(keys, 0.9);

        Enumerable.Range(0, keys).Select(chooser.KeyOf).Distinct().Count().ShouldBe(keys);
        var random = new SeededRandom(1);
        for (int draw = 0; draw < 1000; draw++)
            chooser.Next(random).ShouldBeInRange(0, keys - 1);
    }

    [Fact]
    public void Uniform_draws_every_key_about_equally()
    {
        const ulong seed = 9;
        var chooser = new UniformKeyChooser(100);
        var random = new SeededRandom(seed);
        var counts = new int[100];
        for (int draw = 0; draw < 100_000; draw++)
            counts[chooser.Next(random)]++;

        counts.ShouldAllBe(count => count > 850 && count < 1150, $"seed {seed}");
    }

    [Fact]
    public void The_same_seed_draws_the_same_keys()
    {
        var chooser = new ZipfKeyChooser(500, 0.8);
        var one = new SeededRandom(77);
        var other = new SeededRandom(77);

        for (int draw = 0; draw < 100; draw++)
            chooser.Next(one).ShouldBe(chooser.Next(other));
    }
}
