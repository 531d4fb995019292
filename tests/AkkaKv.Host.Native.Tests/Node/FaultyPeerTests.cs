using System.Net.Sockets;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Native.Node;
using AkkaKv.Host.Native.Tests.Support;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Tests.Node;

/// <summary>A peer that sends well-formed nonsense. A node that stopped over it would take the whole cluster with it.</summary>
public sealed class FaultyPeerTests
{
    private static readonly StoreKey Key = StoreKey.Of("b", [1]);
    private static readonly ulong Home = (ulong)new Token(Key.Hash).PartitionIn(64);
    private static readonly Address Anyone = new(new NodeId("b"), ActorRole.Request, 1);

    [Fact]
    public async Task A_message_that_its_receiver_has_no_use_for_stopped_the_node()
    {
        var answer = new PutDone(PutReply.Failed(new KvError(KvErrorCode.Busy, "no")));
        await RequireSurvivedAsync(
            unfit: 6,
            (ActorRole.Replica, Home, answer),
            (ActorRole.Gateway, 0, answer),
            (ActorRole.Membership, 0, answer),
            (ActorRole.RingManager, 0, new ReplicaMergeDone(1, ReplicaOutcome.Done)),
            (ActorRole.Store, 0, new ReplicaRead(Key, 1, Anyone)),
            ((ActorRole)77, 0, new ReplicaRead(Key, 1, Anyone)));
    }

    [Fact]
    public async Task A_request_whose_answer_would_go_to_an_actor_that_has_no_use_for_it_stopped_the_node() => await RequireSurvivedAsync(
        unfit: 3,
        (ActorRole.Replica, Home, new ReplicaRead(Key, 1, new Address(new NodeId("a"), ActorRole.Membership, 0))),
        (ActorRole.Replica, Home, new ReplicaRead(Key, 1, new Address(new NodeId("a"), ActorRole.Store, 0))),
        (ActorRole.Replica, Home, new ReplicaMerge(Key, default, 1, new Address(new NodeId("a"), ActorRole.Replica, Home))));

    [Fact]
    public async Task A_key_sent_to_another_partition_or_beyond_the_ring_stopped_the_node() => await RequireSurvivedAsync(
        unfit: 3,
        (ActorRole.Replica, Home ^ 1, new ReplicaRead(Key, 1, Anyone)),
        (ActorRole.Replica, Home ^ 1, new ReplicaMerge(Key, default, 1, Anyone)),
        (ActorRole.Replica, 64, new ReplicaRead(Key, 1, Anyone)));

    private static async Task RequireSurvivedAsync(int unfit, params (ActorRole Role, ulong Number, Message Message)[] messages)
    {
        await using NativeNode node = OpenNode.Of(loops: 2, new PeerEndpoint(new NodeId("b"), "127.0.0.1", 0));
        (Socket socket, HelloAnswer _) = await RawPeer.DialAsync(node.Bind(), RawPeer.HelloFrom("b", "a", MessageClass.Data));

        // What comes behind shows that the rest was looked at: a request that no one awaits.
        (ActorRole, ulong, Message) last = (ActorRole.Request, 5, new ReplicaMergeDone(1, ReplicaOutcome.Done));
        foreach ((ActorRole role, ulong number, Message message) in messages.Append(last))
        {
            await RawPeer.SendAsync(socket, output =>
            {
                int start = output.BeginFrame();
                WireCodec.Instance.Encode(new NodeId("b"), role, number, message, output);
                output.EndFrame(start);
            });
        }

        while (node.Counters.InboundMessages == 0 && !node.Stopped.IsCompleted)
            await Task.Yield();
        await OpenNode.WaitReadyAsync(node);
        GetReply reply = await node.GetAsync(EntryKey.FromText("b", "k"), RequestOptions.Default, default);

        node.Stopped.IsCompleted.ShouldBeFalse();
        node.Counters.InboundUnfit.ShouldBe(unfit);
        (reply.Error?.Code).ShouldBeOneOf(null, KvErrorCode.NotEnoughReplicas);
        socket.Dispose();
    }
}
