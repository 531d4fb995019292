using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Ids;

public sealed class CounterTests
{
    [Theory]
    [InlineData(3, 0, 1, 1)]
    [InlineData(3, 2, 1, 3)]
    [InlineData(3, 1, 100, 101)]
    [InlineData(3, 0, 100, 100)]
    [InlineData(1, 0, 7, 7)]
    public void A_counter_begins_at_its_own_first_number(long step, long index, long from, long first)
    {
        var counter = new StepCounter(step, index, from);
        counter.Raise(counter.BoundFor(2)!.Value);

        counter.TryTake(2, out IdRange range).ShouldBeTrue();

        range.ShouldBe(new IdRange(first, 2, step));
        counter.TryTake(1, out _).ShouldBeFalse("what is not reserved is not given");
    }

    [Fact]
    public void N_counters_share_the_numbers_through_restarts()
    {
        var random = new RandomSource(5);
        for (int n = 1; n <= 7; n++)
        {
            var given = new HashSet<long>();
            for (int index = 0; index < n; index++)
            {
                long durable = 0;
                for (int life = 0; life < 4; life++)
                {
                    var counter = new StepCounter(n, index, 10);
                    counter.StartBeyond(durable);
                    durable = counter.BoundFor(50)!.Value;
                    counter.Raise(durable);
                    counter.Reserved.ShouldBe(50);
                    counter.TryTake(1 + random.Next(50), out IdRange range).ShouldBeTrue();
                    for (long number = range.First; number <= range.Last; number += range.Step)
                        given.Add(number).ShouldBeTrue($"{number} of counter {index} of {n}");
                    range.First.ShouldBeGreaterThanOrEqualTo(10);
                }
            }
        }
    }

    [Fact]
    public void A_counter_knows_where_numbers_end()
    {
        var counter = new StepCounter(1_000, 0, long.MaxValue - 5_000);

        counter.BoundFor(4).ShouldNotBeNull();
        counter.BoundFor(10).ShouldBeNull();
    }

    [Fact]
    public void The_bound_is_durable_before_a_number_is_given()
    {
        IdWorld world = World(new IdOptions { IncrementNodes = 3, IncrementIndex = 1 }, out IdNode node);
        Address counter = node.Add(IdPlaces.Increment(node.Id), new CounterActor(CounterOptions.Increment(world.Options), world.Options));
        node.DiskHolds = true;
        IdsTold? told = null;

        node.Ask(counter, 5, answer => told = answer);
        world.Advance(20);
        told.ShouldBeNull();
        node.Release();
        world.Advance(20);

        told!.Ranges.ShouldHaveSingleItem().ShouldBe(new IdRange(2, 5, 3));
    }

    [Fact]
    public void Through_crashes_no_number_is_given_twice()
    {
        IdWorld world = World(new IdOptions { IncrementNodes = 3, IncrementIndex = 1, CounterBlock = 20 }, out IdNode node);
        var given = new HashSet<long>();
        long last = 0;
        for (int life = 0; life < 50; life++)
        {
            Address counter = node.Add(IdPlaces.Increment(node.Id), new CounterActor(CounterOptions.Increment(world.Options), world.Options));
            for (int i = 0; i < 10; i++)
            {
                node.Ask(counter, 1 + world.Random.Next(40), told =>
                {
                    foreach (IdRange range in told.Ranges)
                    {
                        range.First.ShouldBeGreaterThan(last);
                        last = range.Last;
                        for (long number = range.First; number <= range.Last; number += range.Step)
                            given.Add(number).ShouldBeTrue();
                    }
                });
                world.Advance(world.Random.Next(5));
            }

            node.Crash();
            node.Start();
        }

        given.Count.ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public void When_n_changes_the_counter_must_be_moved_beyond()
    {
        IdWorld world = World(new IdOptions(), out IdNode node);
        var three = new IdOptions { IncrementNodes = 3, IncrementIndex = 1 };
        Ask(world, node, three, 5).Refusal.ShouldBeNull();
        var four = new IdOptions { IncrementNodes = 4, IncrementIndex = 1 };

        IdRefusal refusal = Ask(world, node, four, 1).Refusal!;
        IdsTold moved = Ask(world, node, four with { IncrementFrom = 1_000_000 }, 1);
        IdRefusal back = Ask(world, node, three, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.NotSetUp);
        refusal.Detail.ShouldContain("was number 1 of 3 and is to be number 1 of 4");
        refusal.Detail.ShouldContain("Ids:IncrementFrom");
        moved.Ranges.ShouldHaveSingleItem().First.ShouldBe(1_000_002);
        back.Kind.ShouldBe(IdRefusalKind.NotSetUp);
    }

    [Fact]
    public void A_disk_that_fails_is_said()
    {
        IdWorld world = World(new IdOptions(), out IdNode node);
        node.DiskFails = true;

        Ask(world, node, new IdOptions { IncrementNodes = 1 }, 1).Refusal!.Kind.ShouldBe(IdRefusalKind.Store);
    }

    [Fact]
    public void The_end_of_the_numbers_is_said()
    {
        IdWorld world = World(new IdOptions(), out IdNode node);

        Ask(world, node, new IdOptions { IncrementNodes = 1, IncrementFrom = long.MaxValue - 10 }, 20).Refusal!.Kind.ShouldBe(IdRefusalKind.Spent);
    }

    private static IdsTold Ask(IdWorld world, IdNode node, IdOptions options, int count)
    {
        node.Crash();
        node.Start();
        Address counter = node.Add(IdPlaces.Increment(node.Id), new CounterActor(CounterOptions.Increment(options), options));
        IdsTold? told = null;
        node.Ask(counter, count, answer => told = answer);
        world.Advance(50);
        return told.ShouldNotBeNull();
    }

    private static IdWorld World(IdOptions options, out IdNode node)
    {
        var world = new IdWorld(1, options);
        node = world.Nodes[0];
        world.Advance(5);
        return world;
    }
}
