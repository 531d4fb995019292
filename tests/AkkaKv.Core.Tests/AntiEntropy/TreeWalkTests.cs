using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.AntiEntropy;

public sealed class TreeWalkTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(4_096)]
    [InlineData(32_768)]
    public void It_finds_exactly_the_leaves_that_differ(int leaves)
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        TreeShape shape = TreeShape.Of(1, leaves);
        var ours = new MerkleTree(shape);
        var theirs = new MerkleTree(shape);
        var differing = new SortedSet<int>();
        for (int i = 0; i < 2_000; i++)
        {
            ulong hash = random.NextUInt64();
            ours.Change(hash, VersionHash.Absent, 7);
            theirs.Change(hash, VersionHash.Absent, i < 40 ? 8UL : 7UL);
            if (i < 40)
                differing.Add(shape.LeafOf(hash));
        }

        var walk = new TreeWalk(shape);
        var found = new List<int>();
        while (!walk.IsOver)
        {
            (int level, int[] groups) = walk.Next(random, 3);
            TreeNodesTold mine = Told(shape, ours, level, groups);
            walk.Fits(level, groups.Length, mine).ShouldBeTrue();
            walk.Compare(level, groups, mine, Told(shape, theirs, level, groups));
            while (walk.LeavesWaiting > 0)
                found.AddRange(walk.TakeLeaves(10));
        }

        found.Order().ShouldBe(differing);
    }

    [Theory]
    [InlineData("02:00", "05:00", "01:59", false)]
    [InlineData("02:00", "05:00", "02:00", true)]
    [InlineData("02:00", "05:00", "05:00", false)]
    [InlineData("22:00", "04:00", "23:30", true)]
    [InlineData("22:00", "04:00", "03:59", true)]
    [InlineData("22:00", "04:00", "12:00", false)]
    [InlineData("00:00", "00:00", "12:00", true)]
    public void A_window_may_span_midnight(string from, string to, string now, bool contains)
    {
        var window = new DailyWindow(Time(from), Time(to));
        window.Contains(new DateTimeOffset(new DateOnly(2026, 3, 1), Time(now), TimeSpan.Zero)).ShouldBe(contains);
    }

    [Fact]
    public void A_pause_is_doubled_up_to_its_bound_and_shortened_evenly()
    {
        var pace = new ExchangePace(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100));
        var slow = new ForegroundLatency(TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(1));
        var usual = new ForegroundLatency(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(1));
        double[] pauses = [.. new[] { slow, slow, slow, slow, usual, usual }.Select(latency =>
        {
            pace.Observe(latency);
            return pace.Pause.TotalMilliseconds;
        })];
        pauses.ShouldBe([20, 40, 80, 100, 98, 96]);
    }

    private static TimeOnly Time(string text) => TimeOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static TreeNodesTold Told(TreeShape shape, MerkleTree tree, int level, int[] groups)
    {
        int size = shape.GroupSizeOf(level);
        int[] nodes = [.. groups.SelectMany(group => Enumerable.Range(group * size, size))];
        bool ofLeaves = level == shape.Levels - 1;
        return new TreeNodesTold(0, TreeState.Ready, [.. nodes.Select(node => tree.At(level, node))], ofLeaves ? [.. nodes.Select(tree.KeysAt)] : []);
    }
}
