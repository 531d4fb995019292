using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Reaping;

/// <summary>Four nodes, three owners of the key, and a grace of 20 seconds. Nothing but reads and hints repairs.</summary>
public sealed class ReapActorTests
{
    private static readonly EntryKey Key = EntryKey.FromText("carts", "alice");
    private static readonly StoreKey Stored = StoreKey.Of("carts", "alice"u8);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly TestWorld _world = new(
        nodes: 4,
        reaping: new ReapOptions(Grace, TimeSpan.FromSeconds(2)));

    private NodeId[] Owners => _world.OwnersOf(Key);

    private NodeId Stranger => _world.Nodes.First(node => !Owners.Contains(node));

    [Fact]
    public void A_deleted_key_is_forgotten_by_all_when_all_agreed_twice()
    {
        Delete();
        _world.Advance(TimeSpan.FromSeconds(15));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        Why().ShouldBe(["the grace is running"]);
        _world.Advance(TimeSpan.FromSeconds(15));
        Holders().ShouldBeEmpty();
        _world.Counted[Counter.TombstonesReaped].ShouldBe(3);
        _world.Get(Stranger, Key).Context.ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_forgotten_while_a_member_is_away_though_it_owns_nothing_of_the_key()
    {
        Delete();
        foreach (NodeId owner in Owners)
            _world.Disconnect(Stranger, owner);
        _world.Advance(TimeSpan.FromMinutes(5));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        Why().ShouldBe([$"not reachable: {Stranger}"]);
        foreach (NodeId owner in Owners)
            _world.Connect(Stranger, owner);
        _world.Advance(TimeSpan.FromSeconds(40));
        Holders().ShouldBeEmpty();
    }

    [Fact]
    public void A_member_that_only_another_member_lost_blocks_it_too()
    {
        Delete();
        _world.Disconnect(Stranger, Owners[2]);
        _world.Advance(TimeSpan.FromMinutes(2));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        Why().ShouldBe(["a member did not answer, or does not reach every other"]);
    }

    [Fact]
    public void A_hint_of_the_key_blocks_it_until_it_is_delivered()
    {
        Delete();
        var hints = new Address(Stranger, ActorRole.Hints, (ulong)_world.Ring.PartitionOf(Stored));
        ReadOnlyMemory<byte> old = SiblingSetCodec.Encode(DeadRuleTests.SetOf(DeadRuleTests.Value(0)));
        _world.Loses = (from, _, message) => message is ReplicaMerge && from.Role == ActorRole.Hints;
        _world.Ask(hints, caller => new HintStore(new NodeId("node-9"), Stored, old, 0, caller));
        _world.Advance(TimeSpan.FromMinutes(2));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        Why().ShouldBe(["a hint of the key waits for its delivery"]);
    }

    [Fact]
    public void An_owner_that_lacks_the_tombstone_blocks_it()
    {
        Delete();
        _world.Stores[Owners[2]].Wipe();
        _world.Advance(TimeSpan.FromMinutes(2));
        Holders().ShouldBe(Owners[..2], ignoreOrder: true);
        Why().ShouldBe(["an owner does not hold it yet, or holds something else"]);
    }

    [Fact]
    public void A_node_that_holds_an_old_value_blocks_it_though_it_owns_nothing_of_the_key()
    {
        _world.Put(Owners[0], Key, "milk");
        ReadOnlyMemory<byte> old = _world.Stores[Owners[0]].Object(Stored);
        Delete();
        _world.Stores[Stranger].Set(Stored, old);
        _world.Advance(TimeSpan.FromMinutes(2));
        Holders().Length.ShouldBe(4);
    }

    [Fact]
    public void A_view_that_changed_in_between_starts_the_grace_anew()
    {
        Delete();
        _world.Advance(TimeSpan.FromSeconds(12));
        _world.Disconnect(Stranger, Owners[2]);
        _world.Connect(Stranger, Owners[2]);
        _world.Advance(TimeSpan.FromSeconds(17));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        _world.Advance(TimeSpan.FromSeconds(30));
        Holders().ShouldBeEmpty();
    }

    [Fact]
    public void A_member_that_was_restarted_in_between_starts_the_grace_anew()
    {
        Delete();
        _world.Advance(TimeSpan.FromSeconds(12));
        _world.Restart(Stranger);
        _world.Advance(TimeSpan.FromSeconds(17));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        _world.Advance(TimeSpan.FromSeconds(40));
        Holders().ShouldBeEmpty();
    }

    [Fact]
    public void While_the_members_change_nothing_is_forgotten_and_the_grace_starts_anew()
    {
        Delete();
        _world.Advance(TimeSpan.FromSeconds(12));
        TellAll(new ReapingAllowed(false));
        TellAll(new ReapingAllowed(true));
        _world.Advance(TimeSpan.FromSeconds(17));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        TellAll(new ReapingAllowed(false));
        _world.Advance(TimeSpan.FromMinutes(5));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        Why().ShouldBe(["the members are being changed"]);
        TellAll(new ReapingAllowed(true));
        _world.Advance(TimeSpan.FromSeconds(40));
        Holders().ShouldBeEmpty();
    }

    [Fact]
    public void A_member_that_is_in_a_change_blocks_it_though_whoever_sweeps_knows_nothing_of_it()
    {
        Delete();
        _world.Post(Reaper(Stranger), new ReapingAllowed(false));
        _world.Advance(TimeSpan.FromMinutes(5));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        Why().ShouldBe(["a member did not answer, or does not reach every other"]);
    }

    [Fact]
    public void A_member_that_is_in_a_change_forgets_nothing_that_others_agreed_on_before()
    {
        Delete();
        ulong version = StableHash.Of(_world.Stores[Owners[1]].Object(Stored).Span);
        _world.Post(Reaper(Owners[1]), new ReapingAllowed(false));
        _world.Post(Reaper(Owners[1]), new ReapForget(new DeadKey(Stored, version)));
        _world.Run();
        Holders().ShouldBe(Owners, ignoreOrder: true);
    }

    [Fact]
    public void A_ring_with_two_sides_stops_it_and_one_of_another_epoch_starts_the_grace_anew()
    {
        Delete();
        RingTopology both = _world.Topology with { Epoch = 2, AlsoMembers = _world.Topology.Members };
        TellAll(new RingChanged(RingSnapshot.Of(both)));
        _world.Advance(TimeSpan.FromMinutes(2));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        Why().ShouldBe(["the members are being changed"]);
        TellAll(new RingChanged(RingSnapshot.Of(_world.Topology with { Epoch = 3 })));
        _world.Advance(TimeSpan.FromSeconds(12));
        TellAll(new RingChanged(RingSnapshot.Of(_world.Topology with { Epoch = 4 })));
        _world.Advance(TimeSpan.FromSeconds(17));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        _world.Advance(TimeSpan.FromSeconds(40));
        Holders().ShouldBeEmpty();
    }

    private void TellAll(Message message)
    {
        foreach (NodeId node in _world.Nodes)
            _world.Post(Reaper(node), message);
        _world.Run();
    }

    [Fact]
    public void A_value_that_has_not_expired_for_the_grace_is_not_even_asked_about()
    {
        Expire(after: TimeSpan.FromMinutes(1));
        _world.Advance(TimeSpan.FromMinutes(5));
        _world.Trace.ShouldNotContain(entry => entry.Message is ReapCheck);
        _world.WallNow += TimeSpan.FromMinutes(1) + Grace + TimeSpan.FromSeconds(1);
        _world.Advance(TimeSpan.FromSeconds(40));
        Holders().ShouldBeEmpty();
    }

    [Fact]
    public void A_new_value_beside_the_tombstone_keeps_both()
    {
        Delete();
        _world.Advance(TimeSpan.FromSeconds(12));
        _world.Put(Owners[1], Key, "bread");
        _world.Advance(TimeSpan.FromMinutes(2));
        Holders().ShouldBe(Owners, ignoreOrder: true);
        _world.Get(Stranger, Key).Found.ShouldBeTrue();
    }

    [Fact]
    public void A_node_that_comes_back_with_the_old_value_before_it_is_forgotten_is_told_of_the_delete()
    {
        _world.Put(Owners[0], Key, "milk", options: new RequestOptions(W: 3));
        _world.Disconnect(Owners[0], Owners[2]);
        _world.Disconnect(Owners[1], Owners[2]);
        Delete(w: 2);
        _world.Advance(TimeSpan.FromMinutes(10));
        _world.Stores[Owners[2]].Object(Stored).IsEmpty.ShouldBeFalse("it still has the value");
        _world.Connect(Owners[0], Owners[2]);
        _world.Connect(Owners[1], Owners[2]);
        _world.Advance(TimeSpan.FromMinutes(2));
        Holders().ShouldBeEmpty();
        _world.Get(Owners[2], Key).Found.ShouldBeFalse();
    }

    [Fact]
    public void A_node_that_was_not_told_to_forget_keeps_a_tombstone_and_no_value_comes_back()
    {
        Delete();
        _world.Loses = (_, to, message) => message is ReapForget && to.Node == Owners[1];
        _world.Advance(TimeSpan.FromSeconds(30));
        Holders().ShouldBe([Owners[1]]);
        _world.Loses = (_, _, _) => false;
        _world.Get(Stranger, Key, new RequestOptions(R: 3)).Found.ShouldBeFalse();
        Holders().ShouldBe(Owners, ignoreOrder: true, "read repair brings the tombstone back, not the value");
        _world.Advance(TimeSpan.FromSeconds(40));
        Holders().ShouldBeEmpty();
    }

    [Fact]
    public void What_a_client_may_still_see_is_not_forgotten_whoever_says_that_all_agreed()
    {
        _world.Put(Owners[0], Key, "milk", options: new RequestOptions(W: 3));
        ulong version = StableHash.Of(_world.Stores[Owners[1]].Object(Stored).Span);
        _world.Post(Reaper(Owners[1]), new ReapForget(new DeadKey(Stored, version)));
        _world.Run();
        Holders().ShouldBe(Owners, ignoreOrder: true);
    }

    [Fact]
    public void A_write_on_top_of_a_removal_that_the_store_refused_is_kept()
    {
        Delete();
        TestStore store = _world.Stores[Owners[0]];
        ulong version = StableHash.Of(store.Object(Stored).Span);
        store.Holds = true;
        _world.Post(Reaper(Owners[0]), new ReapForget(new DeadKey(Stored, version)));
        ulong call = _world.StartPut(Owners[0], Key, "bread");
        store.WriteOutcome = StoreOutcome.Failed;
        store.Release();
        _world.Run();
        _world.Reply<PutDone>(call)!.Reply.Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        store.WriteOutcome = StoreOutcome.Done;
        store.Holds = false;
        StableHash.Of(store.Object(Stored).Span).ShouldBe(version, "the tombstone is still there");
        _world.Put(Owners[0], Key, "bread").Error.ShouldBeNull();
    }

    private Address Reaper(NodeId node) => new(node, ActorRole.Reaper, (ulong)_world.Ring.PartitionOf(Stored));

    private string[] Why() =>
        [.. _world.Reply<ReapTold>(_world.Ask(Reaper(Owners[0]), caller => new ReapAsk(caller)))!.Waiting.Select(wait => wait.Reason)];

    private NodeId[] Holders() => [.. _world.Nodes.Where(node => !_world.Stores[node].Object(Stored).IsEmpty)];

    private void Delete(int w = 3)
    {
        ulong call = _world.Ask(Owners[0], caller => new GatewayDelete(Key, null, new RequestOptions(W: w), caller));
        _world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
    }

    private void Expire(TimeSpan after)
    {
        var put = new PutRequest("milk"u8.ToArray(), ExpiresAt: _world.WallNow + after);
        ulong call = _world.Ask(Owners[0], caller => new GatewayPut(Key, put, new RequestOptions(W: 3), caller));
        _world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
    }
}
