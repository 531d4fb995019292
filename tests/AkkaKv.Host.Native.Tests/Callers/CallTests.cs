using AkkaKv.Core.Kernel;
using AkkaKv.Host.Callers;
using AkkaKv.Host.Native.Tests.Support;

namespace AkkaKv.Host.Native.Tests.Callers;

public sealed class CallTests
{
    private static readonly Func<long, Address, Message> MakeQuestion = (number, replyTo) => new Question(number, replyTo);

    [Fact]
    public async Task Every_caller_gets_its_own_reply()
    {
        await using var node = new TestNode("a", configure: options => options with { Loops = 2 });
        for (ulong i = 0; i < 2; i++)
            node.Runtime.Spawn(ActorRole.Replica, i, () => new ScriptActor((context, message) => Reply(context, (Question)message)));
        node.Runtime.Start();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (long i = 0; i < 5_000; i++)
            {
                long number = (caller * 1_000_000) + i;
                node.Runtime.TryAsk(node.At(ActorRole.Replica, (ulong)(i % 2)), number, MakeQuestion, default, out ValueTask<Message> reply).ShouldBeTrue();
                ((Answer)await reply).Number.ShouldBe(number);
            }
        }))).WaitAsync(Waiting.Max);

        node.Runtime.Counters().CallsWaiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_reply_that_is_awaited_twice_or_too_early_does_not_take_the_call_of_another()
    {
        var table = new CallTable(callsMax: 2, runAsynchronously: true, seed: 1);
        PendingCall first = table.TryOpen(out ulong number)!;
        ValueTask<Message> reply = first.Task;
        Should.Throw<InvalidOperationException>(() => first.GetResult(0)).ShouldNotBeNull();
        table.Waiting.ShouldBe(1, "it is still open");
        table.Complete(number, new Answer(1));
        (await reply).ShouldBe(new Answer(1));
        table.Waiting.ShouldBe(0);

        PendingCall second = table.TryOpen(out ulong secondNumber)!;
        second.ShouldBeSameAs(first);
        await Should.ThrowAsync<InvalidOperationException>(async () => await reply);
        table.Waiting.ShouldBe(1, "the second call is not given back by whoever awaits the first again");
        ValueTask<Message> secondReply = second.Task;
        table.Complete(secondNumber, new Answer(2));
        (await secondReply).ShouldBe(new Answer(2));
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_its_late_reply_reaches_no_one_else()
    {
        await using var node = new TestNode("a", configure: options => options with { CallsMax = 1 });
        var held = new List<Question>();
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((context, message) =>
        {
            if (message is Question { Number: 1 } first)
            {
                held.Add(first);
                return;
            }

            // The late reply to the first call comes before the reply to the second.
            held.ForEach(late => Reply(context, late));
            Reply(context, (Question)message);
        }));
        node.Runtime.Start();
        using var cancellation = new CancellationTokenSource();

        node.Runtime.TryAsk(node.At(ActorRole.Replica, 1), 1, MakeQuestion, cancellation.Token, out ValueTask<Message> first).ShouldBeTrue();
        node.Runtime.TryAsk(node.At(ActorRole.Replica, 1), 9, MakeQuestion, default, out _).ShouldBeFalse("one call is the bound");
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await first);
        node.Runtime.TryAsk(node.At(ActorRole.Replica, 1), 2, MakeQuestion, default, out ValueTask<Message> second).ShouldBeTrue();

        ((Answer)await second).Number.ShouldBe(2);
    }

    [Fact]
    public async Task Disposing_the_node_ends_who_waits_and_refuses_who_comes()
    {
        var node = new TestNode("a");
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((_, _) => { }));
        node.Runtime.Start();
        node.Runtime.TryAsk(node.At(ActorRole.Replica, 1), 1, MakeQuestion, default, out ValueTask<Message> reply).ShouldBeTrue();

        await node.DisposeAsync();

        await Should.ThrowAsync<NodeStoppedException>(async () => await reply);
        node.Runtime.TryAsk(node.At(ActorRole.Replica, 1), 1, MakeQuestion, default, out _).ShouldBeFalse();
        (await node.Runtime.Stopped).ShouldBeNull();
    }

    private static void Reply(IActorContext context, Question question) => context.Send(question.ReplyTo, new Answer(question.Number));
}
