using System.Net.Sockets;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Tests.Support;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Tests.Peers;

public sealed class PeerConnectionTests
{
    private const int PeerClasses = (int)MessageClass.Bulk + 1;

    [Fact]
    public async Task A_peer_that_restarts_on_its_port_is_connected_again()
    {
        await using var a = new TestNode("a", ["b"]);
        a.Runtime.Spawn(ActorRole.Replica, 1, () => new ScriptActor((context, message) => context.Send(new Address(new NodeId("b"), ActorRole.Replica, 1), message)));
        var before = new TestNode("b", ["a"]);
        await TestCluster.StartAsync(a, before);
        int port = before.Runtime.BoundTo!.Port;

        await before.DisposeAsync();
        await a.DisconnectedAsync("b");
        a.Runtime.PeerStatuses()[0].Connected.ShouldBeFalse();
        await using var after = new TestNode("b", ["a"], options => options.AtPort(port));
        var receiver = new CollectingActor(1);
        after.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        after.Runtime.Bind();
        TestCluster.Introduce(after, a);
        after.Runtime.Start();

        await a.ConnectedAsync("b");
        await after.ConnectedAsync("a");
        a.Runtime.PeerStatuses()[0].Connected.ShouldBeTrue();
        a.Runtime.PeerStatuses()[0].Trouble.ShouldBeNull();
        a.Runtime.TryPost(a.At(ActorRole.Replica, 1), new Note(1, 1)).ShouldBeTrue();
        (await receiver.All).ShouldBe([new Note(1, 1)]);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_is_noticed()
    {
        using var peer = new RawPeer();
        await using var node = new TestNode("a", ["b"], options => options with
        {
            PingInterval = TimeSpan.FromMilliseconds(20),
            SilenceMax = TimeSpan.FromMilliseconds(200),
        });
        node.Runtime.SetPeerEndpoint(new NodeId("b"), "127.0.0.1", peer.Port);
        node.Runtime.Start();
        Task accepting = peer.AcceptAndFallSilentAsync("b");
        Socket[] inbound = await RawPeer.DialAllAsync(node.Runtime.BoundTo!, "b", "a");
        await node.ConnectedAsync("b");

        await node.DisconnectedAsync("b");

        (await node.LoggedAsync("no sign of life")).ShouldContain("b showed no sign of life for");
        peer.Dispose();
        await accepting;
        Array.ForEach(inbound, socket => socket.Dispose());
    }

    [Fact]
    public async Task A_peer_that_could_not_answer_yet_is_not_connected()
    {
        using var peer = new RawPeer();
        await using var node = new TestNode("a", ["b"], options => options with { SilenceMax = TimeSpan.FromMinutes(10) });
        node.Runtime.SetPeerEndpoint(new NodeId("b"), "127.0.0.1", peer.Port);
        node.Runtime.Start();

        // 1. A node restarts and dials the others. 2. They still wait out their backoff, and have no connection to answer
        // on. 3. A read that asked them then waited for its deadline, though the node had said that it was ready.
        Socket[] outbound = await peer.AcceptAllAsync("b");
        node.Runtime.PeerStatuses()[0].Connected.ShouldBeFalse();
        Socket[] inbound = await RawPeer.DialAllAsync(node.Runtime.BoundTo!, "b", "a");
        await node.ConnectedAsync("b");
        inbound[(int)MessageClass.Data].Dispose();
        await node.DisconnectedAsync("b");

        Array.ForEach([.. outbound, .. inbound], socket => socket.Dispose());
    }

    [Fact]
    public async Task A_peer_that_dials_is_dialled_at_once_whatever_the_backoff()
    {
        using var peer = new RawPeer();
        await using var node = new TestNode("a", ["b"], options => options with
        {
            BackoffFirst = TimeSpan.FromMinutes(10),
            BackoffMax = TimeSpan.FromMinutes(10),
            SilenceMax = TimeSpan.FromMinutes(10),
        });
        node.Runtime.SetPeerEndpoint(new NodeId("b"), "127.0.0.1", peer.Port);
        node.Runtime.Start();
        await peer.TurnAwayAsync(PeerClasses);

        Socket[] inbound = await RawPeer.DialAllAsync(node.Runtime.BoundTo!, "b", "a");
        Socket[] outbound = await peer.AcceptAllAsync("b");
        await node.ConnectedAsync("b");

        Array.ForEach([.. outbound, .. inbound], socket => socket.Dispose());
    }

    [Fact]
    public async Task An_inbound_connection_that_falls_silent_is_closed()
    {
        await using var node = new TestNode("a", ["b"], options => options with
        {
            PingInterval = TimeSpan.FromMilliseconds(20),
            SilenceMax = TimeSpan.FromMilliseconds(200),
            ConnectTimeout = TimeSpan.FromSeconds(2),
        });
        node.Runtime.Start();

        (Socket agreed, HelloAnswer answer) = await RawPeer.DialAsync(node.Runtime.BoundTo!, RawPeer.HelloFrom("b", "a", MessageClass.Data));
        using var mute = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await mute.ConnectAsync(node.Runtime.BoundTo!);

        answer.Refusal.ShouldBeNull();
        await RawPeer.UntilClosedAsync(agreed);
        await RawPeer.UntilClosedAsync(mute);
        agreed.Dispose();
    }

    [Theory]
    [InlineData("cluster")]
    [InlineData("version")]
    [InlineData("name")]
    [InlineData("stranger")]
    [InlineData("ring")]
    public async Task A_node_that_does_not_fit_is_refused_with_the_reason(string what)
    {
        await using var node = new TestNode("a", ["b"]);
        node.Runtime.Start();
        Hello good = RawPeer.HelloFrom("b", "a", MessageClass.Data);
        (Hello bad, string words) = what switch
        {
            "cluster" => (good with { Cluster = "other" }, "a belongs to cluster 'test'; b belongs to 'other'."),
            "version" => (good with { ProtocolMin = 7, ProtocolMax = 9 }, "a speaks protocol versions 1 to 2; b speaks 7 to 9."),
            "name" => (good with { ExpectedPeer = "c" }, "b expected node 'c' at this address; found 'a'."),
            "stranger" => (good with { Node = "z" }, "z is no member of cluster 'test' as node a knows it: join it with"),
            _ => (good with { RingPartitions = 128 }, "a has a ring of 64 partitions; b has one of 128."),
        };

        for (int attempt = 0; attempt < 3; attempt++)
        {
            (Socket socket, HelloAnswer answer) = await RawPeer.DialAsync(node.Runtime.BoundTo!, bad);
            answer.Refusal.ShouldNotBeNull();
            answer.Refusal.ShouldContain(words);
            await RawPeer.UntilClosedAsync(socket);
            socket.Dispose();
        }

        await node.LoggedAsync(words);
        node.CountLogged(words).ShouldBe(1, "the same reason is logged once");
        node.Runtime.Counters().InboundRefused.ShouldBe(3);
    }

    [Fact]
    public async Task The_refused_side_shows_the_reason_in_its_status_and_logs_it_once()
    {
        await using var a = new TestNode("a", ["b"]);
        await using var b = new TestNode("b", ["a"], options => options with
        {
            RingPartitions = 128,
            BackoffFirst = TimeSpan.FromMilliseconds(1),
            BackoffMax = TimeSpan.FromMilliseconds(5),
        });
        a.Runtime.Bind();
        TestCluster.Introduce(b, a);
        a.Runtime.Start();
        b.Runtime.Start();

        string line = await b.LoggedAsync("ring of 64 partitions");
        while (a.Runtime.Counters().InboundRefused < 10)
            await Task.Yield();

        line.ShouldContain("correct the setting");
        b.Runtime.PeerStatuses()[0].Trouble.ShouldNotBeNull().ShouldContain("ring of 64 partitions");
        b.CountLogged("ring of 64 partitions").ShouldBe(1);
    }

    [Theory]
    [InlineData("oversized", "may hold 1048576 bytes; the peer announced 1048577")]
    [InlineData("checksum", "has checksum")]
    [InlineData("malformed", "A test message has 10 bytes or more")]
    public async Task A_broken_frame_closes_the_connection_with_a_clear_log(string what, string words)
    {
        await using var node = new TestNode("a", ["b"], options => options with { FrameBytesMax = 1 << 20 });
        node.Runtime.Start();
        (Socket socket, _) = await RawPeer.DialAsync(node.Runtime.BoundTo!, RawPeer.HelloFrom("b", "a", MessageClass.Data));
        byte[] frame = what switch
        {
            "oversized" => [1, 0, 16, 0, 0, 0, 0, 0],
            "checksum" => [3, 0, 0, 0, 1, 2, 3, 4, 9, 9, 9],
            _ => Framed([1, 2, 3]),
        };
        await socket.SendAsync(frame, SocketFlags.None);

        await RawPeer.UntilClosedAsync(socket);

        (await node.LoggedAsync(words)).ShouldStartWith("Closed an inbound connection. b:");
        node.Runtime.Counters().InboundBroken.ShouldBe(1);
        socket.Dispose();
    }

    [Fact]
    public async Task Something_else_that_speaks_to_the_port_is_told_apart()
    {
        await using var node = new TestNode("a", ["b"]);
        node.Runtime.Start();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Runtime.BoundTo!);
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), SocketFlags.None);

        await RawPeer.UntilClosedAsync(socket);

        await node.LoggedAsync("found 'GET / HT'");
    }

    [Fact]
    public async Task Past_the_bound_connections_are_refused()
    {
        await using var node = new TestNode("a", ["b"], options => options with { InboundConnectionsMax = 1 });
        node.Runtime.Start();
        (Socket first, _) = await RawPeer.DialAsync(node.Runtime.BoundTo!, RawPeer.HelloFrom("b", "a", MessageClass.Data));
        using var second = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await second.ConnectAsync(node.Runtime.BoundTo!);

        await RawPeer.UntilClosedAsync(second);

        node.Runtime.Counters().InboundRefused.ShouldBe(1);
        first.Dispose();
    }

    [Fact]
    public async Task A_new_connection_of_a_peer_replaces_the_old_one_after_its_last_message()
    {
        await using var node = new TestNode("a", ["b"]);
        var receiver = new CollectingActor(2);
        node.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        node.Runtime.Start();
        Hello hello = RawPeer.HelloFrom("b", "a", MessageClass.Data);
        (Socket first, _) = await RawPeer.DialAsync(node.Runtime.BoundTo!, hello);
        await RawPeer.SendAsync(first, output => WriteNote(output, 1));
        while (node.Runtime.Counters().InboundMessages < 1)
            await Task.Yield();

        (Socket second, _) = await RawPeer.DialAsync(node.Runtime.BoundTo!, hello);
        await RawPeer.SendAsync(second, output => WriteNote(output, 2));

        await RawPeer.UntilClosedAsync(first);
        (await receiver.All).ShouldBe([new Note(0, 1), new Note(0, 2)]);
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_at_the_start()
    {
        await using var first = new TestNode("a");
        int port = first.Runtime.Bind().Port;
        await using var second = new TestNode("b", configure: options => options.AtPort(port));

        Should.Throw<SocketException>(() => second.Runtime.Bind()).SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);
    }

    private static void WriteNote(FrameBuffer output, long sequence)
    {
        int start = output.BeginFrame();
        new TestCodec().Encode(new NodeId("b"), ActorRole.Replica, 1, new Note(0, sequence), output);
        output.EndFrame(start);
    }

    private static byte[] Framed(byte[] body)
    {
        var frame = new byte[FrameCodec.HeaderBytes + body.Length];
        body.CopyTo(frame, FrameCodec.HeaderBytes);
        FrameCodec.WriteHeader(frame, body);
        return frame;
    }
}
