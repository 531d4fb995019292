using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Membership;

public sealed class MembershipActorTests
{
    private readonly TestWorld _world = new();

    [Fact]
    public void A_connection_is_believed_at_once_and_its_loss_too()
    {
        StateOf(0, 1).ShouldBe(MemberState.Reachable);
        _world.Disconnect(_world.Nodes[0], _world.Nodes[1]);
        StateOf(0, 1).ShouldBe(MemberState.Disconnected);

        // Heartbeats still come by way of node-3; but nothing can be sent.
        _world.Advance(TimeSpan.FromSeconds(10));
        StateOf(0, 1).ShouldBe(MemberState.Disconnected);
        _world.AskMembers(_world.Nodes[0])[1].HeartbeatAge!.Value.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        _world.Connect(_world.Nodes[0], _world.Nodes[1]);
        StateOf(0, 1).ShouldBe(MemberState.Reachable);
    }

    [Fact]
    public void A_restarted_node_is_believed_within_a_round_trip()
    {
        _world.Advance(TimeSpan.FromSeconds(20));
        _world.Disconnect(_world.Nodes[0], _world.Nodes[1]);
        _world.Disconnect(_world.Nodes[2], _world.Nodes[1]);
        _world.Loses = (from, to, _) => from.Node == _world.Nodes[1] ^ to.Node == _world.Nodes[1];
        _world.Advance(TimeSpan.FromSeconds(60));
        _world.Loses = (_, _, _) => false;
        _world.RestartMembership(_world.Nodes[1]);
        _world.Connect(_world.Nodes[0], _world.Nodes[1]);
        StateOf(0, 1).ShouldBe(MemberState.Reachable);
        _world.AskMembers(_world.Nodes[0])[1].Incarnation.ShouldBe(2UL);
        StateOf(1, 0).ShouldBe(MemberState.Reachable);
    }

    [Fact]
    public void After_a_sleep_of_its_own_it_suspects_nobody()
    {
        _world.Advance(TimeSpan.FromSeconds(20));
        var context = new SleepyContext();
        var actor = new MembershipActor(_world.Nodes, new MembershipOptions());
        actor.Start(context);
        foreach (NodeId peer in _world.Nodes.Where(node => node != context.Self.Node))
            actor.Receive(context, new PeerConnected(peer));
        context.Now = TimeSpan.FromMinutes(10);
        actor.Receive(context, context.Timer!);
        var reply = new Address(context.Self.Node, ActorRole.Caller, 1);
        actor.Receive(context, new MembershipAsk(reply));
        context.Sent.OfType<MembershipTold>().Single().Members.ShouldAllBe(member => member.State == MemberState.Reachable);

        // But whoever stays silent from now on is suspected.
        for (int tick = 1; tick <= 6; tick++)
        {
            context.Now += TimeSpan.FromSeconds(1.1);
            actor.Receive(context, context.Timer!);
        }

        actor.Receive(context, new MembershipAsk(reply));
        context.Sent.OfType<MembershipTold>().Last().Members.Count(member => member.State == MemberState.Suspected).ShouldBe(2);
    }

    [Fact]
    public void The_skew_of_a_clock_is_estimated_with_the_round_trip_halved()
    {
        var context = new SleepyContext { WallNow = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000) };
        var actor = new MembershipActor(_world.Nodes, new MembershipOptions());
        actor.Start(context);
        context.Now = TimeSpan.FromMilliseconds(300);
        actor.Receive(context, new GossipDelta(_world.Nodes[1], 100_000, 1_005_000, []));
        actor.Receive(context, new GossipDelta(_world.Nodes[2], 900_000, 1_005_000, []));
        actor.Receive(context, new MembershipAsk(context.Self));
        IReadOnlyList<MemberStatus> told = context.Sent.OfType<MembershipTold>().Single().Members;
        told[1].SkewMillis!.Value.ShouldBe(5_100, 0.001);
        told[2].SkewMillis.ShouldBeNull("an answer to what will only be asked later");
    }

    [Fact]
    public void What_peers_make_up_stops_no_node()
    {
        Address self = TestWorld.MembershipOf(_world.Nodes[0]);
        uint own = GossipEntry.HashOf(_world.Nodes[0]);
        GossipEntry[] noise = [new(own, ulong.MaxValue, ulong.MaxValue), new(own, 7, 7), new(own, 7, 7), new(99, 1, 1), new(GossipEntry.HashOf(_world.Nodes[1]), 0, ulong.MaxValue)];
        foreach (NodeId from in (NodeId[])[new NodeId("stranger"), _world.Nodes[0], _world.Nodes[1]])
        {
            _world.Post(self, new GossipDigest(from, long.MinValue, noise));
            _world.Post(self, new GossipDelta(from, long.MaxValue, long.MinValue, noise));
            _world.Post(self, new GossipDelta(from, long.MinValue, long.MaxValue, []));
            _world.Run();
        }

        _world.AskMembers(_world.Nodes[0])[0].Incarnation.ShouldBe(8UL);
        StateOf(0, 1).ShouldBe(MemberState.Reachable);
    }

    [Fact]
    public void Subscribers_are_told_once_of_each_change()
    {
        var subscriber = new Address(_world.Nodes[0], ActorRole.Hints, 3);
        for (int i = 0; i < 2; i++)
            _world.Post(TestWorld.MembershipOf(_world.Nodes[0]), new SubscribeReachability(subscriber));
        _world.Disconnect(_world.Nodes[0], _world.Nodes[1]);
        _world.Disconnect(_world.Nodes[0], _world.Nodes[1]);
        ReachabilitySnapshot[] told = [.. _world.Trace.Where(sent => sent.To == subscriber).Select(sent => ((ReachabilityChanged)sent.Message).Snapshot)];
        told.Length.ShouldBe(3);
        told[1].Version.ShouldBe(told[0].Version);
        told[2].Version.ShouldBe(told[0].Version + 1);
        told[2].IsReachable(_world.Nodes[1]).ShouldBeFalse();
        told[2].IsReachable(_world.Nodes[0]).ShouldBeTrue();
    }

    [Fact]
    public void Members_come_and_go_and_what_is_known_of_the_others_stays()
    {
        NodeId self = _world.Nodes[0];
        Address membership = TestWorld.MembershipOf(self);
        var joining = new NodeId("node-0");
        ulong heard = _world.AskMembers(self)[1].Incarnation;
        heard.ShouldBeGreaterThan(0UL);

        // It dialled before this node had heard of it.
        _world.Post(membership, new PeerConnected(joining));
        _world.Run();
        _world.AskMembers(self).Count.ShouldBe(3);
        _world.Post(membership, new MembersChanged([joining, .. _world.Nodes]));
        _world.Run();
        IReadOnlyList<MemberStatus> told = _world.AskMembers(self);
        told.Select(status => status.Node).ShouldBe([joining, .. _world.Nodes]);
        told[0].State.ShouldBe(MemberState.Reachable);
        told[2].State.ShouldBe(MemberState.Reachable);
        told[2].Incarnation.ShouldBe(heard);

        // node-2 leaves: its gossip and its connection are a stranger's now. This node counts in any case.
        var subscriber = new Address(self, ActorRole.Hints, 3);
        _world.Post(membership, new SubscribeReachability(subscriber));
        _world.Post(membership, new MembersChanged([joining, _world.Nodes[2]]));
        _world.Post(membership, new GossipDigest(_world.Nodes[1], 0, []));
        _world.Post(membership, new PeerDisconnected(_world.Nodes[1]));
        _world.Post(membership, new PeerConnected(_world.Nodes[1]));
        _world.Run();
        _world.AskMembers(self).Select(status => status.Node).ShouldBe([joining, self, _world.Nodes[2]]);
        ((ReachabilityChanged)_world.Trace.Last(sent => sent.To == subscriber).Message).Snapshot.IsReachable(_world.Nodes[1]).ShouldBeFalse();
        _world.Advance(TimeSpan.FromSeconds(5));

        // Back again: it is connected, and is believed once it is a member.
        _world.Post(membership, new MembersChanged(_world.Nodes));
        _world.Run();
        StateOf(0, 1).ShouldBe(MemberState.Reachable);
    }

    [Fact]
    public void Options_out_of_their_bounds_are_refused()
    {
        Should.Throw<InvariantException>(() => new MembershipActor(_world.Nodes, new MembershipOptions { FanOut = 0 }));
        Should.Throw<InvariantException>(() => new MembershipActor(_world.Nodes, new MembershipOptions { Phi = new PhiOptions { DeviationMin = TimeSpan.Zero } }));
    }

    [Fact]
    public void Where_messages_do_not_name_all_members_their_heartbeats_are_expected_more_rarely()
    {
        // 3 digests a tick of (272 − 32) / 8 = 30 entries.
        var options = new MembershipOptions { FanOut = 3, GossipBytesMax = 272 };
        options.BeatTicks(90).ShouldBe(1);
        options.BeatTicks(900).ShouldBe(10);
        options.PhiAmong(90).ShouldBe(options.Phi);
        options.PhiAmong(900).FirstInterval.ShouldBe(10 * options.Phi.FirstInterval);
        options.PhiAmong(900).NoProgressMax.ShouldBe(options.Phi.NoProgressMax + (8 * 9 * options.Phi.FirstInterval));
    }

    [Theory]
    [InlineData(50, 40)]
    [InlineData(1_000, 13)]
    public void Among_many_members_a_heart_beats_more_slowly(int members, ulong beats)
    {
        NodeId[] nodes = [.. Enumerable.Range(1, members).Select(i => new NodeId($"node-{i}"))];
        var options = new MembershipOptions { FanOut = 3, GossipBytesMax = 832 };
        var context = new SleepyContext();
        var actor = new MembershipActor(nodes, options);
        actor.Start(context);
        actor.Receive(context, new PeerConnected(nodes[1]));
        for (int tick = 0; tick < 40; tick++)
            actor.Receive(context, context.Timer!);

        // 1,000 members in 3 digests of 100: a beat every third tick.
        uint own = GossipEntry.HashOf(context.Self.Node);
        context.Sent.OfType<GossipDigest>().Last().Entries.Single(entry => entry.Member == own).Counter.ShouldBeInRange(beats, beats + 2);
    }

    private MemberState StateOf(int observer, int member) => _world.AskMembers(_world.Nodes[observer])[member].State;
}
