using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Tests.Support;

namespace AkkaKv.Host.Native.Tests.Loops;

public sealed class EventLoopTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Messages_of_one_sender_arrive_in_order_on_any_loop(int loops)
    {
        const int PerSender = 20_000;
        await using var node = new TestNode("a", configure: options => options with { Loops = loops, InboxMessagesMax = 1 << 20 });
        var receiver = new CollectingActor(4 * PerSender);
        Address to = node.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        for (int sender = 0; sender < 4; sender++)
            SpawnSender(node, sender, to, PerSender);
        node.Runtime.Start();

        IReadOnlyList<Message> got = await receiver.All;

        for (int sender = 0; sender < 4; sender++)
            got.OfType<Note>().Where(note => note.Sender == sender).Select(note => note.Sequence).ShouldBe(Enumerable.Range(0, PerSender).Select(i => (long)i));
    }

    [Fact]
    public async Task A_message_to_an_unknown_address_is_dropped_and_counted()
    {
        await using var node = new TestNode("a");
        var receiver = new CollectingActor(1);
        Address known = node.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        node.Runtime.Spawn(ActorRole.Replica, 2, () => new ScriptActor(
            (_, _) => { },
            context =>
            {
                context.Send(node.At(ActorRole.Replica, 9), new Go());
                context.Send(node.At(ActorRole.Gateway, 9), new Go());
                context.Send(node.At(ActorRole.Store, 0), new Go());
                context.Send(new Address(new NodeId("stranger"), ActorRole.Replica, 1), new Go());
                context.Send(known, new Go());
            }));
        node.Runtime.Start();

        await receiver.All;

        node.Runtime.Counters().DroppedUnknownAddress.ShouldBe(4);
    }

    [Fact]
    public async Task A_spawned_actor_starts_before_its_first_message_and_stops_after_its_last()
    {
        await using var node = new TestNode("a", configure: options => options with { Loops = 2 });
        var receiver = new CollectingActor(3);
        Address to = node.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        node.Runtime.Spawn(ActorRole.Replica, 3, () => new ScriptActor(
            (_, _) => { },
            context =>
            {
                Address child = context.Spawn(ActorRole.Request, new ScriptActor(
                    (own, message) =>
                    {
                        own.Stop();
                        own.Send(to, message);
                        own.Send(own.Self, new Note(0, 99));
                    },
                    own => own.Send(to, new Note(0, 0))));
                context.Send(child, new Note(0, 1));
                context.Send(child, new Note(0, 98));
                context.StartTimer(TimeSpan.FromMilliseconds(20), new Go());
                context.Send(to, new Note(0, 2));
                node.Runtime.LoopOf(child.Role, child.Number).ShouldBe(node.Runtime.LoopOf(context.Self.Role, context.Self.Number));
            }));
        node.Runtime.Start();

        IReadOnlyList<Message> got = await receiver.All;

        // The child's second and third message found it stopped.
        got.ShouldBe([new Note(0, 0), new Note(0, 2), new Note(0, 1)]);
    }

    [Fact]
    public async Task A_full_inbox_refuses_callers_and_keeps_what_it_took()
    {
        const int Max = 100;
        await using var node = new TestNode("a", configure: options => options with { InboxMessagesMax = Max });
        using var hold = new ManualResetEventSlim();
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiver = new CollectingActor(Max);
        node.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        node.Runtime.Spawn(ActorRole.Replica, 2, () => new ScriptActor((_, _) =>
        {
            isHeld.SetResult();
            hold.Wait();
        }));
        node.Runtime.Start();
        node.Runtime.TryPost(node.At(ActorRole.Replica, 2), new Go()).ShouldBeTrue();
        await isHeld.Task.WaitAsync(Waiting.Max);

        int taken = 0;
        while (node.Runtime.TryPost(node.At(ActorRole.Replica, 1), new Note(0, taken)))
            taken++;
        bool refusedCall = !node.Runtime.TryAsk(node.At(ActorRole.Replica, 1), 0, (_, replyTo) => new Question(1, replyTo), default, out _);
        hold.Set();

        taken.ShouldBe(Max);
        refusedCall.ShouldBeTrue();
        node.Runtime.Counters().CallsWaiting.ShouldBe(0);
        (await receiver.All).Count.ShouldBe(Max);
    }

    [Fact]
    public async Task A_failing_actor_stops_the_node_and_says_why()
    {
        await using var node = new TestNode("a", configure: options => options with { Loops = 2 });
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((_, message) => Invariant.Require(message is not Go, "nobody says go")));
        node.Runtime.Spawn(ActorRole.Replica, 2, () => new ScriptActor((_, _) => { }));
        node.Runtime.Start();
        node.Runtime.TryAsk(node.At(ActorRole.Replica, 2), 0, (_, replyTo) => new Question(1, replyTo), default, out ValueTask<Message> waiting).ShouldBeTrue();

        node.Runtime.TryPost(node.At(ActorRole.Replica, 1), new Go()).ShouldBeTrue();
        NodeFailure? failure = await node.Runtime.Stopped.WaitAsync(Waiting.Max);

        failure.ShouldNotBeNull();
        failure.Cause.ShouldBeOfType<InvariantException>();
        failure.Actor.ShouldBe(node.At(ActorRole.Replica, 1));
        failure.Message.ShouldBeOfType<Go>();
        (await node.LoggedAsync("nobody says go")).ShouldContain("a/replica/1 failed while handling Go");
        await Should.ThrowAsync<NodeStoppedException>(async () => await waiting);
        node.Runtime.TryPost(node.At(ActorRole.Replica, 2), new Go()).ShouldBeFalse();
    }

    private static void SpawnSender(TestNode node, int sender, Address to, int count) =>
        node.Runtime.Spawn(ActorRole.Replica, (ulong)(10 + sender), () =>
        {
            int next = 0;
            return new ScriptActor(
                (context, message) =>
                {
                    for (int i = 0; i < 500 && next < count; i++)
                        context.Send(to, new Note(sender, next++));
                    if (next < count)
                        context.Send(context.Self, message);
                },
                context => context.Send(context.Self, new Go()));
        });
}
