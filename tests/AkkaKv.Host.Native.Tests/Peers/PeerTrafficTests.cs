using System.Net.Sockets;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Peers;
using AkkaKv.Host.Native.Tests.Support;
using AkkaKv.Wire.Codec;
using Xunit.Abstractions;

namespace AkkaKv.Host.Native.Tests.Peers;

public sealed class PeerTrafficTests(ITestOutputHelper output)
{
    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public async Task Three_nodes_exchange_a_hundred_thousand_messages_in_order_and_in_few_writes()
    {
        const int PerPair = 17_000;
        const int PerTurn = 500;
        TestNode[] nodes = [.. Names.Select(name => new TestNode(name, Names, options => options with { Loops = 2, InboxMessagesMax = 1 << 20 }))];
        var receivers = new CollectingActor[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            CollectingActor receiver = receivers[i] = new CollectingActor(2 * PerPair);
            nodes[i].Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
            SpawnSender(nodes, i, PerPair, PerTurn);
        }

        await TestCluster.StartAsync(nodes);
        foreach (TestNode node in nodes)
            node.Runtime.TryPost(node.At(ActorRole.Replica, 2), new Go()).ShouldBeTrue();

        for (int i = 0; i < nodes.Length; i++)
        {
            IReadOnlyList<Message> got = await receivers[i].All;
            foreach (int sender in Enumerable.Range(0, nodes.Length).Where(sender => sender != i))
                got.OfType<Note>().Where(note => note.Sender == sender).Select(note => note.Sequence).ShouldBe(Enumerable.Range(0, PerPair).Select(n => (long)n));
        }

        PeerTraffic sent = nodes[0].Runtime.PeerStatuses()[0].Sent;
        output.WriteLine($"{sent.Messages} messages in {sent.Writes} writes; {nodes[1].Runtime.Counters()}");
        sent.Messages.ShouldBe(PerPair);
        sent.Writes.ShouldBeLessThan(PerPair / 20);
        foreach (TestNode node in nodes)
            await node.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_is_answered_by_an_actor_of_another_node()
    {
        await using var a = new TestNode("a", ["b"]);
        await using var b = new TestNode("b", ["a"]);
        a.Runtime.Spawn(ActorRole.Gateway, 0, () => new ScriptActor((context, message) => context.Send(b.At(ActorRole.Replica, 5), message)));
        b.Runtime.Spawn(ActorRole.Replica, 5, () => new ScriptActor((context, message) =>
        {
            var question = (Question)message;
            context.Send(question.ReplyTo, new Answer(question.Number + 1));
        }));
        await TestCluster.StartAsync(a, b);

        a.Runtime.TryAsk(a.At(ActorRole.Gateway, 0), 41, (number, replyTo) => new Question(number, replyTo), default, out ValueTask<Message> reply).ShouldBeTrue();

        (await reply.AsTask().WaitAsync(Waiting.Max)).ShouldBe(new Answer(42));
    }

    [Fact]
    public async Task A_large_object_arrives_whole()
    {
        await using var a = new TestNode("a", ["b"]);
        await using var b = new TestNode("b", ["a"]);
        var receiver = new CollectingActor(3);
        b.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        a.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((context, message) => context.Send(b.At(ActorRole.Replica, 1), message)));
        await TestCluster.StartAsync(a, b);
        var random = new Random(7);
        byte[][] sizes = [new byte[20 << 20], new byte[3], new byte[1 << 20]];
        foreach (byte[] bytes in sizes)
        {
            random.NextBytes(bytes);
            a.Runtime.TryPost(a.At(ActorRole.Replica, 1), new Blob(bytes)).ShouldBeTrue();
        }

        IReadOnlyList<Message> got = await receiver.All;

        for (int i = 0; i < sizes.Length; i++)
            ((Blob)got[i]).Bytes.Span.SequenceEqual(sizes[i]).ShouldBeTrue();
    }

    [Fact]
    public async Task Small_messages_do_not_wait_behind_bulk_that_the_peer_does_not_read()
    {
        using var peer = new RawPeer();
        await using var node = new TestNode("a", ["b"], options => options with { SilenceMax = TimeSpan.FromMinutes(10), PeerBytesOutstandingMax = 64 << 20 });
        node.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((context, message) =>
        {
            // 64 MiB of bulk, far more than any socket buffers; then what must come through.
            for (int i = 0; i < 70; i++)
                context.Send(new Address(new NodeId("b"), ActorRole.Replica, 1), new Blob(new byte[1 << 20]));
            context.Send(new Address(new NodeId("b"), ActorRole.Membership, 0), message);
            context.Send(new Address(new NodeId("b"), ActorRole.Replica, 1), new Note(1, 1));
        }));
        node.Runtime.SetPeerEndpoint(new NodeId("b"), "127.0.0.1", peer.Port);
        node.Runtime.Start();
        Socket[] sockets = await peer.AcceptAllAsync("b");
        Socket[] inbound = await RawPeer.DialAllAsync(node.Runtime.BoundTo!, "b", "a");
        await node.ConnectedAsync("b");
        node.Runtime.TryPost(node.At(ActorRole.Replica, 1), new Go()).ShouldBeTrue();

        // Nothing is ever read from the bulk connection.
        byte[] heartbeat = await RawPeer.ReadBodyAsync(sockets[(int)MessageClass.Control]);
        byte[] note = await RawPeer.ReadBodyAsync(sockets[(int)MessageClass.Data]);

        new TestCodec().TryDecode(node.Id, heartbeat, out Received first).ShouldBeTrue();
        first.Message.ShouldBe(new Go());
        new TestCodec().TryDecode(node.Id, note, out Received second).ShouldBeTrue();
        second.Message.ShouldBe(new Note(1, 1));
        PeerTraffic sent = node.Runtime.PeerStatuses()[0].Sent;
        sent.DroppedFull.ShouldBeGreaterThan(0);
        sent.Messages.ShouldBe(72 - sent.DroppedFull);
        Array.ForEach([.. sockets, .. inbound], socket => socket.Dispose());
    }

    [Fact]
    public async Task A_message_over_the_frame_limit_is_dropped_by_its_sender()
    {
        await using var a = new TestNode("a", ["b"], options => options with { FrameBytesMax = 1 << 20 });
        await using var b = new TestNode("b", ["a"]);
        var receiver = new CollectingActor(1);
        b.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        a.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((context, message) =>
        {
            context.Send(b.At(ActorRole.Replica, 1), new Blob(new byte[1 << 20]));
            context.Send(b.At(ActorRole.Replica, 1), new Blob(new byte[5]));
        }));
        await TestCluster.StartAsync(a, b);
        a.Runtime.TryPost(a.At(ActorRole.Replica, 1), new Go()).ShouldBeTrue();

        ((Blob)(await receiver.All)[0]).Bytes.Length.ShouldBe(5);

        a.Runtime.PeerStatuses()[0].Sent.DroppedTooLarge.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_newer_version_sends_is_ignored_and_the_store_is_not_for_peers()
    {
        await using var a = new TestNode("a", ["b"]);
        await using var b = new TestNode("b", ["a"]);
        var receiver = new CollectingActor(1);
        b.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        a.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((context, message) =>
        {
            context.Send(b.At(ActorRole.Replica, 1), new FromTheFuture());
            context.Send(b.At(ActorRole.Store, 0), new Note(0, 0));
            context.Send(b.At(ActorRole.Caller, 12345), new Note(0, 0));
            context.Send(b.At((ActorRole)200, 0), new Note(0, 0));
            context.Send(b.At(ActorRole.Replica, 1), new Note(0, 1));
        }));
        await TestCluster.StartAsync(a, b);
        a.Runtime.TryPost(a.At(ActorRole.Replica, 1), new Go()).ShouldBeTrue();

        (await receiver.All).ShouldBe([new Note(0, 1)]);

        NodeCounters counters = b.Runtime.Counters();
        counters.InboundUnknownKinds.ShouldBe(1);
        counters.DroppedUnknownAddress.ShouldBe(2);
        counters.InboundBroken.ShouldBe(0);
    }

    private static void SpawnSender(TestNode[] nodes, int self, int perPair, int perTurn) =>
        nodes[self].Runtime.Spawn(ActorRole.Replica, 2, () =>
        {
            int next = 0;
            return new ScriptActor((context, message) =>
            {
                for (int i = 0; i < perTurn && next < perPair; i++, next++)
                {
                    foreach (TestNode other in nodes)
                    {
                        if (other != nodes[self])
                            context.Send(other.At(ActorRole.Replica, 1), new Note(self, next));
                    }
                }

                if (next < perPair)
                    context.Send(context.Self, message);
            });
        });
}
