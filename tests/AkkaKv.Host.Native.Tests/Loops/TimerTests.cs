using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Tests.Support;

namespace AkkaKv.Host.Native.Tests.Loops;

public sealed class TimerTests
{
    [Fact]
    public async Task Timers_fire_in_order_of_their_time_and_never_early()
    {
        await using var node = new TestNode("a");
        var times = new List<(Message Message, TimeSpan At)>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor(
            (context, message) =>
            {
                times.Add((message, context.Now));
                if (times.Count == 3)
                    all.SetResult();
            },
            context =>
            {
                times.Capacity = 3;
                TimeSpan now = context.Now;
                context.StartTimer(TimeSpan.FromMilliseconds(30), new Note(30, (now + TimeSpan.FromMilliseconds(30)).Ticks));
                context.StartTimer(TimeSpan.Zero, new Note(0, now.Ticks));
                context.StartTimer(TimeSpan.FromMilliseconds(10), new Note(10, (now + TimeSpan.FromMilliseconds(10)).Ticks));
            }));
        node.Runtime.Start();

        await all.Task.WaitAsync(Waiting.Max);

        times.Select(time => ((Note)time.Message).Sender).ShouldBe([0, 10, 30]);
        times.ShouldAllBe(time => time.At.Ticks >= ((Note)time.Message).Sequence);
    }

    [Fact]
    public async Task A_timer_cancelled_when_it_was_already_due_does_not_arrive()
    {
        await using var node = new TestNode("a");
        var receiver = new CollectingActor(2);
        Address to = node.Runtime.Spawn(ActorRole.Replica, 2, () => receiver);
        TimerId second = default;
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor(
            (context, message) =>
            {
                context.Send(to, message);

                // Both are due at the same moment: the first handler comes before the second timer.
                context.CancelTimer(second);
            },
            context =>
            {
                context.StartTimer(TimeSpan.FromMilliseconds(10), new Note(1, 0));
                second = context.StartTimer(TimeSpan.FromMilliseconds(10), new Note(2, 0));
                context.StartTimer(TimeSpan.FromMilliseconds(30), new Note(3, 0));
            }));
        node.Runtime.Start();

        (await receiver.All).ShouldBe([new Note(1, 0), new Note(3, 0)]);
    }

    [Fact]
    public async Task A_stopped_actors_timers_are_cancelled()
    {
        await using var node = new TestNode("a");
        var receiver = new CollectingActor(1);
        Address to = node.Runtime.Spawn(ActorRole.Replica, 2, () => receiver);
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor(
            (context, _) => context.Send(to, new Note(1, 0)),
            context =>
            {
                context.StartTimer(TimeSpan.FromMilliseconds(1), new Go());
                context.Stop();
            }));
        node.Runtime.Spawn(ActorRole.Replica, 3, () => new ScriptActor(
            (context, _) => context.Send(to, new Note(3, 0)),
            context => context.StartTimer(TimeSpan.FromMilliseconds(20), new Go())));
        node.Runtime.Start();

        (await receiver.All).ShouldBe([new Note(3, 0)]);
        node.Runtime.Counters().DroppedUnknownAddress.ShouldBe(0);
    }

    [Fact]
    public async Task No_actor_can_cancel_another_ones_timer_nor_an_old_id_a_new_timer()
    {
        await using var node = new TestNode("a");
        var receiver = new CollectingActor(2);
        Address to = node.Runtime.Spawn(ActorRole.Replica, 2, () => receiver);
        TimerId first = default;
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor(
            (context, message) => context.Send(to, message),
            context =>
            {
                first = context.StartTimer(TimeSpan.FromMilliseconds(5), new Note(0, 0));
                context.CancelTimer(first);
                context.StartTimer(TimeSpan.FromMilliseconds(5), new Note(1, 0));
                context.CancelTimer(first);
                context.CancelTimer(default);
            }));
        node.Runtime.Spawn(ActorRole.Replica, 3, () => new ScriptActor(
            (context, message) => context.Send(to, message),
            context =>
            {
                context.CancelTimer(first);
                context.StartTimer(TimeSpan.FromMilliseconds(10), new Note(3, 0));
            }));
        node.Runtime.Start();

        (await receiver.All).ShouldBe([new Note(1, 0), new Note(3, 0)]);
    }
}
