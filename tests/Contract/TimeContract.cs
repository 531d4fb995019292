using System.Diagnostics;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Contract;

/// <summary>Timers, time and randomness.</summary>
public abstract partial class HostContract
{
    [Fact]
    public async Task Timers_fire_in_order_of_their_time_never_early_and_carry_their_message()
    {
        await using IContractHost host = MakeHost(1);
        TimeSpan begun = default;
        int[] delays = [40, 0, 20, 5, 20, 10];
        Address self = Add(host, Replica(host, 1), (context, message) =>
        {
            if (message is Numbered due)
            {
                bool isEarly = context.Now < begun + TimeSpan.FromMilliseconds(delays[due.Number]);
                _journal.Write(isEarly ? $"{due.Number} early" : Text(due.Number));
                return;
            }

            begun = context.Now;
            for (int i = 0; i < delays.Length; i++)
                context.StartTimer(TimeSpan.FromMilliseconds(delays[i]), new Numbered(i));
        });
        await host.StartAsync();

        host.Post(self, new Begin());
        await UntilAsync(host, delays.Length);

        // Those due at the same time in the order in which they were started.
        _journal.Lines.ShouldBe(["1", "3", "5", "2", "4", "0"]);
    }

    [Fact]
    public async Task A_timer_without_delay_fires_after_the_handler_that_starts_it()
    {
        await using IContractHost host = MakeHost(1);
        Address self = Add(host, Replica(host, 1), (context, message) =>
        {
            _journal.Write("in " + TextOf(message));
            if (message is Begin)
                context.StartTimer(TimeSpan.Zero, new Numbered(1));
            _journal.Write("out " + TextOf(message));
        });
        await host.StartAsync();

        host.Post(self, new Begin());
        await UntilAsync(host, "out 1");

        _journal.Lines.ShouldBe(["in Begin", "out Begin", "in 1", "out 1"]);
    }

    [Fact]
    public async Task A_timer_that_was_already_due_when_it_was_cancelled_never_arrives()
    {
        await using IContractHost host = MakeHost(1);
        var timers = new TimerId[2];
        Address self = Add(host, Replica(host, 1), (context, message) =>
        {
            switch (message)
            {
                case Begin:
                    timers[0] = context.StartTimer(TimeSpan.FromMilliseconds(5), new Numbered(0));
                    timers[1] = context.StartTimer(TimeSpan.FromMilliseconds(5), new Numbered(1));
                    context.StartTimer(Moment, new Introduced(context.Self));
                    break;
                case Numbered fired:
                    // Both are due now: whichever came first takes the other back.
                    context.CancelTimer(timers[1 - fired.Number]);
                    _journal.Write("fired");
                    break;
                default:
                    _journal.Write("end");
                    break;
            }
        });
        await host.StartAsync();

        host.Post(self, new Begin());
        await UntilAsync(host, "end");

        _journal.Lines.ShouldBe(["fired", "end"]);
    }

    [Fact]
    public async Task To_cancel_twice_or_after_it_fired_or_anothers_timer_is_harmless()
    {
        await using IContractHost host = MakeHost(1);
        TimerId fired = default;
        Address other = Add(host, Replica(host, 13), (context, message) =>
        {
            context.CancelTimer(fired);
            context.CancelTimer(new TimerId(fired.Number + 1));
        });
        Address self = Add(host, Replica(host, 1), (context, message) =>
        {
            if (message is Numbered number)
                _journal.Write(Text(number.Number));
            if (message is Begin)
            {
                TimerId cancelled = context.StartTimer(TimeSpan.FromMilliseconds(1), new Numbered(-1));
                context.CancelTimer(cancelled);
                context.CancelTimer(cancelled);
                context.CancelTimer(default);
                fired = context.StartTimer(TimeSpan.FromMilliseconds(1), new Numbered(1));
                context.CancelTimer(cancelled);
                context.Send(other, message);
            }
            else if (message is Numbered { Number: 1 })
            {
                // An id that has had its time must not name what was started since.
                context.StartTimer(TimeSpan.FromMilliseconds(1), new Numbered(2));
                context.CancelTimer(fired);
                context.StartTimer(Moment, new Numbered(3));
            }
        });
        await host.StartAsync();

        host.Post(self, new Begin());
        await UntilAsync(host, "3");

        _journal.Lines.ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task A_stopped_actors_timers_never_fire()
    {
        await using IContractHost host = MakeHost(1);
        Address marker = Add(host, Replica(host, 13), (context, message) =>
        {
            if (message is Begin)
                context.StartTimer(Moment, new Numbered(1));
            else
                _journal.Write("marker");
        });
        Address ends = Add(host, Replica(host, 1), (context, message) =>
        {
            _journal.Write("ends " + TextOf(message));
            context.StartTimer(TimeSpan.Zero, new Numbered(1));
            context.Stop();
            context.StartTimer(TimeSpan.FromMilliseconds(1), new Numbered(2));
            context.Send(marker, new Begin());
        });
        await host.StartAsync();

        host.Post(ends, new Begin());
        await UntilAsync(host, "marker");

        _journal.Lines.ShouldBe(["ends Begin", "marker"]);
        host.DroppedUnknownAddress.ShouldBe(0, "a timer that was taken back is not a message that was dropped");
    }

    [Fact]
    public async Task Now_never_goes_back_and_stands_still_within_a_handler()
    {
        const int Rounds = 200;
        await using IContractHost host = MakeHost(1);
        TimeSpan last = default;
        Address self = Add(host, Replica(host, 1), (context, message) =>
        {
            TimeSpan now = context.Now;
            var round = (Numbered)message;

            // Long enough for any clock to move on.
            if (round.Number % 50 == 0)
                PassTime();
            if (now < last || context.Now != now)
                _journal.Write($"{last} then {now} and {context.Now}");
            last = now;
            if (round.Number % 2 == 0)
                context.StartTimer(TimeSpan.FromTicks(round.Number), new Numbered(round.Number + 1));
            else if (round.Number < Rounds)
                context.Send(context.Self, new Numbered(round.Number + 1));
            else
                _journal.Write(last > TimeSpan.Zero ? "end" : "time does not pass");
        });
        await host.StartAsync();

        host.Post(self, new Numbered(0));
        await host.UntilAsync(_journal, () => _journal.Count > 0);

        _journal.Lines.ShouldBe(["end"]);
    }

    [Fact]
    public async Task Two_starts_draw_other_numbers_unless_the_host_repeats_its_runs()
    {
        string[] first = await DrawAsync(seed: 1);
        string[] again = await DrawAsync(seed: 1);
        string[] other = await DrawAsync(seed: 2);

        other.Intersect(first).ShouldBeEmpty();
        if (Repeats)
            again.ShouldBe(first);
        else
            again.Intersect(first).ShouldBeEmpty();
    }

    private static void PassTime()
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMilliseconds(1);)
        {
        }
    }

    // Random numbers, and the number of a spawned actor: a late reply to a request of before a restart must find no one.
    private async Task<string[]> DrawAsync(ulong seed)
    {
        await using IContractHost host = MakeHost(1, seed);
        var journal = new Journal();
        Address self = Add(host, Replica(host, 1), (context, _) =>
        {
            Address child = context.Spawn(ActorRole.Request, new ScriptedActor((_, _) => { }));
            journal.Write($"{context.Random.NextUInt64()} {context.Random.NextUInt64()}");
            journal.Write($"{child.Number}");
        });
        await host.StartAsync();
        host.Post(self, new Begin());
        await host.UntilAsync(journal, () => journal.Count == 2);
        return [.. journal.Lines];
    }
}
