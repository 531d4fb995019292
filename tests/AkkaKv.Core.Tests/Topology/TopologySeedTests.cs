using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using Xunit.Abstractions;
using static AkkaKv.Core.Tests.Topology.TopologyWorld;

namespace AkkaKv.Core.Tests.Topology;

/// <summary>
/// Operators, crashes, lost disks and cuts by chance; the world itself holds that there is one line of configurations, that
/// each may follow the one before, and that no phase is left too early. In the end all must settle.
/// </summary>
public sealed class TopologySeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Whatever_happens_there_is_one_line_and_it_goes_on()
    {
        // One seed from the environment replays it.
        Sweep((seed, random) => new TopologyWorld(seed, 3 + random.Next(3), 0.1), static _ => { });
    }

    [Theory]
    [InlineData(64)]
    [InlineData(5)]
    public void Whatever_happens_no_two_holders_of_a_worker_number_share_a_moment(int workers)
    {
        int moves = 0;
        Sweep((seed, random) => new TopologyWorld(seed, 3 + random.Next(3), 0.1, workers), world =>
        {
            moves += world.Leases.Moves;
            ClusterConfiguration last = world.Line.Values.Last();

            // Where half of the members or more lost their disks nothing is decided any more, nor renewed.
            if (last.Members.Count(member => member.StoreId == world.DiskOf(member.Node).StoreId) <= last.Members.Count / 2)
                return;
            foreach (RingMember member in last.Members)
            {
                WorkerLeaseTold told = world.AskNow<WorkerLeaseTold>(member.Node, to => new WorkerLeaseAsk(7, to));
                long now = world.WallOf(member.Node).ToUnixTimeMilliseconds();
                if (workers > 5)
                    told.Lease.ShouldNotBeNull(told.Reason);
                if (told.Lease is { } lease && lease.FromMillis < now)
                    world.Leases.Covers(lease, now).ShouldBeTrue($"{lease} is good for {now}; {told.Reason}");
            }
        });
        output.WriteLine($"{moves} times a number went to another holder");
        (moves > 0).ShouldBe(workers == 5, "few numbers must move, and many must not");
    }

    private void Sweep(Func<ulong, RandomSource, TopologyWorld> make, Action<TopologyWorld> check)
    {
        ulong first = ulong.TryParse(Environment.GetEnvironmentVariable("TOPOLOGY_SEED"), out ulong replayed) ? replayed : (ulong)Random.Shared.NextInt64(1L << 40);
        int seeds = replayed > 0 ? 1 : int.TryParse(Environment.GetEnvironmentVariable("TOPOLOGY_SEEDS"), out int many) ? many : 300;
        output.WriteLine($"TOPOLOGY_SEED={first}, {seeds} seeds from there");
        long epochs = 0;
        for (ulong seed = first; seed < first + (ulong)seeds; seed++)
        {
            try
            {
                epochs += Run(seed, make, check);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"TOPOLOGY_SEED={seed} replays it: {failure.Message}", failure);
            }
        }

        output.WriteLine($"{epochs} epochs were decided");
    }

    private static long Run(ulong seed, Func<ulong, RandomSource, TopologyWorld> make, Action<TopologyWorld> check)
    {
        var random = new RandomSource(seed ^ 0x5EED);
        TopologyWorld world = make(seed, random);
        var down = new SortedSet<NodeId>();
        int nextJoiner = 20;
        for (int step = 0; step < 40; step++)
        {
            Disturb(world, random, down);
            if (world.Leases.Count > 0)
                TurnClock(world, random);
            if (random.Next(3) == 0)
                Operate(world, random, ref nextJoiner);
            world.Advance(TimeSpan.FromSeconds(random.NextDouble() * 4));
        }

        world.Heal();
        world.Losses = 0;
        foreach (NodeId node in down)
            world.Start(node);

        // An operator who was told that nothing was decided in time may have a change that was decided after all.
        for (int i = 0; i < 10; i++)
        {
            world.Advance(TimeSpan.FromSeconds(10));
            ClusterConfiguration newest = world.Line.Values.Last();
            foreach (RingMember member in newest.Everyone.Where(member => !world.Alive.Contains(member.Node)))
                world.Start(member.Node, world.Settings.Members.Any(first => first.Node == member.Node) ? null : newest);
        }

        world.Until(() => world.IsSettled() && world.Line.Values.Last().Everyone.All(member => world.Alive.Contains(member.Node)), "settled");
        world.Advance(TimeSpan.FromSeconds(10));
        ClusterConfiguration last = world.Line.Values.Last();
        foreach (RingMember member in last.Members)
            ConfigurationRules.AreEqual(WithoutLeases(world.Told(member.Node).Configuration), WithoutLeases(world.Line.Values.Last())).ShouldBeTrue($"{member.Node} follows");
        check(world);
        return world.Line.Count;
    }

    private static void Disturb(TopologyWorld world, RandomSource random, SortedSet<NodeId> down)
    {
        NodeId[] alive = [.. world.Alive];
        switch (random.Next(8))
        {
            case 0 when alive.Length > 1:
                NodeId crashed = alive[random.Next(alive.Length)];
                world.Crash(crashed);
                down.Add(crashed);
                break;
            case 1 or 2 when down.Count > 0:
                NodeId started = down.ElementAt(random.Next(down.Count));
                down.Remove(started);

                // One lost disk at a time, and only of a member that others know by now: what a majority forgets is lost.
                bool isKnown = world.Line.Values.Last() is { ClusterId: not 0 } last && last.Everyone.All(member => member.StoreId == 0 || member.StoreId == world.DiskOf(member.Node).StoreId);
                if (isKnown && down.Count == 0 && world.Settings.Members.Any(member => member.Node == started) && random.Next(4) == 0)
                    world.Wipe(started);
                world.Start(started);
                break;
            case 3 when alive.Length > 2:
                world.Cut(alive[random.Next(alive.Length)], alive[random.Next(alive.Length)]);
                break;
            case 4 or 5:
                world.Heal();
                break;
            default:
                break;
        }
    }

    // Leases go on all the time.
    private static ClusterConfiguration WithoutLeases(ClusterConfiguration told) => told with { Epoch = told.WorkEpoch, LeaseEpochs = 0, Workers = null };

    // By seconds up to hours, forward and back.
    private static void TurnClock(TopologyWorld world, RandomSource random)
    {
        NodeId[] alive = [.. world.Alive];
        NodeId node = alive[random.Next(alive.Length)];
        if (random.Next(4) == 0)
            world.Clocks[node] = TimeSpan.FromSeconds((random.NextDouble() - 0.5) * Math.Pow(10, 1 + random.Next(4)));
    }

    private static void Operate(TopologyWorld world, RandomSource random, ref int nextJoiner)
    {
        NodeId[] alive = [.. world.Alive];
        NodeId at = alive[random.Next(alive.Length)];
        NodeId about = alive[random.Next(alive.Length)];
        switch (random.Next(7))
        {
            case 0 when alive.Length < 8:
                NodeId joiner = Named(nextJoiner++);
                if (world.Stage(at, new StagedChange(ChangeKind.Join, joiner, new RingMember(joiner))).IsDone)
                    world.Start(joiner, world.Told(at).Configuration);
                break;
            case 1 when alive.Length > 3:
                world.Ask(at, to => new TopologyStage(new StagedChange(ChangeKind.Leave, about, null), false, to));
                break;
            case 2:
                double weight = 1 + random.Next(3);
                world.Ask(at, to => new TopologyStage(new StagedChange(ChangeKind.Weight, about, new RingMember(about, weight)), false, to));
                break;
            case 3:
                world.Abort(at);
                break;
            default:
                world.Commit(at);
                break;
        }
    }
}
