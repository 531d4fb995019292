using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Contract;

/// <summary>Messages: their order, where they get to, and where not.</summary>
public abstract partial class HostContract
{
    [Theory]
    [InlineData(13)]
    [InlineData(2)]
    public async Task Messages_of_one_sender_to_one_receiver_of_its_node_arrive_once_and_in_order(ulong receiver)
    {
        // Replicas 1, 13 and 25 share a loop on any host here; 2 is on another one where there are several.
        const int Each = 2_000;
        await using IContractHost host = MakeHost(1);
        Address to = AddWriter(host, Replica(host, receiver), "got");
        AddSender(host, Replica(host, 1), Each, (context, i) => context.Send(to, new Numbered(i)));
        AddSender(host, Replica(host, 25), Each, (context, i) => context.Send(to, new Numbered(Each + i)));
        await host.StartAsync();

        host.Post(Replica(host, 1), new Begin());
        host.Post(Replica(host, 25), new Begin());
        await UntilAsync(host, 2 * Each);

        long[] got = Got();
        RequireSequence(got.Where(number => number < Each), 0, Each);
        RequireSequence(got.Where(number => number >= Each), Each, Each);
    }

    [Theory]
    [InlineData(3_000, 16)]
    [InlineData(100, 100 * 1024)]
    public async Task Messages_of_one_sender_to_one_receiver_of_another_node_arrive_once_and_in_order(int count, int objectBytes)
    {
        // All of one class: objects of more than 64 KiB have a connection of their own, and no order with the small.
        await using IContractHost host = MakeHost(2);
        var content = new byte[objectBytes];
        Address to = AddWriter(host, Request(host, 7, node: 1), "got");
        AddSender(host, Replica(host, 1), count, (context, i) => context.Send(to, new ReplicaReadDone((ulong)i, ReplicaOutcome.Done, content)));
        await host.StartAsync();

        host.Post(Replica(host, 1), new Begin());
        await UntilAsync(host, count);

        RequireSequence(Got(), 0, count);
    }

    [Fact]
    public async Task However_much_actors_of_one_loop_send_each_other_nothing_is_dropped()
    {
        // More than any inbox takes from outside.
        const int Count = 200_000;
        await using IContractHost host = MakeHost(1);
        int next = 0;
        Address to = Add(host, Replica(host, 13), (_, message) =>
        {
            if (message is not Numbered number || number.Number != next++)
                _journal.Write($"unexpected {TextOf(message)} before {next}");
            else if (next == Count)
                _journal.Write("all");
        });
        AddSender(host, Replica(host, 1), Count, (context, i) => context.Send(to, new Numbered(i)));
        await host.StartAsync();

        host.Post(Replica(host, 1), new Begin());
        await UntilAsync(host, 1);

        _journal.Lines.ShouldBe(["all"]);
    }

    [Fact]
    public async Task What_an_actor_sends_to_itself_arrives_after_the_handler_and_in_order()
    {
        await using IContractHost host = MakeHost(1);
        Address self = Add(host, Replica(host, 1), (context, message) =>
        {
            _journal.Write("in " + TextOf(message));
            if (message is Begin)
            {
                context.Send(context.Self, new Numbered(1));
                context.Send(context.Self, new Numbered(2));
            }

            _journal.Write("out " + TextOf(message));
        });
        await host.StartAsync();

        host.Post(self, new Begin());
        await UntilAsync(host, "out 2");

        _journal.Lines.ShouldBe(["in Begin", "out Begin", "in 1", "out 1", "in 2", "out 2"]);
    }

    [Fact]
    public async Task What_is_sent_to_an_address_that_is_not_there_is_dropped_and_counted_and_nobody_dies()
    {
        await using IContractHost host = MakeHost(2);
        Address near = AddWriter(host, Replica(host, 3), "near");
        Address far = AddWriter(host, Request(host, 3, node: 1), "far");
        Address lost = Add(host, Replica(host, 1), (context, _) =>
        {
            var done = new ReplicaMergeDone(0, ReplicaOutcome.Done);
            context.Send(Replica(host, 9), new Begin());
            context.Send(new Address(host.Node(0), ActorRole.AntiEntropy, 0), new Begin());
            context.Send(new Address(host.Node(0), (ActorRole)200, 0), new Begin());
            context.Send(new Address(new NodeId("stranger"), ActorRole.Request, 3), done);
            context.Send(Request(host, 9, node: 1), done);
            context.Send(far, new ReplicaMergeDone(1, ReplicaOutcome.Done));
            context.Send(near, new Numbered(1));
        });
        await host.StartAsync();

        host.Post(lost, new Begin());
        await UntilAsync(host, 2);
        host.Post(near, new Numbered(2));
        await UntilAsync(host, 3);

        // In any order between the nodes.
        _journal.Lines.Order(StringComparer.Ordinal).ShouldBe(["far 1", "near 1", "near 2"]);
        host.DroppedUnknownAddress.ShouldBe(5);
    }

    // A part in each handler, so that the sends of many turns are one order.
    private static void AddSender(IContractHost host, Address address, int count, Action<IActorContext, int> send)
    {
        int next = 0;
        Add(host, address, (context, message) =>
        {
            for (int end = Math.Min(count, next + 70); next < end; next++)
                send(context, next);
            if (next < count)
                context.Send(context.Self, message);
        });
    }

    // Says where it breaks, not all that it is.
    private static void RequireSequence(IEnumerable<long> got, long first, int count)
    {
        long next = first;
        foreach (long number in got)
            number.ShouldBe(next++);
        next.ShouldBe(first + count);
    }

    private long[] Got() => [.. _journal.Lines.Select(line => long.Parse(line.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture))];
}
