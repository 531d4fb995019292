using System.Collections.Concurrent;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Host.Native.Tests.Support;

namespace AkkaKv.Host.Native.Tests.Loops;

public sealed class StoreServiceTests
{
    [Fact]
    public async Task The_writes_of_a_turn_are_one_batch_and_replies_wait_for_it()
    {
        var log = new ConcurrentQueue<string>();
        var batches = new BlockingCollection<(LoopPort Port, List<StoreWrite> Writes)>();
        await using var node = new TestNode("a", store: port => new BatchingStore(port, batches));
        node.Runtime.Spawn(ActorRole.Replica, 1, () => MakeWriter(log));
        node.Runtime.Start();

        node.Runtime.TryAsk(node.At(ActorRole.Replica, 1), 0, (_, replyTo) => new Question(10, replyTo), default, out ValueTask<Message> reply).ShouldBeTrue();
        (LoopPort port, List<StoreWrite> writes) = Take(batches);
        log.Enqueue("synced");
        writes.Count.ShouldBe(10);
        batches.ShouldBeEmpty();
        port.PostCompletion(writes);

        (await reply.AsTask().WaitAsync(Waiting.Max)).ShouldBe(new Answer(10));
        log.ShouldBe(["asked", "synced", "answered"]);
    }

    [Fact]
    public async Task Each_loop_has_its_own_service_and_uses_no_other()
    {
        var batches = new BlockingCollection<(LoopPort Port, List<StoreWrite> Writes)>();
        await using var node = new TestNode("a", configure: options => options with { Loops = 2 }, store: port => new BatchingStore(port, batches));
        for (ulong partition = 0; partition < 2; partition++)
            node.Runtime.Spawn(ActorRole.Replica, partition, () => MakeWriter(new ConcurrentQueue<string>()));
        node.Runtime.Start();

        for (ulong partition = 0; partition < 2; partition++)
        {
            node.Runtime.TryAsk(node.At(ActorRole.Replica, partition), 0, (_, replyTo) => new Question(1, replyTo), default, out ValueTask<Message> reply).ShouldBeTrue();
            (LoopPort port, List<StoreWrite> writes) = Take(batches);
            port.Loop.ShouldBe((int)partition);
            port.PostCompletion(writes);
            await reply.AsTask().WaitAsync(Waiting.Max);
        }
    }

    private static (LoopPort Port, List<StoreWrite> Writes) Take(BlockingCollection<(LoopPort Port, List<StoreWrite> Writes)> batches)
    {
        batches.TryTake(out (LoopPort Port, List<StoreWrite> Writes) batch, Waiting.Max).ShouldBeTrue();
        return batch;
    }

    // Writes as often as it is asked to, and answers when all are done.
    private static ScriptActor MakeWriter(ConcurrentQueue<string> log)
    {
        var question = new Question(0, default);
        long done = 0;
        return new ScriptActor((context, message) =>
        {
            if (message is Question asked)
            {
                question = asked;
                log.Enqueue("asked");
                for (long i = 0; i < asked.Number; i++)
                    context.Send(new Address(context.Self.Node, ActorRole.Store, 0), new StoreWrite(StoreKey.Of("b", [1]), default, (ulong)i, context.Self));
            }
            else if (message is StoreWriteDone { Outcome: StoreOutcome.Done } && ++done == question.Number)
            {
                log.Enqueue("answered");
                context.Send(question.ReplyTo, new Answer(done));
            }
        });
    }

    private sealed class BatchingStore(LoopPort port, BlockingCollection<(LoopPort Port, List<StoreWrite> Writes)> batches) : ILoopService
    {
        private List<StoreWrite> _turn = [];

        public void Deliver(Message message) => _turn.Add((StoreWrite)message);

        public void EndTurn()
        {
            if (_turn.Count == 0)
                return;
            batches.Add((port, _turn));
            _turn = [];
        }

        public void Complete(object completion)
        {
            foreach (StoreWrite write in (List<StoreWrite>)completion)
                port.Send(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Done));
        }
    }
}
