using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Gateway;

public sealed class GatewayActorTests
{
    private static readonly EntryKey Key = EntryKey.FromText("carts", "alice");
    private readonly TestWorld _world = new();

    [Theory]
    [InlineData("", "k", KvErrorCode.InvalidBucket, "found 0")]
    [InlineData(".hidden", "k", KvErrorCode.InvalidBucket, "a dot at its start")]
    [InlineData("a b", "k", KvErrorCode.InvalidBucket, "U+0020")]
    [InlineData("b", "", KvErrorCode.InvalidKey, "found 0")]
    public void A_bad_name_says_what_is_wrong(string bucket, string name, KvErrorCode code, string found)
    {
        KvError error = _world.Put(_world.Nodes[0], EntryKey.FromText(bucket, name), "v").Error!;
        error.Code.ShouldBe(code);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        error.Detail.ShouldContain(found);
    }

    [Fact]
    public void A_key_of_1024_bytes_fits_and_one_of_1025_does_not()
    {
        _world.Put(_world.Nodes[0], new EntryKey(new string('b', 64), new byte[1024]), "v").Error.ShouldBeNull();
        _world.Put(_world.Nodes[0], new EntryKey("b", new byte[1025]), "v").Error!.Detail.ShouldContain("found 1025");
        _world.Put(_world.Nodes[0], EntryKey.FromText(new string('b', 65), "k"), "v").Error!.Detail.ShouldContain("found 65");
    }

    [Fact]
    public void A_value_over_the_limit_is_refused()
    {
        var put = new PutRequest(new byte[(1 << 20) + 1]);
        ulong call = _world.Ask(_world.Nodes[0], caller => new GatewayPut(Key, put, RequestOptions.Default, caller));
        _world.Reply<PutDone>(call)!.Reply.Error!.Code.ShouldBe(KvErrorCode.ValueTooLarge);
    }

    [Theory]
    [InlineData(0, null, null, "N must be from 1 to 15; found 0")]
    [InlineData(16, null, null, "N must be from 1 to 15; found 16")]
    [InlineData(4, null, null, "at most the number of members, 3; found 4")]
    [InlineData(null, 4, null, "R must be from 1 to N = 3; found 4")]
    [InlineData(null, 0, null, "R must be from 1 to N = 3; found 0")]
    [InlineData(2, null, 3, "W must be from 1 to N = 2; found 3")]
    [InlineData(null, null, -1, "W must be from 1 to N = 3; found -1")]
    public void A_quorum_that_does_not_fit_is_refused(int? n, int? r, int? w, string detail)
    {
        KvError error = _world.Put(_world.Nodes[0], Key, "v", options: new RequestOptions(n, r, w)).Error!;
        error.Code.ShouldBe(KvErrorCode.InvalidQuorum);
        error.Detail.ShouldContain(detail);
    }

    [Fact]
    public void Defaults_shrink_to_a_given_N()
    {
        QuorumReport report = _world.Put(_world.Nodes[0], Key, "v", options: new RequestOptions(N: 1)).Quorum!;
        report.ShouldBe(new QuorumReport(1, 1, 1, true, _world.OwnersOf(Key)[0].Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(61_000)]
    public void An_impossible_timeout_is_refused(int millis) =>
        _world.Get(_world.Nodes[0], Key, new RequestOptions(Timeout: TimeSpan.FromMilliseconds(millis))).Error!.Code.ShouldBe(KvErrorCode.InvalidTimeout);

    [Fact]
    public void A_bucket_carries_its_own_defaults()
    {
        var world = new TestWorld(gateway: new GatewayOptions
        {
            ContextSecret = "s"u8.ToArray(),
            Places = [],
            Buckets = new Dictionary<string, BucketQuorum> { ["logs"] = new(W: 1) },
        });
        world.Put(world.Nodes[0], EntryKey.FromText("logs", "k"), "v").Quorum!.Needed.ShouldBe(1);
        world.Put(world.Nodes[0], Key, "v").Quorum!.Needed.ShouldBe(2);
    }

    [Fact]
    public void A_context_of_another_key_is_refused()
    {
        CausalContext context = _world.Put(_world.Nodes[0], Key, "v").Context!;
        KvError error = _world.Put(_world.Nodes[0], EntryKey.FromText("carts", "bob"), "v", context).Error!;
        error.Code.ShouldBe(KvErrorCode.InvalidContext);
        error.Detail.ShouldContain("belongs to another key");
    }

    [Fact]
    public void A_write_at_a_node_that_does_not_own_the_key_is_passed_on_once()
    {
        var world = new TestWorld(nodes: 5);
        NodeId[] owners = world.OwnersOf(Key);
        NodeId stranger = world.Nodes.First(node => !owners.Contains(node));
        PutReply reply = world.Put(stranger, Key, "v");
        reply.Error.ShouldBeNull();
        reply.Quorum!.Coordinator.ShouldBe(owners[0].Name);
        world.Trace.Count(entry => entry.Message is GatewayForwardedPut).ShouldBe(1);
        world.Get(stranger, Key).Siblings.Count.ShouldBe(1);
        world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_ring_is_confirmed_when_nothing_that_began_under_an_older_one_is_under_way()
    {
        NodeId node = _world.Nodes[0];
        _world.Stores[node].Holds = true;
        ulong old = _world.StartPut(node, Key, "v");
        _world.Trace.Clear();
        _world.Adopt(_world.TopologyOf(2, [1, 2, 3]));
        Confirmed(node).ShouldBe([], "its gateway has a write of ring 1 under way");
        _world.StartPut(node, EntryKey.FromText("carts", "bob"), "w");
        _world.Stores[node].Release();
        _world.Run();
        _world.Reply<PutDone>(old)!.Reply.Error.ShouldBeNull();
        Confirmed(node).ShouldBe([2L]);
        Confirmed(_world.Nodes[1]).ShouldBe([2L]);
    }

    [Fact]
    public void A_node_outside_of_both_rings_refuses_and_says_why()
    {
        var world = new TestWorld(nodes: 4);
        world.Adopt(world.TopologyOf(2, [1, 2, 3]));
        KvError left = world.Put(world.Nodes[3], Key, "v").Error!;
        (left.Code, left.Retryable, left.Outcome).ShouldBe((KvErrorCode.NotReady, true, KvOutcome.NotAttempted));
        left.Detail.ShouldContain("has left");
        world.Get(world.Nodes[3], Key).Error!.Code.ShouldBe(KvErrorCode.NotReady);
        KvError bad = world.Get(world.Nodes[3], EntryKey.FromText("a b", "k")).Error!;
        (bad.Code, bad.Retryable).ShouldBe((KvErrorCode.InvalidBucket, false), "what is wrong with a key is told before what is wrong with the node");
        world.Adopt(world.TopologyOf(3, [1, 2, 3], also: [1, 2, 3, 4]));
        world.Put(world.Nodes[3], Key, "v").Error.ShouldBeNull("who is about to join takes requests and passes them on");
    }

    [Fact]
    public void A_write_passed_on_by_an_older_ring_is_planned_anew()
    {
        (TestWorld world, NodeId lagging) = Lagging();
        ulong call = world.StartPut(lagging, Key, "v");
        world.Reply<PutDone>(call).ShouldBeNull("it waits for the ring that the others have");
        world.Adopt(world.TopologyOf(2, [.. Enumerable.Range(1, 5).Where(number => world.Nodes[number - 1] != world.OwnersOf(Key)[0] && world.Nodes[number - 1] != lagging)]), lagging);
        world.Advance(TimeSpan.FromMilliseconds(500));
        world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
        world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_write_passed_on_by_an_older_ring_that_is_never_replaced_was_not_attempted()
    {
        (TestWorld world, NodeId lagging) = Lagging();
        ulong call = world.StartPut(lagging, Key, "v");
        world.Advance(TimeSpan.FromSeconds(3));
        KvError error = world.Reply<PutDone>(call)!.Reply.Error!;
        (error.Code, error.Retryable, error.Outcome).ShouldBe((KvErrorCode.NotReady, true, KvOutcome.NotAttempted));
        world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_write_that_the_own_replica_refuses_for_its_older_ring_is_planned_anew_and_makes_one_dot()
    {
        NodeId node = _world.Nodes[0];
        var gateway = new Address(node, ActorRole.Gateway, 0);
        _world.Loses = (_, to, message) => message is RingChanged && to == gateway;
        _world.Adopt(_world.TopologyOf(2, [1, 2, 3]));
        ulong call = _world.StartPut(node, Key, "v");
        _world.Reply<PutDone>(call).ShouldBeNull();
        _world.Loses = (_, _, _) => false;
        _world.Post(new Address(node, ActorRole.RingManager, 0), new RingSubscribe(gateway));
        _world.Run();
        _world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
        _world.Get(node, Key).Siblings.Count.ShouldBe(1);
        Confirmed(node).ShouldBe([2L]);
    }

    [Fact]
    public void A_write_that_the_own_replica_refuses_was_not_attempted_where_the_ring_never_comes()
    {
        NodeId node = _world.Nodes[0];
        _world.Loses = (_, to, message) => message is RingChanged && to == new Address(node, ActorRole.Gateway, 0);
        _world.Adopt(_world.TopologyOf(2, [1, 2, 3]));
        ulong call = _world.StartPut(node, Key, "v");
        _world.Advance(TimeSpan.FromSeconds(3));
        KvError error = _world.Reply<PutDone>(call)!.Reply.Error!;
        (error.Outcome, error.Retryable).ShouldBe((KvOutcome.NotAttempted, true));
        error.Detail.ShouldContain("has not heard how");
        _world.TimersUnderWay.ShouldBe(0);
    }

    // N is 1. All but one node know that the key's owner has left the ring.
    private static (TestWorld World, NodeId Lagging) Lagging()
    {
        var world = new TestWorld(nodes: 5, n: 1, gateway: new GatewayOptions { ContextSecret = "s"u8.ToArray(), Places = [], Quorum = new(1, 1, 1) });
        NodeId lagging = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        NodeId owner = world.OwnersOf(Key)[0];
        int[] others = [.. Enumerable.Range(1, 5).Where(number => world.Nodes[number - 1] != owner && world.Nodes[number - 1] != lagging)];
        world.Adopt(world.TopologyOf(2, others), [.. world.Nodes.Where(node => node != lagging)]);
        return (world, lagging);
    }

    private List<long> Confirmed(NodeId node) => [.. _world.Trace
        .Where(sent => sent.From.Node == node).Select(sent => sent.Message).OfType<RingAdoptedByAll>().Select(all => all.Epoch)];

    [Fact]
    public void A_forward_that_gets_lost_is_indeterminate()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        world.Loses = (_, _, message) => message is GatewayForwardedPut;
        ulong call = world.StartPut(stranger, Key, "v");
        world.Advance(TimeSpan.FromSeconds(3));
        KvError error = world.Reply<PutDone>(call)!.Reply.Error!;
        error.Outcome.ShouldBe(KvOutcome.Indeterminate);
        error.Nodes.ShouldBe([world.OwnersOf(Key)[0].Name]);
    }

    [Fact]
    public void A_forward_with_too_few_owners_is_not_attempted()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        foreach (NodeId owner in world.OwnersOf(Key)[..2])
            world.Disconnect(stranger, owner);
        KvError error = world.Put(stranger, Key, "v", options: new RequestOptions(Mode: QuorumMode.Strict)).Error!;
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        error.Code.ShouldBe(KvErrorCode.NotEnoughReplicas);
    }

    [Fact]
    public void Without_any_owner_not_even_a_sloppy_quorum_writes()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        foreach (NodeId owner in world.OwnersOf(Key))
            world.Disconnect(stranger, owner);
        KvError error = world.Put(stranger, Key, "v").Error!;
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        error.Detail.ShouldContain("one of them an owner");
        world.Get(stranger, Key).Error!.Code.ShouldBe(KvErrorCode.NotEnoughReplicas);
    }

    [Fact]
    public void An_owner_that_sleeps_is_passed_over_and_never_gets_the_write()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        NodeId asleep = world.OwnersOf(Key)[0];
        world.Loses = (_, to, _) => to.Node == asleep;
        ulong call = world.StartPut(stranger, Key, "v");
        world.Advance(TimeSpan.FromMilliseconds(100));
        PutReply reply = world.Reply<PutDone>(call)!.Reply;
        reply.Error.ShouldBeNull();
        reply.Quorum!.Coordinator.ShouldBe(world.OwnersOf(Key)[1].Name);
        world.Trace.Count(entry => entry.Message is GatewayForwardedPut).ShouldBe(1);
    }

    [Fact]
    public void A_lost_offer_is_made_again()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        int offers = 0;
        world.Loses = (_, _, message) => message is GatewayOffer && ++offers <= 4;
        ulong call = world.StartPut(stranger, Key, "v");
        world.Advance(TimeSpan.FromMilliseconds(500));
        world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
    }

    [Fact]
    public void Offers_become_rarer_while_the_owners_have_too_much_to_do_to_answer()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        int offers = 0;
        world.Loses = (_, _, message) => message is GatewayOffer && ++offers > 0;
        world.StartPut(stranger, Key, "v");
        world.Advance(TimeSpan.FromSeconds(3));
        offers.ShouldBeInRange(9, 18, "rounds of three after 0, 60, 180, 420, 900, 1860 ms");
        world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void When_no_owner_says_a_word_nothing_was_attempted()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        world.Loses = (_, _, message) => message is GatewayOffer;
        ulong call = world.StartPut(stranger, Key, "v");
        world.Advance(TimeSpan.FromSeconds(3));
        KvError error = world.Reply<PutDone>(call)!.Reply.Error!;
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        error.Retryable.ShouldBeTrue();
        world.RequestsUnderWay.ShouldBe(0);
        world.TimersUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_write_that_an_owner_refused_whole_goes_to_the_next_and_its_late_answer_counts_for_nothing()
    {
        var world = new TestWorld(nodes: 5);
        NodeId stranger = world.Nodes.First(node => !world.OwnersOf(Key).Contains(node));
        NodeId[] owners = world.OwnersOf(Key);
        world.Stores[owners[0]].WriteOutcome = StoreOutcome.ReadOnly;
        PutReply reply = world.Put(stranger, Key, "v");
        reply.Error.ShouldBeNull();
        reply.Quorum!.Coordinator.ShouldBe(owners[1].Name);
        world.Trace.Count(entry => entry.Message is GatewayForwardedPut).ShouldBe(2);
        world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void Past_its_bound_a_gateway_says_busy_at_once_and_recovers()
    {
        var world = new TestWorld(gateway: new GatewayOptions { ContextSecret = "test"u8.ToArray(), Places = [], RequestsMax = 2 });
        world.Loses = (_, _, message) => message is ReplicaReadDone;
        world.Ask(world.Nodes[0], caller => new GatewayGet(Key, RequestOptions.Default, caller));
        world.Ask(world.Nodes[0], caller => new GatewayGet(Key, RequestOptions.Default, caller));
        KvError error = world.Get(world.Nodes[0], Key).Error!;
        error.Code.ShouldBe(KvErrorCode.Busy);
        error.Retryable.ShouldBeTrue();
        world.Put(world.Nodes[0], Key, "v").Error!.Outcome.ShouldBe(KvOutcome.NotAttempted);
        world.Counted[Counter.ShedRequests].ShouldBe(2);
        world.Loses = (_, _, _) => false;
        world.Advance(TimeSpan.FromSeconds(3));
        world.Put(world.Nodes[0], Key, "v").Error.ShouldBeNull();
    }

    [Fact]
    public void Members_ring_and_placement_agree()
    {
        var members = _world.Reply<GatewayMembersDone>(_world.Ask(_world.Nodes[0], caller => new GatewayMembers(caller)))!.Members;
        members.Select(member => member.Name).ShouldBe(["node-1", "node-2", "node-3"]);
        members.ShouldAllBe(member => member.Reachable && member.Partitions == 8);
        RingInfo ring = _world.Reply<GatewayRingDone>(_world.Ask(_world.Nodes[0], caller => new GatewayRing(caller)))!.Ring;
        PlacementInfo placement = _world.Reply<GatewayPlacementDone>(
            _world.Ask(_world.Nodes[0], caller => new GatewayPlacement(Key, RequestOptions.Default, caller)))!.Placement!;
        placement.Owners.Select(owner => owner.Name).ShouldBe(ring.Owners[placement.Partition]);
    }
}
