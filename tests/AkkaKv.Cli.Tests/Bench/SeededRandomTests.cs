using AkkaKv.Cli.Bench;

namespace AkkaKv.Cli.Tests.Bench;

public sealed class SeededRandomTests
{
    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(0x9E3779B97F4A7C15UL)]
    public void Streams_have_no_number_in_common(ulong seed)
    {
        const int streams = 64;
        const int draws = 2_000;
        var seen = new HashSet<ulong>();
        for (int number = 0; number < streams; number++)
        {
            SeededRandom random = SeededRandom.Stream(seed, number);
            for (int draw = 0; draw < draws; draw++)
                seen.Add(random.NextUInt64()).ShouldBeTrue($"seed {seed}, stream {number}, draw {draw}");
        }
    }

    [Fact]
    public void Connections_draw_keys_of_their_own()
    {
        const int keys = 10_000;
        const int connections = 32;
        const int each = 100;
        var source = new MixSource(new UniformKeyChooser(keys), readShare: 0);
        var drawn = new HashSet<int>();
        for (int number = 0; number < connections; number++)
        {
            SeededRandom random = SeededRandom.Stream(1, number);
            for (int draw = 0; draw < each; draw++)
            {
                source.TryNext(random, out _, out int key);
                drawn.Add(key);
            }
        }

        // Of so many independent draws 2,738 keys are met on average, with a standard deviation of 16.
        drawn.Count.ShouldBeInRange(2_640, 2_840);
    }
}
