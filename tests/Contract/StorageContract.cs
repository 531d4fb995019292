using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Contract;

/// <summary>The store behind <see cref="ActorRole.Store"/>, as far as its messages go.</summary>
public abstract partial class HostContract
{
    private const int Partition = 1;

    [Fact]
    public async Task After_a_reply_that_waited_for_its_write_everyone_reads_the_value()
    {
        const int Rounds = 20;
        await using IContractHost host = MakeHost(1);
        Address reader = Replica(host, Partition + 24);
        Address writer = Add(host, Replica(host, Partition), (context, message) =>
        {
            switch (message)
            {
                case Numbered round: context.Send(StoreOf(host), Write(context, KeyIn(Partition), (byte)round.Number, (ulong)round.Number)); break;
                case StoreWriteDone { Outcome: StoreOutcome.Done } done: context.Send(reader, new Numbered((long)done.Ticket)); break;
                default: _journal.Write($"unexpected {message}"); break;
            }
        });
        Add(host, reader, (context, message) =>
        {
            if (message is Numbered round)
                context.Send(StoreOf(host), new StoreRead(KeyIn(Partition), (ulong)round.Number, context.Self));
            if (message is not StoreReadDone read)
                return;
            _journal.Write($"{read.Ticket} {ValueOf(read)}");
            if (read.Ticket < Rounds)
                context.Send(writer, new Numbered((long)read.Ticket + 1));
        });
        await host.StartAsync();

        host.Post(writer, new Numbered(1));
        await UntilAsync(host, Rounds);

        _journal.Lines.ShouldBe(Enumerable.Range(1, Rounds).Select(round => $"{round} {round}"));
    }

    [Fact]
    public async Task A_read_before_the_write_is_done_sees_the_old_value()
    {
        await using IContractHost host = MakeHost(1);
        Address writer = Add(host, Replica(host, Partition), (context, message) =>
        {
            switch (message)
            {
                case Begin:
                    context.Send(StoreOf(host), Write(context, KeyIn(Partition), 1, 1));
                    break;
                case StoreWriteDone { Ticket: 1 }:
                    context.Send(StoreOf(host), Write(context, KeyIn(Partition), 2, 2));
                    context.Send(StoreOf(host), new StoreRead(KeyIn(Partition), 3, context.Self));
                    break;
                case StoreWriteDone { Ticket: 2 }:
                    context.Send(StoreOf(host), new StoreRead(KeyIn(Partition), 4, context.Self));
                    break;
                case StoreReadDone read:
                    _journal.Write($"{read.Ticket} {ValueOf(read)}");
                    break;
            }
        });
        await host.StartAsync();

        host.Post(writer, new Begin());
        await UntilAsync(host, 2);

        _journal.Lines.ShouldBe(["3 1", "4 2"]);
    }

    [Fact]
    public async Task Writes_of_one_key_are_done_in_their_order_and_only_their_asker_is_told()
    {
        const int Each = 40;
        await using IContractHost host = MakeHost(1);
        Address[] writers = [Replica(host, Partition), Replica(host, Partition + 24)];
        for (int i = 0; i < writers.Length; i++)
        {
            ulong first = (ulong)(i * Each);
            StoreKey key = KeyIn(Partition, which: i);
            string name = "writer" + i;
            Add(host, writers[i], (context, message) =>
            {
                switch (message)
                {
                    // Half of them in this turn, half in a later one.
                    case Begin:
                        for (ulong ticket = first; ticket < first + (Each / 2); ticket++)
                            context.Send(StoreOf(host), Write(context, key, (byte)ticket, ticket));
                        context.StartTimer(TimeSpan.FromTicks(1), new Numbered(0));
                        break;
                    case Numbered:
                        for (ulong ticket = first + (Each / 2); ticket < first + Each; ticket++)
                            context.Send(StoreOf(host), Write(context, key, (byte)ticket, ticket));
                        break;
                    case StoreWriteDone { Outcome: StoreOutcome.Done } done:
                        _journal.Write($"{name} {done.Ticket}");
                        if (done.Ticket == first + Each - 1)
                            context.Send(StoreOf(host), new StoreRead(key, 0, context.Self));
                        break;
                    case StoreReadDone read:
                        _journal.Write($"{name} reads {ValueOf(read)}");
                        break;
                    default:
                        _journal.Write($"{name} unexpected {message}");
                        break;
                }
            });
        }

        await host.StartAsync();
        foreach (Address writer in writers)
            host.Post(writer, new Begin());
        await UntilAsync(host, 2 * (Each + 1));

        for (int i = 0; i < writers.Length; i++)
        {
            LinesOf("writer" + i).ShouldBe(
                [.. Enumerable.Range(i * Each, Each).Select(ticket => $"writer{i} {ticket}"), $"writer{i} reads {((i + 1) * Each) - 1}"]);
        }
    }

    [Fact]
    public async Task Facts_are_written_in_order_and_read_back_on_every_loop()
    {
        const int Rounds = 20;
        await using IContractHost host = MakeHost(1);
        Address writer = Add(host, Replica(host, Partition), (context, message) =>
        {
            switch (message)
            {
                case Begin:
                    for (ulong ticket = 1; ticket <= Rounds; ticket++)
                        context.Send(StoreOf(host), new FactWrite("test/fact", new[] { (byte)ticket }, ticket, context.Self));
                    break;
                case FactWriteDone { IsDone: true, Ticket: < Rounds } done:
                    _journal.Write($"done {done.Ticket}");
                    break;
                case FactWriteDone { IsDone: true }:
                    context.Send(Replica(host, Partition + 1), new Begin());
                    break;
                default:
                    _journal.Write($"unexpected {message}");
                    break;
            }
        });
        Add(host, Replica(host, Partition + 1), (context, message) =>
        {
            if (message is Begin)
                context.Send(StoreOf(host), new FactRead("test/fact", 7, context.Self));
            else if (message is FactReadDone read)
                _journal.Write($"read {read.Ticket} {Text(read.Value.Span[0])}");
        });
        await host.StartAsync();

        host.Post(writer, new Begin());
        await UntilAsync(host, Rounds);

        _journal.Lines.ShouldBe([.. Enumerable.Range(1, Rounds - 1).Select(ticket => $"done {ticket}"), $"read 7 {Rounds}"]);
    }

    private static Address StoreOf(IContractHost host) => new(host.Node(0), ActorRole.Store, 0);

    private static StoreWrite Write(IActorContext context, StoreKey key, byte value, ulong ticket) =>
        new(key, new[] { value }, ticket, context.Self);

    private static string ValueOf(StoreReadDone read) =>
        read.Outcome == StoreOutcome.Done && read.Object.Length == 1 ? Text(read.Object.Span[0]) : $"{read.Outcome}, {read.Object.Length} bytes";
}
