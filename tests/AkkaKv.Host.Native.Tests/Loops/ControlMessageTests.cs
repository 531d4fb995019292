using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Tests.Support;

namespace AkkaKv.Host.Native.Tests.Loops;

public sealed class ControlMessageTests
{
    [Theory]
    [InlineData(ActorRole.Membership)]
    [InlineData(ActorRole.RingManager)]
    public async Task An_opinion_reaches_a_loop_whose_inbox_is_full(ActorRole sender)
    {
        // An opinion is told once. The gateway of a loop that missed it would hold a peer for lost until the next change.
        const int Max = 16;
        await using var node = new TestNode("a", configure: options => options with { Loops = 2, InboxMessagesMax = Max });
        using var hold = new ManualResetEventSlim();
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gateway = new CollectingActor(1);
        Address busy = node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((_, message) =>
        {
            if (message is not Go)
                return;
            isHeld.SetResult();
            hold.Wait();
        }));
        Address to = node.Runtime.Spawn(ActorRole.Gateway, 1, () => gateway);
        Address teller = node.Runtime.Spawn(sender, 0, () => new ScriptActor((context, message) =>
        {
            var question = (Question)message;
            if (question.Number == 1)
                context.Send(to, new Note(1, 1));
            context.Send(question.ReplyTo, new Answer(question.Number));
        }));
        node.Runtime.Start();
        node.Runtime.TryPost(busy, new Go()).ShouldBeTrue();
        await isHeld.Task.WaitAsync(Waiting.Max);
        while (node.Runtime.TryPost(busy, new Note(0, 0)))
        {
        }

        // The second answer comes from a later turn: by then the first turn's messages are posted.
        for (int number = 1; number <= 2; number++)
        {
            node.Runtime.TryAsk(teller, number, (n, replyTo) => new Question(n, replyTo), default, out ValueTask<Message> answer).ShouldBeTrue();
            await answer;
        }

        hold.Set();

        (await gateway.All).ShouldHaveSingleItem();
    }
}
