using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Coordination;

/// <summary>Five nodes, three owners of the key, two that stand in for them.</summary>
public sealed class SloppyQuorumTests
{
    private static readonly EntryKey Key = EntryKey.FromText("carts", "alice");
    private static readonly StoreKey Stored = StoreKey.Of("carts", "alice"u8);
    private readonly TestWorld _world = new(nodes: 5);

    private NodeId[] Owners => _world.OwnersOf(Key);

    private NodeId[] Fallbacks => [.. _world.Ring.FallbacksOf(_world.Ring.PartitionOf(Stored), 3)];

    [Fact]
    public void For_an_owner_that_is_down_the_next_node_keeps_the_write_and_counts()
    {
        Lose(Owners[1], Owners[2]);
        PutReply reply = _world.Put(Owners[0], Key, "milk", options: new RequestOptions(W: 3));
        reply.Error.ShouldBeNull();
        reply.Quorum!.Got.ShouldBe(3);
        Hinted().ShouldBe(Fallbacks, ignoreOrder: true);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void In_a_strict_quorum_a_fallback_keeps_the_write_and_does_not_count()
    {
        Lose(Owners[2]);
        var strict = new RequestOptions(W: 2, Mode: QuorumMode.Strict);
        _world.Loses = (_, to, message) => message is ReplicaMerge && to.Node == Owners[1];
        ulong call = _world.StartPut(Owners[0], Key, "milk", options: strict);
        Hinted().ShouldBe([Fallbacks[0]]);
        _world.Reply<PutDone>(call).ShouldBeNull("one owner and one fallback are not two owners");
        _world.Advance(TimeSpan.FromSeconds(3));
        KvError error = _world.Reply<PutDone>(call)!.Reply.Error!;
        error.Outcome.ShouldBe(KvOutcome.Indeterminate);
        error.Got.ShouldBe(1);
        Hinted().Length.ShouldBe(2, "the owner that was silent may never have seen it");
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void An_owner_that_is_late_and_the_node_that_stands_in_for_it_count_once()
    {
        _world.Stores[Owners[1]].Holds = true;
        _world.Stores[Owners[2]].Holds = true;
        ulong call = _world.StartPut(Owners[0], Key, "milk", options: new RequestOptions(W: 3));
        _world.Advance(TimeSpan.FromMilliseconds(150));
        QuorumReport report = _world.Reply<PutDone>(call)!.Reply.Quorum!;
        report.Got.ShouldBe(3);
        _world.Counted[Counter.SpeculativeHints].ShouldBe(2);
        foreach (NodeId owner in Owners)
            Release(owner);
        _world.Trace.Count(entry => entry.Message is PutDone && entry.To.Role == ActorRole.Caller).ShouldBe(1);
    }

    [Fact]
    public void Where_nobody_is_left_to_stand_in_the_coordinator_keeps_the_hint_and_does_not_count_twice()
    {
        var world = new TestWorld(nodes: 3);
        NodeId[] owners = world.OwnersOf(Key);
        world.Disconnect(owners[0], owners[2]);
        world.Put(owners[0], Key, "milk").Quorum!.Got.ShouldBe(2);
        world.Stores[owners[0]].KeysIn(StoreSpace.Hints).ShouldBe([Stored]);
        KvError error = world.Put(owners[0], Key, "milk", options: new RequestOptions(W: 3)).Error!;
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        error.Got.ShouldBe(2);
    }

    [Fact]
    public void A_fallback_that_refuses_is_followed_by_the_next()
    {
        Lose(Owners[2]);
        _world.Stores[Fallbacks[0]].WriteOutcome = StoreOutcome.ReadOnly;
        _world.Put(Owners[0], Key, "milk", options: new RequestOptions(W: 3)).Quorum!.Got.ShouldBe(3);
        Hinted().ShouldBe([Fallbacks[1]]);
    }

    [Fact]
    public void A_sloppy_read_meets_a_sloppy_write_at_the_fallback()
    {
        Lose(Owners[1], Owners[2]);
        _world.Put(Owners[0], Key, "milk", options: new RequestOptions(W: 3)).Error.ShouldBeNull();
        GetReply read = _world.Get(Owners[0], Key, new RequestOptions(R: 3));
        read.Error.ShouldBeNull();
        read.Siblings.Count.ShouldBe(1);
        read.Quorum!.Got.ShouldBe(3);
    }

    [Fact]
    public void With_one_replica_and_its_owner_down_there_is_no_quorum()
    {
        NodeId other = Owners[1];
        foreach (NodeId node in _world.Nodes.Where(node => node != Owners[0]))
            _world.Disconnect(Owners[0], node);
        KvError error = _world.Put(other, Key, "milk", options: new RequestOptions(N: 1)).Error!;
        error.Code.ShouldBe(KvErrorCode.NotEnoughReplicas);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
    }

    [Fact]
    public void An_answer_that_came_before_any_question_neither_counts_nor_stops_the_node()
    {
        _world.Stores[Owners[0]].Holds = true;
        ulong call = _world.StartPut(Owners[0], Key, "milk");
        Address request = _world.Trace.First(entry => entry.Message is ReplicaPut).From;
        for (ulong slot = 0; slot < 5; slot++)
        {
            _world.Post(request, new ReplicaMergeDone(slot, ReplicaOutcome.Done));
            _world.Post(request, new ReplicaMergeDone(slot, ReplicaOutcome.Busy));
        }

        _world.Run();
        _world.Reply<PutDone>(call).ShouldBeNull();
        Release(Owners[0]);
        _world.Reply<PutDone>(call)!.Reply.Error.ShouldBeNull();
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void An_answer_for_an_owner_that_was_not_asked_does_not_count()
    {
        Lose(Owners[2]);
        foreach (NodeId node in _world.Nodes.Where(node => node != Owners[0]))
            _world.Stores[node].Holds = true;
        ulong call = _world.StartPut(Owners[0], Key, "milk");
        Address request = _world.Trace.First(entry => entry.Message is ReplicaPut).From;
        _world.Post(request, new ReplicaMergeDone(2, ReplicaOutcome.Done));
        _world.Run();
        _world.Reply<PutDone>(call).ShouldBeNull();
    }

    [Fact]
    public void A_reply_of_an_owner_that_was_not_asked_is_no_part_of_a_read()
    {
        _world.Put(Owners[0], Key, "milk", options: new RequestOptions(W: 3));
        Lose(Owners[2]);
        _world.Loses = (_, to, message) => message is ReplicaRead && to.Node != Owners[0];
        ulong call = _world.Ask(Owners[0], caller => new GatewayGet(Key, new RequestOptions(Mode: QuorumMode.Strict), caller));
        Address request = _world.Trace.Last(entry => entry.Message is ReplicaRead).From;
        _world.Post(request, new ReplicaReadDone(2, ReplicaOutcome.Done, default));
        _world.Run();
        _world.Reply<GetDone>(call).ShouldBeNull();
        _world.Advance(TimeSpan.FromSeconds(3));
        _world.Reply<GetDone>(call)!.Reply.Error!.Got.ShouldBe(1);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    private void Lose(params NodeId[] lost)
    {
        foreach (NodeId gone in lost)
        {
            foreach (NodeId node in _world.Nodes.Where(node => !lost.Contains(node)))
                _world.Disconnect(node, gone);
        }
    }

    private NodeId[] Hinted() => [.. _world.Nodes.Where(node => _world.Stores[node].Keys(StoreSpace.Hints) > 0)];

    private void Release(NodeId node)
    {
        _world.Stores[node].Holds = false;
        _world.Stores[node].Release();
        _world.Run();
    }
}
