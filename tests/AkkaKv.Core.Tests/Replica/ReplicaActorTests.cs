using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Replica;

/// <summary>One replica alone on a node of its own: N = 1.</summary>
public sealed class ReplicaActorTests
{
    private static readonly EntryKey Key = EntryKey.FromText("b", "k");
    private static readonly StoreKey Stored = StoreKey.Of("b", "k"u8);
    private readonly TestWorld _world = new(nodes: 1, n: 1, gateway: Alone());

    private NodeId Node => _world.Nodes[0];

    private TestStore Store => _world.Stores[Node];

    private Address Replica => new(Node, ActorRole.Replica, (ulong)_world.Ring.PartitionOf(Stored));

    [Fact]
    public void Writes_of_one_key_build_on_each_other_before_any_is_durable()
    {
        Store.Holds = true;
        ulong[] calls = [.. Enumerable.Range(0, 5).Select(i => _world.StartPut(Node, Key, $"v{i}"))];
        calls.ShouldAllBe(call => _world.Reply<PutDone>(call) == null);
        Store.Release();
        _world.Run();
        calls.Select(call => _world.Reply<PutDone>(call)!.Reply.Siblings).ShouldBe([1, 2, 3, 4, 5]);
        _world.Get(Node, Key).Siblings.Count.ShouldBe(5);
    }

    [Fact]
    public void A_read_does_not_see_a_value_that_is_not_durable()
    {
        _world.Put(Node, Key, "old");
        Store.Holds = true;
        _world.StartPut(Node, Key, "new");
        _world.Get(Node, Key).Siblings.Count.ShouldBe(1);
    }

    [Fact]
    public void A_merge_that_brings_nothing_new_writes_nothing()
    {
        _world.Put(Node, Key, "v");
        int writes = Store.Writes;
        Merge(Store.Object(Stored)).ShouldBe(ReplicaOutcome.Done);
        Store.Writes.ShouldBe(writes);
    }

    [Fact]
    public void A_merge_that_a_staged_write_includes_waits_for_that_write()
    {
        _world.Put(Node, Key, "v");
        ReadOnlyMemory<byte> held = Store.Object(Stored);
        Store.Holds = true;
        _world.StartPut(Node, Key, "w");
        Merge(held).ShouldBeNull();
        Store.Release();
        _world.Run();
        LastMerge().ShouldBe(ReplicaOutcome.Done);
    }

    [Fact]
    public void A_merge_beside_a_refused_write_is_acknowledged_only_when_it_is_durable()
    {
        Store.Holds = true;
        _world.StartPut(Node, Key, "first");
        Store.WriteOutcome = StoreOutcome.Busy;
        ulong refused = _world.StartPut(Node, Key, "second");
        _world.Reply<PutDone>(refused)!.Reply.Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        Store.WriteOutcome = StoreOutcome.Done;
        Merge(SiblingSetCodec.Encode(SiblingSet.Empty)).ShouldBeNull();
        Store.Release();
        _world.Run();
        LastMerge().ShouldBe(ReplicaOutcome.Done);
        _world.Get(Node, Key).Siblings.Count.ShouldBe(2);
    }

    [Fact]
    public void A_refused_write_alone_never_appears()
    {
        Store.WriteOutcome = StoreOutcome.Busy;
        _world.Put(Node, Key, "lost").Error!.Outcome.ShouldBe(KvOutcome.NotAttempted);
        Store.WriteOutcome = StoreOutcome.Done;
        _world.Put(Node, Key, "kept").Siblings.ShouldBe(1);
    }

    [Fact]
    public void A_merge_of_damaged_bytes_is_refused_and_changes_nothing()
    {
        Merge(new byte[] { 1, 2, 3 }).ShouldBe(ReplicaOutcome.Corrupt);
        Store.Object(Stored).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Past_a_hundred_siblings_clients_are_refused_and_repair_is_not()
    {
        for (int i = 0; i < 100; i++)
            _world.Put(Node, Key, $"v{i}").Error.ShouldBeNull();
        KvError error = _world.Put(Node, Key, "one more").Error!;
        error.Code.ShouldBe(KvErrorCode.TooManySiblings);
        error.Detail.ShouldContain("100 concurrent values");
        SiblingSet other = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(42, 1), new ValueContent("x"u8.ToArray(), null, 0));
        Merge(SiblingSetCodec.Encode(other)).ShouldBe(ReplicaOutcome.Done);
        _world.Get(Node, Key).Siblings.Count.ShouldBe(101);
        _world.Put(Node, Key, "resolved", _world.Get(Node, Key).Context).Siblings.ShouldBe(1);
    }

    [Fact]
    public void Last_write_wins_replaces_what_is_there()
    {
        _world.Put(Node, Key, "a");
        _world.Put(Node, Key, "b");
        ulong call = _world.Ask(Node, caller => new Core.Gateway.GatewayPut(
            Key, new PutRequest("c"u8.ToArray(), LastWriteWins: true), RequestOptions.Default, caller));
        _world.Reply<PutDone>(call)!.Reply.Siblings.ShouldBe(1);
    }

    [Fact]
    public void Many_writes_at_once_never_share_a_dot_even_when_blocks_run_out()
    {
        Store.DotsPerBlock = 3;
        Store.Holds = true;
        ulong[] calls = [.. Enumerable.Range(0, 50).Select(i => _world.StartPut(Node, EntryKey.FromText("b", $"k{i}"), "v"))];
        Store.Holds = false;
        Store.Release();
        _world.Run();
        string[] tags = [.. calls.Select(call => _world.Reply<PutDone>(call)!.Reply.Tag!)];
        tags.Distinct().Count().ShouldBe(50);
    }

    [Fact]
    public void A_burst_that_outruns_its_dots_is_served_to_the_last()
    {
        Store.DotsPerBlock = 2;
        var caller = new Address(Node, ActorRole.Caller, 900_000);
        for (ulong i = 0; i < 20; i++)
        {
            _world.Post(Replica, new ReplicaPut(
                Stored, VersionVector.Empty, new ValueContent("v"u8.ToArray(), null, 0), false, i, caller with { Number = caller.Number + i }));
        }

        _world.Run();
        for (ulong i = 0; i < 20; i++)
            _world.Reply<ReplicaPutDone>(caller.Number + i)!.Outcome.ShouldBe(ReplicaOutcome.Done);
    }

    [Fact]
    public void A_context_ahead_of_this_replica_is_refused()
    {
        var caller = new Address(Node, ActorRole.Caller, 900_000);
        VersionVector ahead = VersionVector.Of(new Dot(1, 1_000_000));
        _world.Post(Replica, new ReplicaPut(Stored, ahead, new ValueContent("v"u8.ToArray(), null, 0), false, 0, caller));
        _world.Run();
        _world.Reply<ReplicaPutDone>(900_000)!.Outcome.ShouldBe(ReplicaOutcome.ContextAhead);
    }

    [Fact]
    public void A_damaged_object_refuses_writes_on_top_of_it()
    {
        _world.Put(Node, Key, "v");
        Store.Damage(Stored);
        _world.Put(Node, Key, "w").Error!.Code.ShouldBe(KvErrorCode.DataCorrupt);
    }

    [Fact]
    public void Past_its_bound_a_replica_is_busy_at_once()
    {
        var world = new TestWorld(nodes: 1, n: 1, gateway: Alone(), replica: new ReplicaOptions(UnderWayMax: 2), partitions: 1);
        world.Stores[world.Nodes[0]].Holds = true;
        world.StartPut(world.Nodes[0], Key, "a");
        world.StartPut(world.Nodes[0], Key, "b");
        KvError error = world.Put(world.Nodes[0], Key, "c").Error!;
        error.Code.ShouldBe(KvErrorCode.Busy);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        world.Stores[world.Nodes[0]].Release();
        world.Run();
        world.Stores[world.Nodes[0]].Holds = false;
        world.Put(world.Nodes[0], Key, "d").Error.ShouldBeNull();
    }

    private static Core.Gateway.GatewayOptions Alone() =>
        new() { ContextSecret = "s"u8.ToArray(), Places = [], Quorum = new QuorumDefaults(1, 1, 1) };

    private ReplicaOutcome? Merge(ReadOnlyMemory<byte> encoded)
    {
        _world.Trace.Clear();
        _world.Post(Replica, new ReplicaMerge(Stored, encoded, 0, new Address(Node, ActorRole.Request, 12345)));
        _world.Run();
        return LastMerge();
    }

    private ReplicaOutcome? LastMerge() =>
        _world.Trace.Select(entry => entry.Message).OfType<ReplicaMergeDone>().LastOrDefault()?.Outcome;
}
