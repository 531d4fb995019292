using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Coordination;

public sealed class WriteCoordinatorTests
{
    private static readonly EntryKey Key = EntryKey.FromText("carts", "alice");
    private static readonly StoreKey Stored = StoreKey.Of("carts", "alice"u8);
    private readonly TestWorld _world = new();

    [Fact]
    public void A_write_is_on_all_owners_and_says_how_many_had_it()
    {
        PutReply reply = _world.Put(_world.Nodes[0], Key, "milk");
        reply.Error.ShouldBeNull();
        reply.Quorum.ShouldBe(new QuorumReport(3, 2, 2, true, "node-1"));
        reply.Siblings.ShouldBe(1);
        reply.Tag.ShouldBe("0000000000000001-1");
        foreach (NodeId node in _world.Nodes)
            _world.Stores[node].Object(Stored).ToArray().ShouldBe(_world.Stores[_world.Nodes[0]].Object(Stored).ToArray());
    }

    [Fact]
    public void Nothing_leaves_the_node_before_the_dot_is_durable()
    {
        _world.Stores[_world.Nodes[0]].Holds = true;
        ulong call = _world.StartPut(_world.Nodes[0], Key, "milk");
        _world.Trace.ShouldNotContain(entry => entry.Message is ReplicaMerge);
        _world.Stores[_world.Nodes[0]].Release();
        _world.Run();
        _world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
    }

    [Fact]
    public void An_acknowledgement_waits_for_W_durable_copies()
    {
        _world.Stores[_world.Nodes[1]].Holds = true;
        _world.Stores[_world.Nodes[2]].Holds = true;
        ulong call = _world.StartPut(_world.Nodes[0], Key, "milk");
        _world.Reply<PutDone>(call).ShouldBeNull();
        _world.Stores[_world.Nodes[2]].Release();
        _world.Run();
        _world.Reply<PutDone>(call)!.Reply.Quorum!.Got.ShouldBe(2);
    }

    [Fact]
    public void A_write_that_misses_W_by_its_deadline_is_indeterminate()
    {
        _world.Loses = (_, to, message) => message is ReplicaMerge && to.Node != _world.Nodes[0];
        ulong call = _world.StartPut(_world.Nodes[0], Key, "milk", options: new RequestOptions(Timeout: TimeSpan.FromMilliseconds(300)));
        _world.Advance(TimeSpan.FromMilliseconds(299));
        _world.Reply<PutDone>(call).ShouldBeNull();
        _world.Advance(TimeSpan.FromMilliseconds(1));
        KvError error = _world.Reply<PutDone>(call)!.Reply.Error!;
        error.Code.ShouldBe(KvErrorCode.QuorumNotReached);
        error.Outcome.ShouldBe(KvOutcome.Indeterminate);
        error.Needed.ShouldBe(2);
        error.Got.ShouldBe(1);
        error.Nodes!.OrderBy(name => name).ShouldBe(["node-2", "node-3"]);
        error.Detail.ShouldContain("may still appear");
    }

    [Fact]
    public void With_too_few_reachable_owners_nothing_is_sent()
    {
        _world.Disconnect(_world.Nodes[0], _world.Nodes[1]);
        _world.Disconnect(_world.Nodes[0], _world.Nodes[2]);
        _world.Trace.Clear();
        KvError error = _world.Put(_world.Nodes[0], Key, "milk").Error!;
        error.Code.ShouldBe(KvErrorCode.NotEnoughReplicas);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        error.Retryable.ShouldBeTrue();
        _world.Trace.ShouldNotContain(entry => entry.Message is ReplicaPut || entry.Message is StoreWrite);
        _world.Get(_world.Nodes[1], Key).Context.ShouldBeNull();
    }

    [Fact]
    public void With_one_owner_down_two_are_enough()
    {
        _world.Disconnect(_world.Nodes[0], _world.Nodes[2]);
        PutReply reply = _world.Put(_world.Nodes[0], Key, "milk");
        reply.Error.ShouldBeNull();
        reply.Quorum!.Got.ShouldBe(2);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void Owners_that_refuse_end_the_wait_at_once()
    {
        _world.Stores[_world.Nodes[1]].WriteOutcome = StoreOutcome.ReadOnly;
        _world.Stores[_world.Nodes[2]].WriteOutcome = StoreOutcome.ReadOnly;
        KvError error = _world.Put(_world.Nodes[0], Key, "milk").Error!;
        error.Outcome.ShouldBe(KvOutcome.Indeterminate);
        error.Got.ShouldBe(1);
    }

    [Fact]
    public void A_write_at_a_node_whose_store_is_read_only_is_made_by_another_owner()
    {
        _world.Stores[_world.Nodes[0]].WriteOutcome = StoreOutcome.ReadOnly;
        PutReply reply = _world.Put(_world.Nodes[0], Key, "milk");
        reply.Error.ShouldBeNull();
        reply.Quorum!.Coordinator.ShouldNotBe(_world.Nodes[0].Name);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void Where_every_store_is_read_only_nothing_is_stored_and_the_client_is_told_so()
    {
        foreach (NodeId node in _world.Nodes)
            _world.Stores[node].WriteOutcome = StoreOutcome.ReadOnly;
        KvError error = _world.Put(_world.Nodes[0], Key, "milk").Error!;
        error.Code.ShouldBe(KvErrorCode.StoreReadOnly);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        _world.Trace.ShouldNotContain(entry => entry.Message is ReplicaMerge);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void Conflicts_and_what_the_last_writer_discards_are_counted()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        _world.Counted.GetValueOrDefault(Counter.ConflictingWrites).ShouldBe(0);
        _world.Put(_world.Nodes[0], Key, "bread");
        _world.Counted[Counter.ConflictingWrites].ShouldBe(1);
        _world.Counted.GetValueOrDefault(Counter.SiblingsDiscarded).ShouldBe(0);
        _world.Ask(_world.Nodes[0], caller => new GatewayPut(Key, new PutRequest("eggs"u8.ToArray(), LastWriteWins: true), RequestOptions.Default, caller));
        _world.Counted[Counter.SiblingsDiscarded].ShouldBe(2);
        _world.Counted[Counter.ConflictingWrites].ShouldBe(1);
    }

    [Fact]
    public void A_failed_sync_is_indeterminate_and_acknowledges_nothing()
    {
        _world.Stores[_world.Nodes[0]].WriteOutcome = StoreOutcome.Failed;
        KvError error = _world.Put(_world.Nodes[0], Key, "milk").Error!;
        error.Code.ShouldBe(KvErrorCode.StoreReadOnly);
        error.Outcome.ShouldBe(KvOutcome.Indeterminate);
        _world.Trace.ShouldNotContain(entry => entry.Message is ReplicaMerge);
    }

    [Fact]
    public void A_write_over_siblings_gives_no_context_that_would_cover_them()
    {
        _world.Put(_world.Nodes[0], Key, "milk").Context.ShouldNotBeNull();
        PutReply second = _world.Put(_world.Nodes[0], Key, "bread");
        second.Siblings.ShouldBe(2);
        second.Context.ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_left_behind_when_all_have_answered()
    {
        _world.Put(_world.Nodes[0], Key, "milk");
        _world.Get(_world.Nodes[1], Key);
        _world.RequestsUnderWay.ShouldBe(0);
        _world.TimersUnderWay.ShouldBe(0);
        _world.Unknown.ShouldBe(0);
    }
}
