using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Ids;

public sealed class TicketTests
{
    [Fact]
    public void One_ticket_server_counts_without_gaps()
    {
        IdWorld world = World(servers: 1);

        Ask(world, 2, 5).Ranges.ShouldHaveSingleItem().ShouldBe(new IdRange(1, 5, 1));
        Ask(world, 1, 5).Ranges.ShouldHaveSingleItem().ShouldBe(new IdRange(6, 5, 1));
    }

    [Fact]
    public void A_pair_shares_odd_and_even_numbers_and_the_standby_takes_over()
    {
        IdWorld world = World(servers: 2);

        Ask(world, 2, 3).Ranges.ShouldHaveSingleItem().ShouldBe(new IdRange(1, 3, 2));
        world.Nodes[0].Crash();
        Ask(world, 2, 3).Ranges.ShouldHaveSingleItem().ShouldBe(new IdRange(2, 3, 2));
        long asked = world.NowMillis;
        Ask(world, 2, 1).Ranges.ShouldHaveSingleItem().First.ShouldBe(8);
        (world.NowMillis - asked).ShouldBeLessThan(50, "the silent one is asked second for a while");
        Restart(world, 0);
        world.Advance(6_000);
        long again = Ask(world, 2, 1).Ranges.ShouldHaveSingleItem().First;
        again.ShouldBeGreaterThan(5);
        (again % 2).ShouldBe(1);
    }

    [Fact]
    public void A_failing_disk_of_the_first_sends_to_the_standby()
    {
        IdWorld world = World(servers: 2);
        world.Nodes[0].DiskFails = true;

        Ask(world, 2, 1).Ranges.ShouldHaveSingleItem().First.ShouldBe(2);
    }

    [Fact]
    public void Both_silent_is_an_error_that_may_be_retried()
    {
        IdWorld world = World(servers: 2);
        world.Nodes[0].Crash();
        world.Nodes[1].Crash();

        IdRefusal refusal = Ask(world, 2, 1).Refusal!;

        refusal.Kind.ShouldBe(IdRefusalKind.Silent);
        refusal.IsRetryable.ShouldBeTrue();
        refusal.Detail.ShouldContain("node-1 and node-2 did not");
    }

    [Fact]
    public void Nobody_named_is_said()
    {
        IdWorld world = World(servers: 0);

        Ask(world, 2, 1).Refusal!.Detail.ShouldContain("Ids:TicketPrimary");
    }

    [Fact]
    public void An_answer_that_is_not_what_was_asked_for_counts_as_none()
    {
        IdWorld world = World(servers: 2);
        world.Nodes[0].Crash();
        IdNode asker = world.Nodes[2];
        IdsTold? told = null;
        asker.Ask(IdPlaces.TicketDoor(asker.Id), 3, answer => told = answer);
        world.Advance(1);

        asker.Deliver(IdPlaces.TicketDoor(asker.Id), new IdsTold(1, [new IdRange(7, 2, 1)], null));
        asker.Deliver(IdPlaces.TicketDoor(asker.Id), new IdsTold(99, [new IdRange(7, 3, 1)], null));
        world.Advance(20);

        told!.Ranges.ShouldHaveSingleItem().ShouldBe(new IdRange(2, 3, 2));
    }

    private static IdsTold Ask(IdWorld world, int node, int count)
    {
        IdNode asker = world.Nodes[node];
        IdsTold? told = null;
        asker.Ask(IdPlaces.TicketDoor(asker.Id), count, answer => told = answer);
        for (int i = 0; told is null && i < 1_000; i++)
            world.Advance(1);
        return told.ShouldNotBeNull();
    }

    private static IdWorld World(int servers)
    {
        var options = new IdOptions { Worker = 1, TicketNodes = [.. Enumerable.Range(1, servers).Select(number => new NodeId($"node-{number}"))] };
        var world = new IdWorld(3, options);
        for (int index = 0; index < world.Nodes.Length; index++)
            AddActors(world, index);
        world.Advance(10);
        return world;
    }

    private static void Restart(IdWorld world, int index)
    {
        world.Nodes[index].Start();
        AddActors(world, index);
        world.Advance(10);
    }

    private static void AddActors(IdWorld world, int index)
    {
        IdNode node = world.Nodes[index];
        node.Add(IdPlaces.TicketDoor(node.Id), new TicketDoorActor(world.Options));
        if (index < world.Options.TicketNodes.Count)
            node.Add(IdPlaces.Tickets(node.Id), new CounterActor(CounterOptions.Tickets(world.Options, index), world.Options));
    }
}
