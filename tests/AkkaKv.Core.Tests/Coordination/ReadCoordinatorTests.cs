using System.Text;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Coordination;

public sealed class ReadCoordinatorTests
{
    private static readonly EntryKey Key = EntryKey.FromText("carts", "alice");
    private static readonly StoreKey Stored = StoreKey.Of("carts", "alice"u8);
    private readonly TestWorld _world = new();

    [Fact]
    public void A_key_that_was_never_written_has_neither_value_nor_context()
    {
        GetReply reply = _world.Get(_world.Nodes[0], Key);
        reply.Error.ShouldBeNull();
        reply.Found.ShouldBeFalse();
        reply.Context.ShouldBeNull();
    }

    [Fact]
    public void What_was_written_is_read_from_every_node()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        foreach (NodeId node in _world.Nodes)
            Values(_world.Get(node, Key)).ShouldBe(["milk"]);
    }

    [Fact]
    public void Concurrent_writes_are_all_read_and_one_write_resolves_them()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        _world.Put(_world.Nodes[1], Key, "bread");
        GetReply read = _world.Get(_world.Nodes[2], Key);
        Values(read).ShouldBe(["milk", "bread"], ignoreOrder: true);
        _world.Put(_world.Nodes[2], Key, "milk and bread", read.Context).Siblings.ShouldBe(1);
        Values(_world.Get(_world.Nodes[0], Key)).ShouldBe(["milk and bread"]);
    }

    [Fact]
    public void A_deleted_key_is_not_found_and_keeps_its_context()
    {
        PutReply put = _world.Put(_world.Nodes[0], Key, "milk");
        _world.Ask(_world.Nodes[0], caller => new GatewayDelete(Key, put.Context, RequestOptions.Default, caller));
        GetReply reply = _world.Get(_world.Nodes[1], Key);
        reply.Found.ShouldBeFalse();
        reply.Context.ShouldNotBeNull();
        Values(_world.Get(_world.Nodes[1], Key)).ShouldBeEmpty();
        _world.Put(_world.Nodes[1], Key, "again", reply.Context).Siblings.ShouldBe(1);
    }

    [Fact]
    public void A_delete_without_context_removes_what_the_coordinating_replica_holds()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        _world.Ask(_world.Nodes[0], caller => new GatewayDelete(Key, null, RequestOptions.Default, caller));
        _world.Get(_world.Nodes[1], Key).Found.ShouldBeFalse();
    }

    [Fact]
    public void A_delete_beside_a_concurrent_write_shows_both()
    {
        PutReply first = _world.Put(_world.Nodes[0], Key, "milk");
        _world.Put(_world.Nodes[0], Key, "bread", first.Context);
        _world.Ask(_world.Nodes[0], caller => new GatewayDelete(Key, first.Context, RequestOptions.Default, caller));
        GetReply reply = _world.Get(_world.Nodes[1], Key);
        reply.Siblings.Count(sibling => sibling.Deleted).ShouldBe(1);
        reply.Siblings.Count(sibling => !sibling.Deleted).ShouldBe(1);
    }

    [Fact]
    public void A_replica_that_was_behind_is_repaired_after_the_answer()
    {
        _world.Loses = (_, to, message) => message is ReplicaMerge && to.Node == _world.Nodes[2];
        _world.Put(_world.Nodes[0], Key, "milk", options: new RequestOptions(Timeout: TimeSpan.FromMilliseconds(100)));
        _world.Advance(TimeSpan.FromSeconds(1));
        _world.Loses = (_, _, _) => false;
        _world.Stores[_world.Nodes[2]].Object(Stored).IsEmpty.ShouldBeTrue();

        _world.Trace.Clear();
        Values(_world.Get(_world.Nodes[2], Key)).ShouldBe(["milk"]);
        _world.Stores[_world.Nodes[2]].Object(Stored).ToArray().ShouldBe(_world.Stores[_world.Nodes[0]].Object(Stored).ToArray());
        int answered = _world.Trace.FindIndex(entry => entry.Message is GetDone);
        int repaired = _world.Trace.FindIndex(entry => entry.Message is ReplicaMerge);
        answered.ShouldBeLessThan(repaired);
        _world.Trace.Count(entry => entry.Message is ReplicaMerge).ShouldBe(1);
    }

    [Fact]
    public void A_read_asks_no_more_replicas_than_it_needs_while_they_are_well()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        _world.Trace.Clear();
        for (int i = 0; i < 100; i++)
            _world.Get(_world.Nodes[0], Key).Quorum!.Got.ShouldBe(2);
        int asked = _world.Trace.Count(entry => entry.Message is ReplicaRead);
        asked.ShouldBeInRange(201, 230, "about one read in ten asks all three");
        _world.TimersUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_replica_that_is_late_is_not_waited_for()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        NodeId late = _world.OwnersOf(Key).First(node => node != _world.Nodes[0]);
        _world.Loses = (_, to, message) => message is ReplicaRead && to.Node == late;
        ulong call = _world.Ask(_world.Nodes[0], caller => new GatewayGet(Key, RequestOptions.Default, caller));
        _world.Reply<GetDone>(call).ShouldBeNull();
        _world.Advance(TimeSpan.FromMilliseconds(20));
        _world.Reply<GetDone>(call)!.Reply.Quorum!.Got.ShouldBe(2);
        _world.Advance(TimeSpan.FromSeconds(2));
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_replica_that_cannot_answer_is_replaced_at_once()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        NodeId damaged = _world.OwnersOf(Key).First(node => node != _world.Nodes[0]);
        _world.Stores[damaged].Damage(Stored);
        Values(_world.Get(_world.Nodes[0], Key)).ShouldBe(["milk"]);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_read_that_misses_R_names_those_who_were_silent()
    {
        _world.Loses = (_, to, message) => message is ReplicaRead && to.Node != _world.Nodes[0];
        ulong call = _world.Ask(_world.Nodes[0], caller => new GatewayGet(Key, RequestOptions.Default, caller));
        _world.Advance(TimeSpan.FromSeconds(2));
        KvError error = _world.Reply<GetDone>(call)!.Reply.Error!;
        error.Code.ShouldBe(KvErrorCode.QuorumNotReached);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        error.Got.ShouldBe(1);
        error.Nodes!.OrderBy(name => name).ShouldBe(["node-2", "node-3"]);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void Damaged_replicas_do_not_count()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        _world.Stores[_world.Nodes[0]].Damage(Stored);
        Values(_world.Get(_world.Nodes[0], Key)).ShouldBe(["milk"]);
        _world.Stores[_world.Nodes[1]].Damage(Stored);
        _world.Get(_world.Nodes[0], Key).Error!.Code.ShouldBe(KvErrorCode.DataCorrupt);
    }

    [Fact]
    public void A_value_that_expired_is_not_there()
    {
        var put = new PutRequest("milk"u8.ToArray(), ExpiresAt: _world.WallNow.AddSeconds(10));
        _world.Ask(_world.Nodes[0], caller => new GatewayPut(Key, put, RequestOptions.Default, caller));
        _world.Get(_world.Nodes[1], Key).Found.ShouldBeTrue();
        _world.WallNow = _world.WallNow.AddSeconds(10);
        GetReply reply = _world.Get(_world.Nodes[1], Key);
        reply.Found.ShouldBeFalse();
        reply.Context.ShouldNotBeNull();
    }

    private static string[] Values(GetReply reply) =>
        reply.Siblings.Select(sibling => Encoding.UTF8.GetString(sibling.Value.Span)).ToArray();
}
