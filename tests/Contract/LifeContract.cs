using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Contract;

/// <summary>Actors: how they begin, begin others, end and fail; and what they count.</summary>
public abstract partial class HostContract
{
    [Fact]
    public async Task Start_is_called_once_and_before_the_first_message()
    {
        await using IContractHost host = MakeHost(1);
        Address first = Add(host, Replica(host, 1), Write, context =>
        {
            _journal.Write("start");
            context.Send(context.Self, new Numbered(0));
        });
        await host.StartAsync();

        host.Post(first, new Numbered(1));
        host.Post(first, new Numbered(2));
        await UntilAsync(host, 4);

        // What it sent itself and what came from outside have no order between them.
        _journal.Lines[0].ShouldBe("start");
        _journal.Lines.Skip(1).ShouldBe(["got 0", "got 1", "got 2"], ignoreOrder: true);

        void Write(IActorContext context, Message message) => _journal.Write("got " + TextOf(message));
    }

    [Fact]
    public async Task A_spawned_actor_has_a_fresh_address_starts_before_its_first_message_and_is_reached_from_anywhere()
    {
        await using IContractHost host = MakeHost(2);
        var children = new List<Address>();
        Address far = Add(host, Request(host, 5, node: 1), (context, message) =>
            context.Send(children[(int)((ReplicaMergeDone)message).Ticket], new ReplicaMergeDone(9, ReplicaOutcome.Done)));
        Address parent = Add(host, Replica(host, 1), (context, _) =>
        {
            for (int child = 0; child < 3; child++)
            {
                string name = "child" + child;
                Address address = context.Spawn(ActorRole.Request, new ScriptedActor(
                    (_, message) => _journal.Write($"{name} {TextOf(message)}"),
                    _ => _journal.Write($"{name} start")));
                children.Add(address);
                context.Send(address, new Numbered(child));
            }

            context.Send(far, new ReplicaMergeDone(2, ReplicaOutcome.Done));
        });
        await host.StartAsync();

        host.Post(parent, new Begin());
        await UntilAsync(host, "child2 9");

        children.Distinct().Count().ShouldBe(3);
        children.ShouldAllBe(child => child.Node == host.Node(0) && child.Role == ActorRole.Request);
        for (int child = 0; child < 2; child++)
            LinesOf("child" + child).ShouldBe([$"child{child} start", $"child{child} {child}"]);
        LinesOf("child2").ShouldBe(["child2 start", "child2 2", "child2 9"]);
    }

    [Fact]
    public async Task After_Stop_no_message_arrives_not_even_what_was_queued_and_the_dropped_are_counted()
    {
        await using IContractHost host = MakeHost(1);
        Address near = Add(host, Replica(host, 13), EndAtOne);
        Address elsewhere = Add(host, Replica(host, 2), EndAtOne);
        Address[] markers = [AddWriter(host, Replica(host, 25), "marker near"), AddWriter(host, Replica(host, 26), "marker elsewhere")];
        Address driver = Add(host, Replica(host, 1), (context, message) =>
        {
            for (int i = 1; i <= 3; i++)
            {
                context.Send(near, new Numbered(i));
                context.Send(elsewhere, new Numbered(i));
            }

            // At once, and when it has been gone for long.
            if (message is Begin)
                context.StartTimer(Moment, new Numbered(0));
            else
                Array.ForEach(markers, marker => context.Send(marker, message));
        });
        await host.StartAsync();

        host.Post(driver, new Begin());
        await UntilAsync(host, "marker near 0");
        await UntilAsync(host, "marker elsewhere 0");

        LinesOf("ends").ShouldBe([$"ends {near} 1", $"ends {elsewhere} 1"], ignoreOrder: true);

        // Of each the second and third message and its own; then all three.
        host.DroppedUnknownAddress.ShouldBe(2 * (3 + 3));

        void EndAtOne(IActorContext context, Message message)
        {
            context.Stop();

            // Stop takes effect when the handler is over.
            _journal.Write($"ends {context.Self} {TextOf(message)}");
            context.Send(context.Self, new Numbered(99));
        }
    }

    [Fact]
    public async Task An_actor_that_stops_in_its_Start_gets_no_message()
    {
        await using IContractHost host = MakeHost(1);
        Address marker = AddWriter(host, Replica(host, 13), "marker");
        Address parent = Add(host, Replica(host, 1), (context, _) =>
        {
            Address child = context.Spawn(ActorRole.Request, new ScriptedActor((_, _) => _journal.Write("child"), own => own.Stop()));
            context.Send(child, new Begin());
            context.Send(marker, new Numbered(1));
        });
        await host.StartAsync();

        host.Post(parent, new Begin());
        await UntilAsync(host, "marker 1");

        _journal.Lines.ShouldBe(["marker 1"]);
        host.DroppedUnknownAddress.ShouldBe(1);
    }

    [Fact]
    public async Task An_actor_that_throws_stops_its_node_with_the_reason_and_nothing_is_handled_any_more()
    {
        await using IContractHost host = MakeHost(1);
        Address bystander = AddWriter(host, Replica(host, 13), "bystander");
        Address faulty = Add(host, Replica(host, 25), (_, message) =>
        {
            _journal.Write("faulty " + TextOf(message));
            Invariant.Require(message is not Begin, "nobody says begin");
        });
        Address driver = Add(host, Replica(host, 1), (context, message) =>
        {
            if (message is Begin)
            {
                context.Send(faulty, new Numbered(1));
                context.Send(faulty, message);
                context.StartTimer(Moment, new Numbered(4));
            }

            context.Send(faulty, new Numbered(2));
            context.Send(bystander, new Numbered(3));
        });
        await host.StartAsync();

        host.Post(driver, new Begin());
        string story = await host.FailureAsync(0);

        story.ShouldContain("nobody says begin");
        _journal.Lines.ShouldBe(["faulty 1", "faulty Begin"]);
    }

    [Fact]
    public async Task What_actors_count_reaches_the_sums_of_the_host()
    {
        await using IContractHost host = MakeHost(2);
        for (int node = 0; node < 2; node++)
        {
            for (ulong number = 1; number <= 2; number++)
            {
                Add(host, Replica(host, number, node), (context, _) =>
                {
                    context.Count(Counter.ReadRepairs);
                    context.Count(Counter.TombstonesReaped, 10);
                    _journal.Write("counted");
                });
            }
        }

        await host.StartAsync();

        for (int node = 0; node < 2; node++)
        {
            host.Post(Replica(host, 1, node), new Begin());
            host.Post(Replica(host, 2, node), new Begin());
        }

        await UntilAsync(host, 4);

        host.Counted(Counter.ReadRepairs).ShouldBe(4);
        host.Counted(Counter.TombstonesReaped).ShouldBe(40);
        host.Counted(Counter.HintsStored).ShouldBe(0);
    }

    private string[] LinesOf(string name) => [.. _journal.Lines.Where(line => line.StartsWith(name, StringComparison.Ordinal))];
}
