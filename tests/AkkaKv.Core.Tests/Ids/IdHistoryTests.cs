using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Ids;

/// <summary>
/// Nodes that make ids while their clocks jump both ways, their disks are slow, their worker numbers move and they crash: no
/// id twice, strictly increasing on each node through restarts, none beyond the durable mark, none without a grant.
/// </summary>
public sealed class IdHistoryTests(ITestOutputHelper output)
{
    private const int Seeds = 300;

    private static readonly long[] JumpsMillis = [10, 60, 1_000, 3_600_000];

    [Fact]
    public void No_history_breaks_a_promise()
    {
        ulong first = (ulong)Random.Shared.Next(1_000_000);
        output.WriteLine($"seeds from {first}");
        long ids = 0;
        int refusals = 0;
        for (ulong seed = first; seed < first + Seeds; seed++)
        {
            IdWorld world = Run(seed, static _ => { });
            world.Broken.ShouldBeEmpty($"seed {seed}");
            ids += world.Count;
            refusals += world.Nodes.Sum(node => node.Refusals.Count);
        }

        output.WriteLine($"{ids} ids, {refusals} refusals");
        ids.ShouldBeGreaterThan(Seeds * 10_000L);
        refusals.ShouldBeGreaterThan(Seeds, "clocks, grants and crashes are met");
    }

    [Fact]
    public void A_mark_that_is_written_after_the_issue_is_caught() =>
        SeedsUntilBroken(static world => world.AcknowledgesEarly = true, "durable").ShouldBeLessThan(Seeds);

    [Fact]
    public void A_mark_that_is_written_after_the_issue_goes_back_after_a_crash() =>
        SeedsUntilBroken(static world => world.AcknowledgesEarly = true, "increasing").ShouldBeLessThan(Seeds);

    [Fact]
    public void A_grant_that_is_not_looked_at_is_caught() =>
        SeedsUntilBroken(static world => world.Grasps = Unbounded, "granted").ShouldBeLessThan(Seeds);

    [Fact]
    public void A_grant_that_is_not_looked_at_makes_an_id_twice() =>
        SeedsUntilBroken(static world => world.Grasps = Unbounded, "unique").ShouldBeLessThan(Seeds);

    private static WorkerGrant Unbounded(WorkerGrant grant) => grant with { FromMillis = -1, UntilMillis = long.MaxValue };

    private static int SeedsUntilBroken(Action<IdWorld> spoil, string promise)
    {
        int seed = 0;
        while (seed < Seeds && !Run((ulong)seed, spoil).Broken.Exists(broken => broken.StartsWith(promise, StringComparison.Ordinal)))
            seed++;
        return seed;
    }

    private static IdWorld Run(ulong seed, Action<IdWorld> spoil)
    {
        var options = new IdOptions { MarkAheadMillis = 200, GrantRenewMillis = 400, GrantPatience = TimeSpan.FromMilliseconds(100), SequenceStart = (int)(seed % 3) * 100 };
        var world = new IdWorld(3, options, seed);
        spoil(world);
        bool isSlow = seed % 5 == 0;
        world.WriteMillis = () => isSlow || world.Random.Next(4) == 0 ? 20 + world.Random.Next(400) : world.Random.Next(3);
        for (int step = 0; step < 400; step++)
        {
            IdNode node = world.Nodes[world.Random.Next(world.Nodes.Length)];
            node.Ask(world.Random.Next(10) == 0 ? 1 + world.Random.Next(IdOptions.CountMax) : 1 + world.Random.Next(50));
            Disturb(world, node);
            world.Advance(world.Random.Next(12));
        }

        world.Advance(5_000);
        world.CheckUnique();
        return world;
    }

    private static void Disturb(IdWorld world, IdNode node)
    {
        switch (world.Random.Next(60))
        {
            case 0:
                node.ClockAheadMillis += JumpsMillis[world.Random.Next(2)] * (world.Random.Next(2) == 0 ? 1 : -1);
                break;
            case 1:
                node.ClockAheadMillis += JumpsMillis[world.Random.Next(JumpsMillis.Length)] * (world.Random.Next(2) == 0 ? 1 : -1);
                break;
            case 2:
                node.ClockAheadMillis = 0;
                break;
            case 3:
                node.Crash();
                if (world.Random.Next(2) == 0)
                    node.ClockAheadMillis -= JumpsMillis[world.Random.Next(JumpsMillis.Length)];
                world.Advance(world.Random.Next(300));
                node.Start();
                break;
            case 4:
                world.Grants.IsSilent = !world.Grants.IsSilent;
                break;
            case 5:
                node.DiskFails = !node.DiskFails;
                break;
        }
    }
}
