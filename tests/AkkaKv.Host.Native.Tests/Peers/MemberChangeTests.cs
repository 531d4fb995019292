using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Host.Native.Tests.Support;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Tests.Peers;

/// <summary>Peers that come, go and move while a node runs.</summary>
public sealed class MemberChangeTests
{
    private static readonly NodeId B = new("b");

    [Fact]
    public async Task A_member_that_joins_is_connected_and_one_that_leaves_is_not_spoken_to()
    {
        await using TestNode a = Teller("a");
        await using TestNode b = Teller("b");
        var receiver = new CollectingActor(1);
        b.Runtime.Spawn(ActorRole.Replica, 1, () => receiver);
        a.Runtime.Start();
        b.Runtime.Start();
        a.Runtime.PeerStatuses().ShouldBeEmpty();

        Want(a, b);
        Want(b, a);
        await a.ConnectedAsync("b");
        await b.ConnectedAsync("a");
        a.Runtime.TryPost(a.At(ActorRole.Replica, 7), new Note(1, 1)).ShouldBeTrue();
        (await receiver.All).ShouldBe([new Note(1, 1)]);

        Want(a);
        await a.DisconnectedAsync("b");
        await b.DisconnectedAsync("a");
        a.Runtime.PeerStatuses().ShouldBeEmpty();
        long dropped = a.Runtime.Counters().DroppedUnknownAddress;
        a.Runtime.TryPost(a.At(ActorRole.Replica, 7), new Note(1, 2)).ShouldBeTrue();
        while (a.Runtime.Counters().DroppedUnknownAddress == dropped)
            await Task.Yield();

        // The one that left still dials, and is told why it is not let in.
        (await a.LoggedAsync("b is no member of cluster 'test' as node a knows it")).ShouldContain("akkakv cluster join b");
    }

    [Fact]
    public async Task A_member_that_comes_back_is_connected_again()
    {
        await using TestNode a = Teller("a");
        await using TestNode b = Teller("b");
        a.Runtime.Start();
        b.Runtime.Start();
        for (int round = 0; round < 3; round++)
        {
            Want(a, b);
            Want(b, a);
            await a.ConnectedAsync("b");
            await b.ConnectedAsync("a");
            Want(a);
            Want(b);
            await a.DisconnectedAsync("b");
            await b.DisconnectedAsync("a");
        }
    }

    [Fact]
    public async Task A_member_that_moved_is_dialled_where_it_is()
    {
        await using TestNode a = Teller("a");
        a.Runtime.Start();
        await using (TestNode before = Teller("b"))
        {
            before.Runtime.Start();
            Want(a, before);
            Want(before, a);
            await a.ConnectedAsync("b");
        }

        await using TestNode after = Teller("b");
        after.Runtime.Start();
        Want(after, a);
        Want(a, after);

        await a.ConnectedAsync("b");
        a.Runtime.PeerStatuses()[0].Endpoint.ShouldBe($"127.0.0.1:{after.Runtime.BoundTo!.Port}");
    }

    [Fact]
    public async Task Another_cluster_of_the_same_name_is_refused_in_words()
    {
        await using TestNode a = Teller("a", clusterId: 0xAA);
        await using TestNode b = Teller("b", clusterId: 0xBB);
        a.Runtime.Start();
        b.Runtime.Start();

        Want(a, b);

        (await a.LoggedAsync("wrong cluster")).ShouldContain("with the id 00000000000000bb");
    }

    [Fact]
    public async Task A_peer_of_an_older_release_is_not_sent_what_it_does_not_know()
    {
        using var peer = new RawPeer();
        await using var node = new TestNode("a", ["b"]);
        node.Runtime.Spawn(ActorRole.Replica, 7, () => new ScriptActor((context, message) => context.Send(new Address(B, ActorRole.Replica, 1), message)));
        node.Runtime.SetPeerEndpoint(B, "127.0.0.1", peer.Port);
        node.Runtime.Start();
        var outbound = await peer.AcceptAllAsync("b", protocolMax: 1);
        var inbound = await RawPeer.DialAllAsync(node.Runtime.BoundTo!, "b", "a");
        await node.ConnectedAsync("b");

        // The test's codec takes Go for a kind of version 2.
        node.Runtime.TryPost(node.At(ActorRole.Replica, 7), new Go()).ShouldBeTrue();
        node.Runtime.TryPost(node.At(ActorRole.Replica, 7), new Note(1, 1)).ShouldBeTrue();
        byte[] body = await RawPeer.ReadBodyAsync(outbound[(int)MessageClass.Data]);

        body[0].ShouldBe((byte)1);
        node.Runtime.PeerStatuses()[0].Sent.DroppedOlderPeer.ShouldBe(1);
        Array.ForEach([.. outbound, .. inbound], socket => socket.Dispose());
    }

    [Fact]
    public async Task A_peer_of_an_older_release_is_welcome()
    {
        await using var node = new TestNode("a", ["b"]);
        node.Runtime.Start();
        Hello old = RawPeer.HelloFrom("b", "a", MessageClass.Data) with { ProtocolMin = 1, ProtocolMax = 1 };

        var (socket, answer) = await RawPeer.DialAsync(node.Runtime.BoundTo!, old);

        answer.Refusal.ShouldBeNull();
        (answer.Hello with { Class = default }).ShouldBe(new Hello(1, 2, "test", "a", "b", 64, default));
        socket.Dispose();
    }

    // Its replica 7 sends what it is told on to b; its topology tells the network what it is told.
    private static TestNode Teller(string name, ulong clusterId = 0)
    {
        var node = new TestNode(name, configure: options => options with { ClusterId = clusterId, BackoffMax = TimeSpan.FromMilliseconds(100) });
        node.Runtime.Spawn(ActorRole.Topology, 0, () => new ScriptActor((context, message) => context.Send(node.At(ActorRole.Network, 0), message)));
        node.Runtime.Spawn(ActorRole.Replica, 7, () => new ScriptActor((context, message) => context.Send(new Address(B, ActorRole.Replica, 1), message)));
        return node;
    }

    private static void Want(TestNode node, params TestNode[] others) => node.Runtime.PostAlways(
        node.At(ActorRole.Topology, 0),
        new PeersWanted(0, [.. others.Select(other => new RingMember(other.Id) { Endpoint = $"127.0.0.1:{other.Runtime.BoundTo!.Port}" })]));
}
