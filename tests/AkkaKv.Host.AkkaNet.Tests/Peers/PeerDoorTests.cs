using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Shell;
using AkkaKv.Host.Callers;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.AkkaNet.Tests.Peers;

/// <summary>What a node lets in.</summary>
public sealed class PeerDoorTests : TestKit
{
    private const int Partitions = 64;
    private const ulong Incarnation = 77;

    private static readonly NodeId Peer = new("node-2");
    private static readonly Received Fit = new(ActorRole.Request, 0, new ReplicaMergeDone(9, ReplicaOutcome.Done));

    private readonly ShellWorld _world;
    private readonly IActorRef _door;
    private readonly List<string> _log = [];

    public PeerDoorTests()
    {
        var self = new NodeId("node-1");
        _world = new ShellWorld(self, TimeProvider.System, new CallTable(8, runAsynchronously: true, 1), new PeerTable(self), 8, _ => { });
        _world.Plan([new LoopTurn(0, _world, null)], [(ActorRole.Request, 0UL)]);
        _world.Open([TestActor]);
        _door = Sys.ActorOf(Props.Create(() => new PeerDoorActor(_world, Incarnation, Partitions, happened => _log.Add(happened.Text))));
        Expect(TestActor.Path.Address);
    }

    [Fact]
    public void What_fits_is_delivered_to_whom_it_is_for()
    {
        _door.Tell(new PeerBatch(Peer, Incarnation, [Fit], UnknownKinds: 2), TestActor);

        ExpectMsg<Delivery>().Message.ShouldBe(Fit.Message);
        AwaitAssert(() => _world.Peers.Unfit.ShouldBe(2));
    }

    [Fact]
    public void What_an_actor_has_no_use_for_is_dropped_counted_and_told_once()
    {
        var unfit = new Received(ActorRole.Membership, 0, Fit.Message);
        _door.Tell(new PeerBatch(Peer, Incarnation, [unfit, unfit, Fit]), TestActor);

        ExpectMsg<Delivery>().Message.ShouldBe(Fit.Message);
        _world.Peers.Unfit.ShouldBe(2);
        _log.Count.ShouldBe(1);
        _log[0].ShouldContain("Membership takes no ReplicaMergeDone");
    }

    [Fact]
    public void Who_is_no_member_or_stands_elsewhere_is_not_heard()
    {
        _door.Tell(new PeerBatch(new NodeId("stranger"), Incarnation, [Fit]), TestActor);
        AwaitAssert(() => _world.Peers.Unfit.ShouldBe(1));

        Expect(new Akka.Actor.Address("akka.tcp", Sys.Name, "127.0.0.1", 1));
        _door.Tell(new PeerBatch(Peer, Incarnation, [Fit, Fit]), TestActor);
        AwaitAssert(() => _world.Peers.Unfit.ShouldBe(3));

        Expect(TestActor.Path.Address);
        _door.Tell(new PeerBatch(Peer, Incarnation, [Fit]), TestActor);
        ExpectMsg<Delivery>();
        AwaitAssert(() => _log.Count.ShouldBe(2));
    }

    [Fact]
    public void What_was_for_an_earlier_process_of_this_node_is_nobodys()
    {
        _door.Tell(new PeerBatch(Peer, Incarnation - 1, [Fit]), TestActor);
        _door.Tell(new PeerBatch(Peer, Incarnation, [Fit]), TestActor);

        ExpectMsg<Delivery>();
        _world.Peers.Unfit.ShouldBe(1);
    }

    [Fact]
    public void What_finds_the_inbox_full_is_dropped_and_counted()
    {
        // Nobody takes anything: the test actor is no shell.
        _door.Tell(new PeerBatch(Peer, Incarnation, [.. Enumerable.Repeat(Fit, 10)]), TestActor);

        for (int i = 0; i < 8; i++)
            ExpectMsg<Delivery>();
        AwaitAssert(() => Interlocked.Read(ref _world.DroppedAtDoors).ShouldBe(2));
    }

    private void Expect(Akka.Actor.Address address) =>
        _world.Peers.Replace([KeyValuePair.Create(Peer.Name, address)], []);
}
